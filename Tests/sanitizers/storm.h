/* What all threads of the storm share: the client, what they do to it, and a look at what came of it. */
#ifndef STORM_H
#define STORM_H

#include "../abi/c/queues.h"

#include <pthread.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static locjob_client *client;
static int is_over;

static long calls_made, cancelled, late, jobs_ended, pages, provided, logged;

static const char *const jobs[] = {"whole",     "no-such-job", "reset",    "denied",
                                   "truncated", "bare",        "not-json", "stalled"};

/* Some end while the storm lasts, where the service knows them. */
static const char *const waited_for[] = {"my-job-id", "brief-0", "whole",   "brief-1", "brief-2", "no-such-job",
                                         "stalled",   "brief-3", "numbers", "brief-4", "brief-5"};

static inline int goes_on(void) { return !__atomic_load_n(&is_over, __ATOMIC_ACQUIRE); }

static inline void count(long *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED); }

static int32_t provide(void *user, locjob_credentials *credentials)
{
    count(user);
    /* So near to their end that every call would rather have others. */
    return locjob_credentials_set(credentials, getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), NULL,
                                  (int64_t)time(NULL) + 90);
}

static void log_line(void *user, int32_t level, const char *message)
{
    CHECK(level >= LOCJOB_LOG_WARNING && message[0] != 0);
    count(user);
}

static inline locjob_client *configured_client(void)
{
    static const char *const settings[] = {"max_attempts",      "2",  "read_timeout_ms",   "200",
                                           "wait_min_delay_ms", "20", "wait_max_delay_ms", "60",
                                           "wait_timeout_ms", "10000", "max_requests_per_second", "5000"};
    locjob_config *config = locjob_config_new();
    locjob_client *made;
    locjob_result *failure;
    size_t i;

    for (i = 0; i < COUNT(settings); i += 2)
        CHECK(locjob_config_set(config, settings[i], settings[i + 1]) == LOCJOB_OK);
    CHECK(locjob_config_set_credentials_provider(config, provide, &provided) == LOCJOB_OK);
    CHECK(locjob_config_set_logger(config, log_line, &logged, LOCJOB_LOG_DEBUG) == LOCJOB_OK);
    failure = locjob_client_new(config, &made);
    if (failure != NULL)
        CHECK_CODE(failure, LOCJOB_OK);
    locjob_config_free(config);
    return made;
}

static inline void look_at(const locjob_result *result)
{
    const locjob_job *job = locjob_result_job(result);
    locjob_code code = locjob_result_code(result);
    size_t entries = locjob_result_entry_count(result);

    CHECK((job != NULL || entries > 0) ==
          (code == LOCJOB_OK || code == LOCJOB_JOB_FAILED || code == LOCJOB_JOB_CANCELLED));
    CHECK(job == NULL || job->job_id.length == strlen(job->job_id.data));
    CHECK(entries == 0 || locjob_result_entry(result, entries - 1)->job_arn.length > 0);
    CHECK(strlen(locjob_result_json(result)) == locjob_result_json_length(result));
    CHECK(locjob_result_trace(result)[0] == '[' && locjob_result_metadata(result)[0] == '{');
    count(&calls_made);
    if (entries > 0)
        count(&pages);
    if (code == LOCJOB_CANCELLED)
        count(&cancelled);
    if (code == LOCJOB_DEADLINE_EXCEEDED)
        count(&late);
    if (job != NULL && job->ended_at.present && strcmp(job->job_id.data, "whole") != 0)
        count(&jobs_ended);
}

#endif
