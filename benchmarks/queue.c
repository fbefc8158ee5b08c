/* Keeps so many gets in one queue, over at most so many connections, until so many have been answered; the client's
 * configuration comes from the environment.
 *
 *     queue JOB_ID CALLS QUEUED CONNECTIONS
 */
#define _XOPEN_SOURCE 700

#include <locjob.h>
#include <stdlib.h>

#include "measure.h"

static void fail(const char *message)
{
    fprintf(stderr, "queue: %s\n", message);
    exit(1);
}

/* The job that the server describes has ended and is always the same one: each get is to be a request even so. */
static locjob_client *new_client(const char *connections)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;
    locjob_result *failure;

    locjob_config_set(config, "max_connections", connections);
    locjob_config_set(config, "remembered_jobs", "0");
    locjob_config_set(config, "share_requests", "false");
    failure = locjob_client_new(config, &client);
    if (failure != NULL)
        fail(locjob_result_message(failure));
    locjob_config_free(config);
    return client;
}

static void get(locjob_queue *queue, const char *job_id, long calls, long queued)
{
    long added = 0, answered = 0;

    while (answered < calls) {
        locjob_result *result;

        for (; added < calls && added - answered < queued; added++)
            if (locjob_queue_get(queue, job_id, (uint64_t)added) != LOCJOB_OK)
                fail("not added");
        result = locjob_queue_next(queue, -1);
        if (locjob_result_code(result) != LOCJOB_OK)
            fail(locjob_result_message(result));
        locjob_free(result);
        answered++;
    }
}

int main(int argc, char **argv)
{
    locjob_client *client;
    locjob_queue *queue;
    struct moment begin;
    long calls, queued;

    if (argc != 5)
        return 2;
    calls = atol(argv[2]);
    queued = atol(argv[3]);
    client = new_client(argv[4]);
    if (locjob_queue_new(client, &queue) != NULL)
        fail("no queue");

    get(queue, argv[1], queued, queued); /* opens the connections, which are kept */
    begin = moment_now();
    get(queue, argv[1], calls, queued);
    report(begin, calls);

    locjob_queue_free(queue);
    locjob_client_free(client);
    return 0;
}
