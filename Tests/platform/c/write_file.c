/* lj_write_file on disks that behave and disks that do not: write, fsync, close and rename are wrapped by the
 * linker, and fail when a case asks for it. Each case runs in an empty folder. */
#define _GNU_SOURCE
#include "check.h"

#include <lj_process.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Errors of the next calls, 0 for none; what a write takes at most; how many writes go well before. */
static int write_error, sync_error, close_error, rename_error, interruptions, good_writes;
static size_t largest_write = SIZE_MAX;
static int syncs;

ssize_t __real_write(int descriptor, const void *data, size_t length);
ssize_t __wrap_write(int descriptor, const void *data, size_t length);
ssize_t __wrap_write(int descriptor, const void *data, size_t length)
{
    if (interruptions > 0) {
        interruptions--;
        errno = EINTR;
        return -1;
    }
    if (write_error != 0 && good_writes-- <= 0) {
        errno = write_error;
        return -1;
    }
    return __real_write(descriptor, data, length < largest_write ? length : largest_write);
}

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);
int __wrap_fsync(int descriptor)
{
    syncs++;
    errno = sync_error;
    return sync_error != 0 ? -1 : __real_fsync(descriptor);
}

int __real_close(int descriptor);
int __wrap_close(int descriptor);
int __wrap_close(int descriptor)
{
    int outcome = __real_close(descriptor);
    if (close_error == 0)
        return outcome;
    errno = close_error;
    return -1;
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    errno = rename_error;
    return rename_error != 0 ? -1 : __real_rename(from, to);
}

/* ---- */

static int write_bytes(const char *path, const char *data, size_t length, const char **reason)
{
    int outcome, before = entries("/proc/self/fd");
    errno = 77;
    outcome = lj_write_file(path, (const uint8_t *)data, length, reason);
    CHECK_NUMBER(errno, 77);
    CHECK_NUMBER(entries("/proc/self/fd"), before);
    return outcome;
}

static void check_written(const char *path, const char *contents)
{
    const char *reason = NULL;
    CHECK_NUMBER(write_bytes(path, contents, strlen(contents), &reason), 0);
    CHECK_TEXT(reason, "");
}

static void check_refused(const char *path, const char *expected)
{
    const char *reason = NULL;
    CHECK_NUMBER(write_bytes(path, "contents", 8, &reason), -1);
    CHECK_TEXT(reason, expected);
}

static void check_contents(const char *path, const char *contents)
{
    char memory[256];
    FILE *file = fopen(path, "re");
    size_t length;
    CHECK(file != NULL);
    length = fread(memory, 1, sizeof memory - 1, file);
    memory[length] = 0;
    fclose(file);
    CHECK_TEXT(memory, contents);
}

static int mode(const char *path)
{
    struct stat status;
    CHECK_NUMBER(lstat(path, &status), 0);
    return (int)(status.st_mode & 07777);
}

static void new_file(void)
{
    check_written("file", "contents");
    check_contents("file", "contents");
    CHECK_NUMBER(mode("file"), 0600);
    CHECK_NUMBER(entries("."), 1);
    CHECK_NUMBER(syncs, 1);
}

static void any_umask(void)
{
    umask(0);
    check_written("open", "x");
    CHECK_NUMBER(mode("open"), 0600);
    umask(0777);
    check_written("closed", "x");
    CHECK_NUMBER(mode("closed"), 0600);
}

static void empty_file(void)
{
    const char *reason;
    CHECK_NUMBER(write_bytes("file", NULL, 0, &reason), 0);
    check_contents("file", "");
}

static void old_file(void)
{
    check_written("file", "old");
    CHECK_NUMBER(chmod("file", 0644), 0);
    CHECK_NUMBER(link("file", "other"), 0);
    check_written("file", "new");
    check_contents("file", "new");
    check_contents("other", "old"); /* it was replaced, not written over */
    CHECK_NUMBER(mode("file"), 0600);
    CHECK_NUMBER(entries("."), 2);
}

static void symbolic_link(void)
{
    check_written("target", "old");
    CHECK_NUMBER(symlink("target", "file"), 0);
    check_written("file", "new");
    check_contents("target", "old");
    check_contents("file", "new");
}

static void folder(void)
{
    umask(0);
    check_written("folder/file", "contents");
    check_contents("folder/file", "contents");
    CHECK_NUMBER(mode("folder"), 0700);
    CHECK_NUMBER(entries("folder"), 1);
    check_refused("one/two/file", "there is no such directory");
    CHECK_NUMBER(entries("."), 1);
}

static void no_folder(void)
{
    check_written("plain", "x");
    check_refused("plain/file", "part of the path is not a directory");
    check_refused("folder/", "it is a directory");
    check_refused("", "there is no such directory");
    CHECK_NUMBER(entries("."), 1);
}

