/* A host that may have only so much memory gets an error for a response that does not fit, whatever the limit, alone or
 * by a queue, and its job when there is room again. The arguments are a job whose response is large, and one whose error
 * is as long as errors are read. */
#include "queues.h"

#include <sys/resource.h>
#include <sys/wait.h>

#define MEBIBYTE ((rlim_t)1 << 20)

static rlim_t in_use(void)
{
    FILE *statm = fopen("/proc/self/statm", "r");
    unsigned long pages;

    CHECK(statm != NULL && fscanf(statm, "%lu", &pages) == 1);
    fclose(statm);
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void limit_memory(rlim_t bytes)
{
    struct rlimit limit;

    CHECK(getrlimit(RLIMIT_AS, &limit) == 0);
    limit.rlim_cur = bytes;
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
}

static locjob_client *client_for_large_responses(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;

    CHECK(locjob_config_set(config, "max_response_bytes", "1073741824") == LOCJOB_OK);
    CHECK(locjob_client_new(config, &client) == NULL);
    locjob_config_free(config);
    return client;
}

/* By the queue, or without one. */
static locjob_result *get(locjob_client *client, locjob_queue *queue, const char *job_id)
{
    if (queue == NULL)
        return locjob_get(client, job_id, NULL);
    CHECK(locjob_queue_get(queue, job_id, 1) == LOCJOB_OK);
    return locjob_queue_next(queue, 20000);
}

static void check_limits(locjob_client *client, locjob_queue *queue, const char *large)
{
    rlim_t room;
    int failures = 0, successes = 0;

    for (room = 1 * MEBIBYTE; room <= 160 * MEBIBYTE; room += room < 16 * MEBIBYTE ? MEBIBYTE : 7 * MEBIBYTE) {
        locjob_result *result;

        limit_memory(in_use() + room);
        result = get(client, queue, large);
        if (locjob_result_code(result) == LOCJOB_OUT_OF_MEMORY) {
            CHECK(locjob_result_job(result) == NULL);
            CHECK_TEXT(locjob_result_error_code(result), "OUT_OF_MEMORY");
            failures++;
        } else {
            CHECK_CODE(result, LOCJOB_OK);
            successes++;
        }
        locjob_free(result);
        limit_memory(RLIM_INFINITY);
        result = get(client, queue, "whole");
        CHECK_CODE(result, LOCJOB_OK);
        locjob_free(result);
    }
    CHECK(failures > 5 && successes > 2);
    get_and_free(client, large);
}

/* The texts of an error are as long as they are read at all: each is looked for room for. */
static void check_long_errors(locjob_client *client, const char *wordy)
{
    rlim_t room;
    int failures = 0, successes = 0;

    for (room = MEBIBYTE / 64; room <= 4 * MEBIBYTE; room += MEBIBYTE / 64) {
        locjob_result *result;

        limit_memory(in_use() + room);
        result = locjob_get(client, wordy, NULL);
        limit_memory(RLIM_INFINITY);
        if (locjob_result_code(result) == LOCJOB_OUT_OF_MEMORY) {
            failures++;
        } else {
            CHECK_CODE(result, LOCJOB_VALIDATION_ERROR);
            successes++;
        }
        locjob_free(result);
    }
    CHECK(failures > 0 && successes > 5);
}

int main(int argc, char **argv)
{
    locjob_client *client;
    locjob_queue *queue;

    CHECK(argc == 3);
    client = client_for_large_responses();
    get_and_free(client, "whole");
    check_long_errors(client, argv[2]);
    check_limits(client, NULL, argv[1]);
    queue = new_queue(client);
    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    take(queue, "bare", 1, LOCJOB_OK);
    check_limits(client, queue, argv[1]);
    locjob_queue_free(queue);
    locjob_client_free(client);
    return 0;
}
