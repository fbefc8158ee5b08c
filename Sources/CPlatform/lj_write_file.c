// Writing a file whole or not at all.
#define _GNU_SOURCE
#include "lj_process.h"
#include "lj_signal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUFFIX = 1 + 16 + 4 };  // ".", 16 hexadecimal digits, ".tmp"

// Opens a new file beside `path`, and writes its name to `name`, which has room for SUFFIX bytes more.
// -1 with errno.
static int open_beside(const char *path, char *name) {
    static const char digits[] = "0123456789abcdef";
    size_t length = strlen(path);
    memcpy(name, path, length);
    for (int attempt = 0; attempt < 10; attempt++) {
        uint64_t bits[2];
        lj_random(bits);
        char *at = name + length;
        *at++ = '.';
        for (int i = 0; i < 16; i++) *at++ = digits[bits[0] >> (4 * i) & 15];
        memcpy(at, ".tmp", sizeof ".tmp");
        int descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

// Makes the folder of `path`, using `name` as open_beside does; 0, or -1 with errno.
static int make_folder(const char *path, char *name) {
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) return 0;
    memcpy(name, path, (size_t)(slash - path));
    name[slash - path] = 0;
    return mkdir(name, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

static int write_all(int descriptor, const uint8_t *data, size_t length) {
    while (length > 0) {
        ssize_t put = write(descriptor, data, length);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return -1;
        data += put;
        length -= (size_t)put;
    }
    return 0;
}

int lj_write_file(const char *path, const uint8_t *data, size_t length, const char **reason) {
    int saved = errno, outcome = -1;
    *reason = "";
    size_t path_length = strlen(path);
    char *name = malloc(path_length + SUFFIX + 1);
    int is_folder = path_length > 0 && path[path_length - 1] == '/';
    if (is_folder || !name) {
        *reason = lj_error_text(is_folder ? EISDIR : ENOMEM);
        free(name);
        errno = saved;
        return -1;
    }
    int descriptor = open_beside(path, name);
    if (descriptor < 0 && errno == ENOENT && make_folder(path, name) == 0) descriptor = open_beside(path, name);
    if (descriptor < 0) {
        *reason = lj_error_text(errno);
    } else {
        // A host that limits the size of files would be ended for a file that is larger.
        lj_held_signal held;
        lj_signal_hold(&held, SIGXFSZ);
        // The mode once more: a umask may have taken from it.
        int is_written = fchmod(descriptor, 0600) == 0 && write_all(descriptor, data, length) == 0 &&
                         fsync(descriptor) == 0;
        int error = errno;
        lj_signal_release(&held);
        if (close(descriptor) != 0 && is_written) {
            is_written = 0;
            error = errno;
        }
        if (is_written && rename(name, path) == 0) {
            outcome = 0;
        } else {
            *reason = lj_error_text(is_written ? errno : error);
            unlink(name);
        }
    }
    free(name);
    errno = saved;
    return outcome;
}
