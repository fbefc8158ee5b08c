/* What the test programs share: to state what must hold, and to look at the process from outside. */
#ifndef CHECK_H
#define CHECK_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Ends the program, naming the place and what did not hold there. */
#define CHECK(condition) check((condition), __FILE__, __LINE__, #condition)
#define CHECK_NUMBER(actual, expected) check_number((actual), (expected), __FILE__, __LINE__, #actual)
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), __FILE__, __LINE__, #actual)

static inline void check(int holds, const char *file, int line, const char *condition)
{
    if (!holds) {
        fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, condition);
        exit(1);
    }
}

static inline void check_number(int64_t actual, int64_t expected, const char *file, int line, const char *expression)
{
    if (actual != expected) {
        fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", file, line, expression, (long long)actual, (long long)expected);
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

/* How many entries a folder has. */
static inline int entries(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    int count = 0;

    CHECK(directory != NULL);
    while ((entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.')
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

/* One of the cases of a program, run by its name. */
typedef struct test {
    const char *name;
    void (*run)(void);
} test;

/* Runs the case that the first argument names; without one, prints all names. */
static inline int run_test(const test *tests, size_t count, int argc, char **argv)
{
    size_t i;
    for (i = 0; i < count; i++) {
        if (argc < 2) {
            puts(tests[i].name);
        } else if (strcmp(argv[1], tests[i].name) == 0) {
            tests[i].run();
            return 0;
        }
    }
    return argc < 2 ? 0 : 2;
}

#endif
