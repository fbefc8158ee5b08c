/* A call that ends before its turn in the budget of requests has come leaves the turn to others: however many were
 * cancelled or out of time, the next one is not kept waiting for what they did not send. */
#include "check.h"

#define ENDED 40
#define SOON_MS 3000 /* at four turns a second, ENDED of them take ten seconds */

static locjob_client *paced_client(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;

    CHECK(locjob_config_set(config, "max_requests_per_second", "4") == LOCJOB_OK);
    CHECK(locjob_client_new(config, &client) == NULL);
    locjob_config_free(config);
    return client;
}

static void succeeds_soon(locjob_client *client)
{
    int64_t begin = milliseconds_now();
    get_and_free(client, "my-job-id");
    CHECK(milliseconds_now() - begin < SOON_MS);
}

int main(void)
{
    locjob_client *client = paced_client();
    locjob_call *call = locjob_call_new();
    locjob_result *result;
    int i;

    locjob_call_cancel(call);
    for (i = 0; i < ENDED; i++) {
        result = locjob_wait(client, "my-job-id", call);
        CHECK_CODE(result, LOCJOB_CANCELLED);
        locjob_free(result);
    }
    locjob_call_free(call);
    succeeds_soon(client);
    locjob_client_free(client);

    client = paced_client();
    call = locjob_call_new();
    CHECK(locjob_call_set_timeout_ms(call, 5) == LOCJOB_OK);
    for (i = 0; i < ENDED; i++) {
        result = locjob_get(client, "stalled", call);
        CHECK_CODE(result, LOCJOB_DEADLINE_EXCEEDED);
        locjob_free(result);
    }
    locjob_call_free(call);
    succeeds_soon(client);
    locjob_client_free(client);
    return 0;
}
