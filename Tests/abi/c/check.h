/* What the test programs share: to state what must hold, and to look at the process from outside. */
#ifndef CHECK_H
#define CHECK_H

#define _XOPEN_SOURCE 700

#include <locjob.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Ends the program, naming the place and what did not hold there. */
#define CHECK(condition) check((condition), __FILE__, __LINE__, #condition)

/* A result's code; its message tells why it is another one. */
#define CHECK_CODE(result, expected) check_code((result), (expected), __FILE__, __LINE__, #result)

#define CHECK_TEXT(actual, expected) check_text((actual), (expected), __FILE__, __LINE__, #actual)

static inline void check(int holds, const char *file, int line, const char *condition)
{
    if (!holds) {
        fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, condition);
        exit(1);
    }
}

static inline void check_code(const locjob_result *result, locjob_code expected, const char *file, int line,
                              const char *expression)
{
    locjob_code code = locjob_result_code(result);
    if (code != expected) {
        fprintf(stderr, "%s:%d: %s is %s, not %s: %s\n", file, line, expression, locjob_code_name(code),
                locjob_code_name(expected), locjob_result_message(result));
        exit(1);
    }
}

static inline void check_text(const char *actual, const char *expected, const char *file, int line,
                              const char *expression)
{
    if (actual == NULL || strcmp(actual, expected) != 0) {
        fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n", file, line, expression,
                actual == NULL ? "(NULL)" : actual, expected);
        exit(1);
    }
}

/* A client configured by the environment, which the caller of the program prepares. */
static inline locjob_client *new_client(void)
{
    locjob_client *client = NULL;
    locjob_result *failure = locjob_client_new(NULL, &client);
    if (failure != NULL)
        CHECK_CODE(failure, LOCJOB_OK);
    CHECK(client != NULL);
    return client;
}

/* A call that must give a job, which is looked at no further. */
static inline void get_and_free(locjob_client *client, const char *job_id)
{
    locjob_result *result = locjob_get(client, job_id, NULL);
    CHECK_CODE(result, LOCJOB_OK);
    locjob_free(result);
}

/* How many descriptors this process has open. */
static inline int open_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    int count = 0;

    CHECK(directory != NULL);
    while ((entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory))
            count++;
    closedir(directory);
    return count;
}

static inline int64_t milliseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void sleep_milliseconds(int64_t milliseconds)
{
    struct timespec pause;
    pause.tv_sec = (time_t)(milliseconds / 1000);
    pause.tv_nsec = (long)(milliseconds % 1000) * 1000000;
    nanosleep(&pause, NULL);
}

#endif
