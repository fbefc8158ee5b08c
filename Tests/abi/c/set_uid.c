/* A program with more rights than whoever started it (set-uid): what its environment says counts for nothing. */
#include "check.h"

#include <sys/auxv.h>

int main(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;
    locjob_result *result;

    CHECK(getauxval(AT_SECURE) == 1);
    CHECK(getenv("AWS_ACCESS_KEY_ID") != NULL); /* it is there, for whoever trusts it */
    CHECK(locjob_config_set(config, "ec2_metadata_disabled", "true") == LOCJOB_OK);
    result = locjob_client_new(config, &client);
    CHECK_CODE(result, LOCJOB_NO_REGION);
    locjob_free(result);
    CHECK(locjob_config_set(config, "region", "us-east-1") == LOCJOB_OK);
    CHECK(locjob_client_new(config, &client) == NULL);
    result = locjob_get(client, "whole", NULL);
    CHECK_CODE(result, LOCJOB_NO_CREDENTIALS);
    locjob_free(result);
    result = locjob_client_explain(client);
    CHECK(strstr(locjob_result_json(result), "127.0.0.1") == NULL); /* the endpoint is not the environment's */
    locjob_free(result);
    locjob_client_free(client);
    locjob_config_free(config);
    return 0;
}
