/* What the library does while the loader is at work, before main: nothing. The functions here are found before the C
 * library's, and count what the library does itself. */
#define _GNU_SOURCE
#include "check.h"

#include <dlfcn.h>
#include <pthread.h>

static int calls, is_in_main;
static char first_call[64];

/* Of `caller`, an address. */
static void note(const void *caller, const char *function)
{
    Dl_info found;

    if (dladdr(caller, &found) == 0 || strstr(found.dli_fname, "liblocjob") == NULL)
        return;
    if (calls++ == 0)
        snprintf(first_call, sizeof first_call, "%s", function);
}

#define NOTE(function) note(__builtin_return_address(0), #function)
#define REAL(function) (*(void **)&real = dlsym(RTLD_NEXT, #function))

char *secure_getenv(const char *name)
{
    char *(*real)(const char *);

    NOTE(secure_getenv);
    REAL(secure_getenv);
    return real(name);
}

char *getenv(const char *name)
{
    char *(*real)(const char *);

    NOTE(getenv);
    REAL(getenv);
    return real(name);
}

int open(const char *path, int flags, ...)
{
    int (*real)(const char *, int, int);

    NOTE(open);
    REAL(open);
    return real(path, flags, 0600);
}

int epoll_create1(int flags)
{
    int (*real)(int);

    NOTE(epoll_create1);
    REAL(epoll_create1);
    return real(flags);
}

int eventfd(unsigned count, int flags)
{
    int (*real)(unsigned, int);

    NOTE(eventfd);
    REAL(eventfd);
    return real(count, flags);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

    NOTE(pthread_create);
    REAL(pthread_create);
    return real(thread, attributes, start, argument);
}

void *malloc(size_t size)
{
    extern void *__libc_malloc(size_t);

    if (!is_in_main)
        NOTE(malloc);
    return __libc_malloc(size);
}

static int threads(void)
{
    DIR *directory = opendir("/proc/self/task");
    struct dirent *entry;
    int count = 0;

    CHECK(directory != NULL);
    while ((entry = readdir(directory)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

int main(void)
{
    is_in_main = 1;
    if (calls > 0)
        fprintf(stderr, "%d calls, %s first\n", calls, first_call);
    CHECK(calls == 0);
    CHECK(threads() == 1);
    CHECK(open_descriptors() == 3);

    /* It would have been noticed. */
    locjob_client_free(new_client());
    CHECK(calls > 0);
    return 0;
}