static void target_is_a_folder(void)
{
    CHECK_NUMBER(mkdir("file", 0700), 0);
    check_refused("file", "it is a directory");
    CHECK_NUMBER(entries("."), 1);
}

static void folder_without_rights(void)
{
    CHECK_NUMBER(mkdir("locked", 0500), 0);
    CHECK_NUMBER(chmod(".", 0755), 0);
    if (geteuid() == 0) {
        CHECK_NUMBER(chown("locked", 65534, 65534), 0);
        CHECK_NUMBER(seteuid(65534), 0);
    }
    check_refused("locked/file", "permission denied");
    if (getuid() == 0)
        CHECK_NUMBER(seteuid(0), 0);
    CHECK_NUMBER(entries("locked"), 0);
}

static void long_path(void)
{
    char path[6000];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = 0;
    check_refused(path, "the path is too long");
    path[300] = 0;
    check_refused(path, "the path is too long");
}

/* Whatever fails, the old file stays and nothing new is left. */
static void check_kept(const char *reason)
{
    check_refused("file", reason);
    write_error = sync_error = close_error = rename_error = 0;
    check_contents("file", "old");
    CHECK_NUMBER(entries("."), 1);
}

static void disk_is_full(void)
{
    check_written("file", "old");
    write_error = ENOSPC;
    check_kept("no space is left");
    largest_write = 3;
    good_writes = 2;
    write_error = ENOSPC;
    check_kept("no space is left");
    write_error = EDQUOT;
    check_kept("no space is left");
    write_error = EFBIG;
    check_kept("it would be too large");
}

static void disk_fails(void)
{
    check_written("file", "old");
    write_error = EIO;
    check_kept("input/output error");
    sync_error = EIO;
    check_kept("input/output error");
    close_error = ENOSPC; /* NFS tells it late */
    check_kept("no space is left");
    rename_error = EROFS;
    check_kept("the file system is read-only");
    rename_error = EBUSY;
    check_kept("the system refuses it");
}

/* The system raises SIGXFSZ at whoever writes a file that is too large for it; nobody who called gets it. */
static void limited_size(void)
{
    const struct rlimit limit = {4, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
    sigset_t pending;

    check_written("file", "old");
    CHECK_NUMBER(setrlimit(RLIMIT_FSIZE, &limit), 0);
    check_refused("file", "it would be too large");
    CHECK_NUMBER(setrlimit(RLIMIT_FSIZE, &none), 0);
    check_contents("file", "old");
    CHECK_NUMBER(entries("."), 1);
    CHECK_NUMBER(sigpending(&pending), 0);
    CHECK_NUMBER(sigismember(&pending, SIGXFSZ), 0);
}

static void in_parts(void)
{
    largest_write = 1;
    interruptions = 3;
    check_written("file", "part by part");
    check_contents("file", "part by part");
}

static void *write_often(void *contents)
{
    int i;
    const char *reason;
    for (i = 0; i < 200; i++)
        CHECK_NUMBER(lj_write_file("file", contents, 100, &reason), 0);
    return NULL;
}

static void two_writers(void)
{
    static char one[101], two[101];
    pthread_t threads[2];
    int i;
    memset(one, '1', 100);
    memset(two, '2', 100);
    largest_write = 10;
    check_written("file", one);
    CHECK_NUMBER(pthread_create(&threads[0], NULL, write_often, one), 0);
    CHECK_NUMBER(pthread_create(&threads[1], NULL, write_often, two), 0);
    for (i = 0; i < 2000; i++) {
        char memory[128];
        FILE *file = fopen("file", "re");
        size_t length;
        CHECK(file != NULL);
        length = fread(memory, 1, sizeof memory, file);
        fclose(file);
        CHECK_NUMBER((int64_t)length, 100);
        CHECK(memcmp(memory, one, 100) == 0 || memcmp(memory, two, 100) == 0);
    }
    CHECK_NUMBER(pthread_join(threads[0], NULL), 0);
    CHECK_NUMBER(pthread_join(threads[1], NULL), 0);
    CHECK_NUMBER(entries("."), 1);
}

int main(int argc, char **argv)
{
    static const test tests[] = {
#define TEST(name) {#name, name}
        TEST(new_file), TEST(any_umask), TEST(empty_file), TEST(old_file), TEST(symbolic_link), TEST(folder),
        TEST(no_folder), TEST(target_is_a_folder), TEST(folder_without_rights), TEST(long_path),
        TEST(disk_is_full), TEST(disk_fails), TEST(limited_size), TEST(in_parts), TEST(two_writers),
    };
    return run_test(tests, sizeof tests / sizeof tests[0], argc, argv);
}
