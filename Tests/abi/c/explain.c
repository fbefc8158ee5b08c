/* locjob_client_explain: every setting with where it came from, the chain, the last request; no secret. */
#include "check.h"

static void check_has(const char *json, const char *text)
{
    if (strstr(json, text) == NULL) {
        fprintf(stderr, "%s is not in %s\n", text, json);
        exit(1);
    }
}

/* Why there are no credentials. */
static void explain_a_failure(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;
    locjob_result *result;

    CHECK(locjob_config_set(config, "aws_access_key_id", "AKIDEXAMPLE") == LOCJOB_OK);
    CHECK(locjob_client_new(config, &client) == NULL);
    locjob_config_free(config);
    result = locjob_get(client, "whole", NULL);
    CHECK_CODE(result, LOCJOB_PARTIAL_CREDENTIALS);
    locjob_free(result);
    result = locjob_client_explain(client);
    check_has(locjob_result_json(result), "{\"provider\":\"code\",\"state\":\"failed\",\"reason\":\"");
    check_has(locjob_result_json(result), "\"credentials_failure\":\"setting aws_access_key_id is set but");
    locjob_free(result);
    locjob_client_free(client);
}

int main(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;
    locjob_result *result;
    const char *json;

    CHECK(locjob_config_set(config, "max_attempts", "2") == LOCJOB_OK);
    CHECK(locjob_config_set(config, "aws_access_key_id", "AKIDEXAMPLE") == LOCJOB_OK);
    CHECK(locjob_config_set(config, "aws_secret_access_key", "hush") == LOCJOB_OK);
    CHECK(locjob_config_set(config, "aws_session_token", "hush-token") == LOCJOB_OK);
    CHECK(locjob_client_new(config, &client) == NULL);
    locjob_config_free(config);

    result = locjob_client_explain(client);
    CHECK_CODE(result, LOCJOB_OK);
    CHECK(locjob_result_job(result) == NULL);
    json = locjob_result_json(result);
    CHECK(strlen(json) == locjob_result_json_length(result));
    check_has(json, "\"max_attempts\":{\"value\":\"2\",\"source\":\"setting max_attempts\"}");
    check_has(json, "\"region\":{\"value\":\"us-east-1\",\"source\":\"variable AWS_REGION\"}");
    check_has(json, "\"read_timeout_ms\":{\"value\":\"60000\",\"source\":\"default\"}");
    check_has(json, "\"aws_secret_access_key\":{\"value\":\"(hidden)\",\"source\":\"setting aws_secret_access_key\"}");
    check_has(json, "{\"provider\":\"code\",\"state\":\"configured\"}");
    CHECK(strstr(json, "last_request") == NULL);
    CHECK(strstr(json, "credentials_in_use") == NULL);
    locjob_free(result);

    locjob_free(locjob_get(client, "a/b", NULL));
    result = locjob_client_explain(client);
    json = locjob_result_json(result);
    check_has(json, "\"credentials_in_use\":{\"provider\":\"code\"}");
    check_has(json, "\"canonical_request\":\"GET\\n/metadata/v0/jobs/a%252Fb\\n");
    check_has(json, "x-amz-security-token:(hidden)");
    check_has(json, "\"string_to_sign\":\"AWS4-HMAC-SHA256\\n");
    CHECK(strstr(json, "hush") == NULL);
    locjob_free(result);
    locjob_client_free(client);
    explain_a_failure();
    return 0;
}
