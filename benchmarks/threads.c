/* Calls locjob_get so many times in all, from so many threads on one client, whose configuration comes from the
 * environment.
 *
 *     threads JOB_ID CALLS THREADS
 */
#define _XOPEN_SOURCE 700

#include <locjob.h>
#include <stdlib.h>

#include "threads.h"

static const char *job_id;

static void get(void *client)
{
    locjob_result *result = locjob_get(client, job_id, NULL);

    if (locjob_result_code(result) != LOCJOB_OK) {
        fprintf(stderr, "threads: %s\n", locjob_result_message(result));
        exit(1);
    }
    locjob_free(result);
}

int main(int argc, char **argv)
{
    locjob_config *config;
    locjob_client *client;
    void **clients;
    long count, i;

    if (argc != 4)
        return 2;
    job_id = argv[1];
    count = atol(argv[3]);
    config = locjob_config_new();
    locjob_config_set(config, "max_connections", argv[3]);
    if (locjob_client_new(config, &client) != NULL)
        return 1;
    locjob_config_free(config);
    clients = calloc((size_t)count, sizeof *clients);
    for (i = 0; i < count; i++)
        clients[i] = client;

    run_threads(count, atol(argv[2]), get, clients);

    free(clients);
    locjob_client_free(client);
    return 0;
}
