#define _GNU_SOURCE
#include "lj_process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

const char *const *lj_environment(void) {
    static const char *const none[] = {NULL};
    return getauxval(AT_SECURE) || !environ ? none : (const char *const *)environ;
}

const char *lj_environment_value(const char *name) { return secure_getenv(name); }

int lj_home_directory(char *buffer, size_t size) {
    char memory[16384];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(getuid(), &entry, memory, sizeof memory, &found) != 0 || !found || !found->pw_dir) return -1;
    size_t length = strlen(found->pw_dir);
    if (length >= size) return -1;
    memcpy(buffer, found->pw_dir, length + 1);
    return 0;
}

// For what usually goes wrong: strerror is neither safe with threads nor free of the locale.
const char *lj_error_text(int error) {
    switch (error) {
        case EACCES:
        case EPERM: return "permission denied";
        case EISDIR: return "it is a directory";
        case ENOENT: return "there is no such directory";
        case ENOTDIR: return "part of the path is not a directory";
        case ELOOP: return "too many symbolic links";
        case EMFILE:
        case ENFILE: return "too many open files";
        case ENOMEM: return "out of memory";
        case ENAMETOOLONG: return "the path is too long";
        case ENOSPC:
        case EDQUOT: return "no space is left";
        case EFBIG: return "it would be too large";
        case EROFS: return "the file system is read-only";
        case EIO: return "input/output error";
        default: return "the system refuses it";
    }
}

int lj_read_file(const char *path, size_t limit, uint8_t **data, size_t *length, const char **reason) {
    *data = NULL;
    *length = 0;
    *reason = "";
    // O_NONBLOCK: opening a FIFO must not wait for a writer.
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        if (errno == ENOENT || errno == ENOTDIR) return LJ_FILE_ABSENT;
        *reason = lj_error_text(errno);
        return errno == EACCES || errno == EPERM ? LJ_FILE_DENIED : LJ_FILE_UNREADABLE;
    }
    int outcome = LJ_FILE_UNREADABLE;
    uint8_t *memory = NULL;
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        *reason = lj_error_text(errno);
        goto done;
    }
    if (S_ISDIR(status.st_mode)) {
        *reason = lj_error_text(EISDIR);
        goto done;
    }
    // /dev/null is a common way to say "no file"; other devices, pipes and sockets are mistakes.
    if (S_ISCHR(status.st_mode)) {
        char byte;
        if (read(descriptor, &byte, 1) == 0) {
            outcome = LJ_FILE_ABSENT;
        } else {
            *reason = "it is a device";
        }
        goto done;
    }
    if (!S_ISREG(status.st_mode)) {
        *reason = "it is not a regular file";
        goto done;
    }
    size_t capacity = 0, count = 0;
    for (;;) {
        if (count == capacity) {
            // A byte more than the limit tells a file that is too large.
            if (capacity > limit) {
                *reason = "it is too large";
                goto done;
            }
            capacity = capacity ? capacity * 2 : 4096;
            if (capacity > limit) capacity = limit + 1;
            uint8_t *larger = realloc(memory, capacity);
            if (!larger) {
                *reason = lj_error_text(ENOMEM);
                goto done;
            }
            memory = larger;
        }
        ssize_t got = read(descriptor, memory + count, capacity - count);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            *reason = lj_error_text(errno);
            goto done;
        }
        if (got == 0) break;
        count += (size_t)got;
    }
    *data = memory;
    *length = count;
    memory = NULL;
    outcome = LJ_FILE_READ;
done:
    free(memory);
    close(descriptor);
    return outcome;
}

void lj_release(void *data) { free(data); }

int lj_file_kind(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0 || access(path, R_OK) != 0) return -1;
    return S_ISDIR(status.st_mode) ? 1 : 0;
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t lj_monotonic_ns(void) { return nanoseconds(CLOCK_MONOTONIC); }

int64_t lj_wall_seconds(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

void lj_random(uint64_t bits[2]) {
    size_t size = 2 * sizeof bits[0];
    if (getrandom(bits, size, 0) == (ssize_t)size) return;
    // Only a kernel from before 3.17 or a signal gets here; ids and jitter need no secrecy.
    bits[0] = (uint64_t)lj_monotonic_ns() * 0x9E3779B97F4A7C15u;
    bits[1] = ((uint64_t)(uintptr_t)bits ^ (uint64_t)getpid()) * 0xBF58476D1CE4E5B9u ^ bits[0];
}

void lj_system(char *release, char *machine, size_t size) {
    struct utsname name;
    if (size == 0) return;
    release[0] = machine[0] = 0;
    if (uname(&name) != 0) return;
    strncat(release, name.release, size - 1);
    strncat(machine, name.machine, size - 1);
}

lj_caller lj_enter(void) {
    lj_caller caller = {.error = errno};
    if (pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &caller.cancel_state) != 0)
        caller.cancel_state = PTHREAD_CANCEL_ENABLE;
    return caller;
}

void lj_leave(lj_caller caller) {
    int ignored;
    pthread_setcancelstate(caller.cancel_state, &ignored);
    errno = caller.error;
}

// Swift's hashing asks for arc4random_buf, which glibc has only from 2.36 on. This one is hidden.
void arc4random_buf(void *buffer, size_t size) {
    unsigned char *at = buffer;
    while (size > 0) {
        size_t part = size < 256 ? size : 256;
        if (getrandom(at, part, 0) != (ssize_t)part) memset(at, 0x5A, part);
        at += part;
        size -= part;
    }
}
