/* A host that ends a thread in the middle of a call (pthread_cancel): the call goes on to its end as if nothing
 * were, and the thread ends after it. */
#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>

static locjob_client *client;
static int came_back, has_begun;

static void *call(void *job_id)
{
    locjob_call *handle = locjob_call_new();
    locjob_result *result;

    locjob_call_set_timeout_ms(handle, 500);
    __atomic_store_n(&has_begun, 1, __ATOMIC_RELEASE);
    result = locjob_get(client, job_id, handle);
    __atomic_store_n(&came_back, 1, __ATOMIC_RELEASE);
    locjob_free(result);
    locjob_call_free(handle);
    pthread_testcancel();
    return job_id;
}

static void cancel_in(const char *job_id, int64_t after)
{
    pthread_t thread;
    void *ended;

    came_back = has_begun = 0;
    CHECK(pthread_create(&thread, NULL, call, (void *)job_id) == 0);
    while (!__atomic_load_n(&has_begun, __ATOMIC_ACQUIRE))
        sleep_milliseconds(1);
    sleep_milliseconds(after);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &ended) == 0);
    CHECK(ended == PTHREAD_CANCELED || ended == (void *)job_id);
    CHECK(came_back);
    get_and_free(client, "whole");
}

int main(void)
{
    int64_t after;

    client = new_client();
    cancel_in("stalled", 50);
    for (after = 0; after < 20; after++)
        cancel_in("broken", after); /* attempts and the pauses between them */
    for (after = 0; after < 5; after++)
        cancel_in("whole", after);
    locjob_client_free(client);
    return 0;
}
