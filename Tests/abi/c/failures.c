/* Each way a call or a configuration can fail here has its code, a message, and the same few facts. */
#include "check.h"

/* A configuration of its own, not the environment's; NULL values leave a setting out. */
static locjob_result *client_with(const char *name, const char *value, locjob_client **client)
{
    locjob_config *config = locjob_config_new();
    locjob_result *failure;

    locjob_config_set(config, "use_environment", "false");
    locjob_config_set(config, "region", "us-east-1");
    locjob_config_set(config, "aws_access_key_id", "AKIDFAILURES");
    locjob_config_set(config, "aws_secret_access_key", "secret-that-must-not-show");
    locjob_config_set(config, "endpoint_url", getenv("AWS_ENDPOINT_URL_LOCATION"));
    locjob_config_set(config, "max_attempts", "1");
    locjob_config_set(config, name, value);
    failure = locjob_client_new(config, client);
    locjob_config_free(config);
    return failure;
}

/* What is true of every failure. */
static void check_failure(locjob_result *result, locjob_code code)
{
    CHECK_CODE(result, code);
    CHECK(locjob_result_job(result) == NULL);
    CHECK(*locjob_result_message(result) != '\0');
    CHECK(strpbrk(locjob_result_message(result), "\r\n") == NULL);
    CHECK(strstr(locjob_result_message(result), "secret-that-must-not-show") == NULL);
    CHECK(*locjob_result_error_code(result) != '\0');
    CHECK(strstr(locjob_result_json(result), "\"Error\"") != NULL);
    CHECK(locjob_result_json_length(result) == strlen(locjob_result_json(result)));
}

/* A configuration that is refused: nothing was sent, and there is no client. */
static void refused(const char *name, const char *value, locjob_code code)
{
    locjob_client *client = (locjob_client *)&client; /* something else than NULL */
    locjob_result *failure = client_with(name, value, &client);

    check_failure(failure, code);
    CHECK(client == NULL);
    CHECK(locjob_result_attempts(failure) == 0);
    CHECK_TEXT(locjob_result_error_code(failure), locjob_code_name(code) + strlen("LOCJOB_"));
    locjob_free(failure);
}

/* A call that fails, by a client with one setting more. */
static void fails(const char *name, const char *value, const char *job_id, locjob_code code, int attempts)
{
    locjob_client *client;
    locjob_result *result = client_with(name, value, &client);

    CHECK(result == NULL);
    result = locjob_get(client, job_id, NULL);
    check_failure(result, code);
    CHECK(locjob_result_attempts(result) == attempts);
    locjob_free(result);
    locjob_client_free(client);
}

static void check_configurations(void)
{
    locjob_config *config = locjob_config_new();

    CHECK_TEXT(locjob_config_message(config), "");
    CHECK(locjob_config_set(config, "no_such_setting", "1") == LOCJOB_UNKNOWN_SETTING);
    CHECK(strstr(locjob_config_message(config), "no_such_setting") != NULL);
    CHECK(locjob_config_set(config, "max_attempts", "none") == LOCJOB_INVALID_SETTING);
    CHECK(strstr(locjob_config_message(config), "no_such_setting") != NULL); /* the first one stays */
    locjob_config_free(config);

    refused("no_such_setting", "1", LOCJOB_UNKNOWN_SETTING);
    refused("max_attempts", "0", LOCJOB_INVALID_SETTING);
    refused("connect_timeout_ms", "99999999999999999999", LOCJOB_INVALID_SETTING);
    refused("call_timeout_ms", "-1", LOCJOB_INVALID_SETTING);
    refused("tcp_keepalive", "yes", LOCJOB_INVALID_SETTING);
    refused("retry_mode", "Standard", LOCJOB_INVALID_SETTING);
    refused("region", NULL, LOCJOB_NO_REGION);
    refused("endpoint_url", "ftp://127.0.0.1/", LOCJOB_INVALID_ENDPOINT);
    refused("endpoint_url", "127.0.0.1", LOCJOB_INVALID_ENDPOINT);
}

static void check_job_ids(void)
{
    char too_long[202];

    memset(too_long, 'j', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    fails("max_attempts", "3", "", LOCJOB_INVALID_JOB_ID, 0);
    fails("max_attempts", "3", ".", LOCJOB_INVALID_JOB_ID, 0);
    fails("max_attempts", "3", "..", LOCJOB_INVALID_JOB_ID, 0);
    fails("max_attempts", "3", "\xff\xfe", LOCJOB_INVALID_JOB_ID, 0);
    fails("max_attempts", "3", too_long, LOCJOB_INVALID_JOB_ID, 0);
    fails("max_attempts", "3", too_long + 1, LOCJOB_NOT_FOUND, 1); /* 200: the service's word counts */
}

/* Credentials are looked for when they are needed, that is by a call. */
static void check_credentials(void)
{
    fails("aws_secret_access_key", NULL, "whole", LOCJOB_PARTIAL_CREDENTIALS, 0);
    fails("aws_access_key_id", NULL, "whole", LOCJOB_PARTIAL_CREDENTIALS, 0);
    fails("aws_secret_access_key", "secret-that-is-wrong", "whole", LOCJOB_AUTHENTICATION_FAILED, 1);
}

/* The job ids are those that test_c.py has the service fail in the way they say. */
static void check_calls(const char *nobody_listens)
{
    fails("max_attempts", "3", "no-such-job", LOCJOB_NOT_FOUND, 1);
    fails("max_attempts", "3", "denied", LOCJOB_ACCESS_DENIED, 1);
    fails("max_attempts", "2", "throttled", LOCJOB_THROTTLED, 2);
    fails("max_attempts", "2", "broken", LOCJOB_SERVER_ERROR, 2);
    fails("max_attempts", "2", "not-json", LOCJOB_INVALID_RESPONSE, 2);
    fails("max_attempts", "2", "reset", LOCJOB_CONNECTION_LOST, 2);
    fails("max_attempts", "2", "truncated", LOCJOB_CONNECTION_LOST, 2);
    fails("max_response_bytes", "100", "whole", LOCJOB_RESPONSE_TOO_LARGE, 1);
    fails("read_timeout_ms", "50", "stalled", LOCJOB_READ_TIMEOUT, 1);
    fails("call_timeout_ms", "50", "stalled", LOCJOB_DEADLINE_EXCEEDED, 1);
    fails("endpoint_url", nobody_listens, "whole", LOCJOB_CONNECT_FAILED, 1);
    fails("endpoint_url", "http://no-such-host.invalid", "whole", LOCJOB_RESOLVE_FAILED, 1);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    check_configurations();
    check_credentials();
    check_job_ids();
    check_calls(argv[1]);
    return 0;
}
