/* Preloaded into a program, counts how often a lock was asked for and was taken by another thread, and for how long it
 * was waited for: a line of JSON at the end, in the file that CONTENTION_REPORT names.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long asked, waited, nanoseconds;
static int (*lock_mutex)(pthread_mutex_t *);
static int (*lock_for_reading)(pthread_rwlock_t *), (*lock_for_writing)(pthread_rwlock_t *);

static void add(long *sum, long value)
{
    __atomic_fetch_add(sum, value, __ATOMIC_RELAXED);
}

static long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

/* The next library's function of this name. C has no conversion between a pointer to data and one to a function. */
static void look_up(const char *name, void *pointer)
{
    void *function = dlsym(RTLD_NEXT, name);

    memcpy(pointer, &function, sizeof function);
}

/* What trying gave is handed back unless the lock was taken: then it is waited for. */
#define LOCK(lock, attempt, wait)                                                                                      \
    int result = attempt(lock);                                                                                        \
    add(&asked, 1);                                                                                                    \
    if (result == EBUSY) {                                                                                             \
        long begin = now();                                                                                            \
        result = wait(lock);                                                                                           \
        add(&waited, 1);                                                                                               \
        add(&nanoseconds, now() - begin);                                                                              \
    }                                                                                                                  \
    return result

/* The functions are not looked up by a constructor: others' may lock before it. */
int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (lock_mutex == NULL)
        look_up("pthread_mutex_lock", &lock_mutex);
    LOCK(mutex, pthread_mutex_trylock, lock_mutex);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    if (lock_for_reading == NULL)
        look_up("pthread_rwlock_rdlock", &lock_for_reading);
    LOCK(lock, pthread_rwlock_tryrdlock, lock_for_reading);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    if (lock_for_writing == NULL)
        look_up("pthread_rwlock_wrlock", &lock_for_writing);
    LOCK(lock, pthread_rwlock_trywrlock, lock_for_writing);
}

__attribute__((destructor)) static void end(void)
{
    const char *name = getenv("CONTENTION_REPORT");
    FILE *file;

    if (name == NULL || (file = fopen(name, "w")) == NULL)
        return;
    fprintf(file, "{\"asked\": %ld, \"waited\": %ld, \"nanoseconds\": %ld}\n", asked, waited, nanoseconds);
    fclose(file);
}
