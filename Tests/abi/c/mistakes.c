/* Pointers that were released already, or are of another kind, are errors and no crash, as long as their memory is
 * not used again. */
#include "check.h"

static void twice(void)
{
    locjob_client *client = new_client();
    locjob_result *result = locjob_get(client, "whole", NULL);
    locjob_config *config = locjob_config_new();
    locjob_call *call = locjob_call_new();
    locjob_queue *queue = NULL;

    CHECK_CODE(result, LOCJOB_OK);
    CHECK(locjob_queue_new(client, &queue) == NULL);
    locjob_free(result);
    locjob_free(result);
    locjob_config_free(config);
    locjob_config_free(config);
    CHECK(locjob_config_set(config, "region", "us-east-1") == LOCJOB_INVALID_ARGUMENT);
    locjob_call_free(call);
    locjob_call_free(call);
    locjob_call_cancel(call);
    locjob_queue_free(queue);
    locjob_queue_free(queue);
    CHECK(locjob_queue_get(queue, "whole", 1) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_queue_next(queue, -1) == NULL);
    locjob_client_free(client);
    locjob_client_free(client);

    result = locjob_get(client, "whole", NULL);
    CHECK_CODE(result, LOCJOB_INVALID_ARGUMENT);
    locjob_free(result);
}

static void of_another_kind(void)
{
    locjob_client *client = new_client();
    locjob_config *config = locjob_config_new();
    locjob_result *result;

    result = locjob_get((locjob_client *)config, "whole", NULL);
    CHECK_CODE(result, LOCJOB_INVALID_ARGUMENT);
    locjob_free((locjob_result *)config);
    locjob_client_free((locjob_client *)result);
    CHECK(strstr(locjob_result_message(result), "client") != NULL);
    locjob_free(result);
    result = locjob_get(client, "whole", (locjob_call *)client);
    CHECK_CODE(result, LOCJOB_INVALID_ARGUMENT);
    locjob_free(result);
    CHECK(locjob_result_code((locjob_result *)client) == LOCJOB_OUT_OF_MEMORY);
    locjob_queue_free((locjob_queue *)client);
    get_and_free(client, "whole");
    CHECK(locjob_config_set(config, "region", "us-east-1") == LOCJOB_OK);
    locjob_config_free(config);
    locjob_client_free(client);
}

int main(void)
{
    twice();
    of_another_kind();
    return 0;
}
