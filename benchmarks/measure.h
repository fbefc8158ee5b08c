/* What the programs measure about themselves: time and processor time of a number of calls. */
#ifndef MEASURE_H
#define MEASURE_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

/* Where counting begins and ends (steps.c). */
#define MARKED "LOCJOB_BENCHMARK_MARKED"
#define MARK SIGURG

static inline void mark(void)
{
    if (getenv(MARKED) != NULL)
        raise(MARK);
}

struct moment {
    double seconds;
    double processor_seconds;
};

static inline struct moment moment_now(void)
{
    struct timespec now;
    struct rusage usage;
    struct moment moment;

    mark();
    clock_gettime(CLOCK_MONOTONIC, &now);
    getrusage(RUSAGE_SELF, &usage);
    moment.seconds = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
    moment.processor_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    return moment;
}

/* One line of JSON, which benchmarks/run reads. */
static inline void report(struct moment begin, long calls)
{
    struct moment end = moment_now();

    printf("{\"calls\": %ld, \"seconds\": %.6f, \"processor_seconds\": %.6f}\n", calls, end.seconds - begin.seconds,
           end.processor_seconds - begin.processor_seconds);
}

#endif
