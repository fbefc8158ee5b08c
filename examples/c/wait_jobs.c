/*
 * wait_jobs - waits for any number of Amazon Location Service jobs at once, and prints each as it ends.
 *
 *     wait_jobs JOB_ID...       jobs given as arguments
 *     wait_jobs < FILE          jobs given on standard input, one a line, also while others are waited for
 *     wait_jobs --tick SECONDS  also say, every so many seconds, how many are still waited for
 *
 * It has one thread and an event loop of its own (epoll), in which the library's descriptor is one among others:
 * standard input and a timer beside it. --delay MILLISECONDS is the pause between two looks at a job, instead of the
 * library's one to two minutes.
 *
 * Region, credentials and everything else come from the environment and the files in ~/.aws.
 *
 * Exit status: 0 all jobs were completed, 1 some have failed or were cancelled, 2 some could not be waited for.
 *
 * Build, in the top folder after `make build`:
 *
 *     cc -std=c99 -Wall -Wextra -pedantic -Iinclude examples/c/wait_jobs.c -o wait_jobs -L.build/release -llocjob -Wl,-rpath,"$PWD/.build/release"
 */
#define _POSIX_C_SOURCE 200809L /* read, clock_gettime */

#include <locjob.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* The worst end so far, as an exit status. */
static int worst = 0;

static void note(int status)
{
    if (status > worst)
        worst = status;
}

static void print_result(const locjob_result *result)
{
    locjob_code code = locjob_result_code(result);
    const locjob_job *job = locjob_result_job(result);

    if (job == NULL)
        fprintf(stderr, "%s: %s\n", locjob_result_job_id(result), locjob_result_message(result));
    else if (code == LOCJOB_OK)
        printf("%s  %s\n", locjob_result_job_id(result), job->status.text.data);
    else
        printf("%s  %s  %s\n", locjob_result_job_id(result), job->status.text.data, locjob_result_message(result));
    fflush(stdout);
    note(code == LOCJOB_OK ? 0 : code == LOCJOB_JOB_FAILED || code == LOCJOB_JOB_CANCELLED ? 1 : 2);
}

static void wait_for(locjob_queue *queue, const char *job_id)
{
    locjob_code code = locjob_queue_wait(queue, job_id, 0); /* no tag: the result knows the job's id */

    if (code != LOCJOB_OK) {
        fprintf(stderr, "%s: %s\n", job_id, locjob_code_text(code));
        note(2);
    }
}

/* Whatever has come, until nothing more is there for now. */
static void take_results(locjob_queue *queue)
{
    locjob_result *result;

    while ((result = locjob_queue_next(queue, 0)) != NULL) {
        print_result(result);
        locjob_free(result);
    }
}

/* Job ids from standard input, as many as there are at the moment. Returns 0 at the end of input. */
static int read_lines(locjob_queue *queue)
{
    static char text[4096];
    static size_t length = 0;
    ssize_t count = read(STDIN_FILENO, text + length, sizeof text - 1 - length);
    char *line = text, *end;

    if (count < 0)
        return errno == EINTR || errno == EAGAIN;
    if (count == 0) {
        if (length > 0) { /* a last line without its end */
            text[length] = '\0';
            wait_for(queue, text);
        }
        return 0;
    }
    length += (size_t)count;
    while ((end = memchr(line, '\n', length - (size_t)(line - text))) != NULL) {
        *end = '\0';
        if (end > line)
            wait_for(queue, line);
        line = end + 1;
    }
    length -= (size_t)(line - text);
    memmove(text, line, length);
    if (length == sizeof text - 1) {
        fputs("standard input: a line without an end is no job id\n", stderr);
        length = 0;
        note(2);
    }
    return 1;
}

static int add_to(int loop, int descriptor)
{
    struct epoll_event event;

    memset(&event, 0, sizeof event);
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    return epoll_ctl(loop, EPOLL_CTL_ADD, descriptor, &event);
}

/* A descriptor that is readable every so many seconds. */
static int ticker(long seconds)
{
    struct itimerspec every;
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

    memset(&every, 0, sizeof every);
    every.it_value.tv_sec = every.it_interval.tv_sec = seconds;
    if (timer < 0 || timerfd_settime(timer, 0, &every, NULL) != 0)
        return -1;
    return timer;
}

/* The host's event loop, until input has ended and every job too. Returns -1 when it cannot go on. */
static int run(locjob_queue *queue, int reads_input, long tick_seconds)
{
    int loop = epoll_create1(EPOLL_CLOEXEC), timer = -1, library = locjob_queue_fd(queue);

    if (loop < 0 || add_to(loop, library) != 0)
        return -1;
    if (tick_seconds > 0 && ((timer = ticker(tick_seconds)) < 0 || add_to(loop, timer) != 0))
        return -1;
    if (reads_input && add_to(loop, STDIN_FILENO) != 0) {
        if (errno != EPERM)
            return -1;
        while (read_lines(queue)) { /* a file, which epoll does not take: it is there as a whole */
        }
        reads_input = 0;
    }
    while (reads_input || locjob_queue_pending(queue) > 0) {
        struct epoll_event events[3];
        int count = epoll_wait(loop, events, 3, -1), i;

        if (count < 0 && errno != EINTR)
            return -1;
        for (i = 0; i < count; i++) {
            if (events[i].data.fd == library) {
                take_results(queue);
            } else if (events[i].data.fd == timer) {
                uint64_t ticks;

                if (read(timer, &ticks, sizeof ticks) > 0)
                    fprintf(stderr, "waiting for %zu\n", locjob_queue_pending(queue));
            } else if (!read_lines(queue)) {
                epoll_ctl(loop, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
                reads_input = 0;
            }
        }
    }
    if (timer >= 0)
        close(timer);
    close(loop);
    return 0;
}

/* Prints what is wrong and releases it. Returns the exit status. */
static int failed(locjob_result *failure)
{
    fprintf(stderr, "wrong configuration: %s\n", locjob_result_message(failure));
    locjob_free(failure);
    return 2;
}

static int usage(void)
{
    fputs("usage: wait_jobs [--tick SECONDS] [--delay MILLISECONDS] [JOB_ID...]\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client = NULL;
    locjob_queue *queue = NULL;
    locjob_result *failure;
    long tick_seconds = 0;
    int i;

    for (i = 1; i < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        if (i + 1 < argc && strcmp(argv[i], "--delay") == 0) { /* locjob_client_new tells what is wrong with it */
            locjob_config_set(config, "wait_min_delay_ms", argv[i + 1]);
            locjob_config_set(config, "wait_max_delay_ms", argv[i + 1]);
        } else if (i + 1 < argc && strcmp(argv[i], "--tick") == 0 && (tick_seconds = atol(argv[i + 1])) > 0) {
            continue;
        } else {
            locjob_config_free(config);
            return usage();
        }
    }
    failure = locjob_client_new(config, &client);
    locjob_config_free(config);
    if (client == NULL)
        return failed(failure);
    failure = locjob_queue_new(client, &queue);
    if (queue == NULL) {
        locjob_client_free(client);
        return failed(failure);
    }
    for (argv += i, argc -= i, i = 0; i < argc; i++)
        wait_for(queue, argv[i]);
    if (run(queue, argc == 0, tick_seconds) != 0) {
        perror("wait_jobs");
        note(2);
    }
    locjob_queue_free(queue);
    locjob_client_free(client);
    return worst;
}
