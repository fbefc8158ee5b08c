/* Threads share one client, and read one another's results. */
#include "check.h"

#include <pthread.h>

#define THREADS 8
#define CALLS 25

static locjob_client *client;
static locjob_result *shared;

static void *work(void *unused)
{
    int i;

    for (i = 0; i < CALLS; i++) {
        locjob_result *result = locjob_get(client, "whole", NULL);
        CHECK_CODE(result, LOCJOB_OK);
        CHECK_TEXT(locjob_result_job(result)->job_id.data, "whole");
        CHECK_TEXT(locjob_result_json(shared), locjob_result_json(result));
        locjob_free(result);

        result = locjob_get(client, "no-such-job", NULL);
        CHECK_CODE(result, LOCJOB_NOT_FOUND);
        locjob_free(result);
    }
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];
    int i;

    client = new_client();
    shared = locjob_get(client, "whole", NULL);
    CHECK_CODE(shared, LOCJOB_OK);
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    locjob_free(shared);
    locjob_client_free(client);
    return 0;
}
