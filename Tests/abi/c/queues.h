/* What the test programs of the queue share. */
#ifndef QUEUES_H
#define QUEUES_H

#include "check.h"

#include <poll.h>

/* Name and value in turn, up to NULL. */
static inline locjob_client *client_with_settings(const char *const *settings)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client = NULL;
    locjob_result *failure;

    for (; *settings != NULL; settings += 2)
        CHECK(locjob_config_set(config, settings[0], settings[1]) == LOCJOB_OK);
    failure = locjob_client_new(config, &client);
    if (failure != NULL)
        CHECK_CODE(failure, LOCJOB_OK);
    locjob_config_free(config);
    CHECK(client != NULL);
    return client;
}

/* A client that looks often enough for a test. */
static inline locjob_client *waiting_client(void)
{
    static const char *const settings[] = {"wait_min_delay_ms", "50", "wait_max_delay_ms", "100",
                                           "max_requests_per_second", "0", NULL};
    return client_with_settings(settings);
}

static inline locjob_queue *new_queue(locjob_client *client)
{
    locjob_queue *queue = NULL;
    locjob_result *failure = locjob_queue_new(client, &queue);

    if (failure != NULL)
        CHECK_CODE(failure, LOCJOB_OK);
    CHECK(queue != NULL);
    return queue;
}

/* The next result, which must be the final one of this job and tag. */
#define take(queue, job_id, tag, code) take_at((queue), (job_id), (tag), (code), 0, __FILE__, __LINE__)

/* The same, of a get or wait that sent nothing. */
#define take_unasked(queue, job_id, tag, code) take_at((queue), (job_id), (tag), (code), 1, __FILE__, __LINE__)

static inline void take_at(locjob_queue *queue, const char *job_id, uint64_t tag, locjob_code code, int is_unasked,
                           const char *file, int line)
{
    locjob_result *result = locjob_queue_next(queue, 10000);
    const locjob_job *job = locjob_result_job(result);

    check(result != NULL, file, line, "a result comes");
    check_text(locjob_result_job_id(result), job_id, file, line, "job id");
    check_code(result, code, file, line, "result");
    check(locjob_result_tag(result) == tag, file, line, "its tag");
    check(locjob_result_is_final(result) == 1, file, line, "it is final");
    if (is_unasked)
        check(locjob_result_attempts(result) == 0, file, line, "nothing was sent");
    if (code == LOCJOB_OK || code == LOCJOB_JOB_FAILED || code == LOCJOB_JOB_CANCELLED)
        check(job != NULL && strcmp(job->job_id.data, job_id) == 0, file, line, "it has the job");
    else
        check(job == NULL, file, line, "it has no job");
    locjob_free(result);
}

static inline int is_readable(int descriptor, int timeout_ms)
{
    struct pollfd wanted;

    wanted.fd = descriptor;
    wanted.events = POLLIN;
    wanted.revents = 0;
    return poll(&wanted, 1, timeout_ms) == 1 && (wanted.revents & POLLIN) != 0;
}

/* As a host's event loop does: goes on only when the descriptor calls for it, until there is a result or the time is
 * over. `wakes` receives how often it called. */
static inline locjob_result *drive_by_descriptor(locjob_queue *queue, int64_t timeout_ms, int *wakes)
{
    int64_t end = milliseconds_now() + timeout_ms, left;

    *wakes = 0;
    while ((left = end - milliseconds_now()) > 0) {
        locjob_result *result;

        if (!is_readable(locjob_queue_fd(queue), (int)left))
            continue;
        ++*wakes;
        result = locjob_queue_next(queue, 0);
        if (result != NULL)
            return result;
    }
    return NULL;
}

#endif
