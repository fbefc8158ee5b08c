/* NULL for every pointer of every function: an answer, never a crash. */
#include "check.h"

int main(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client = new_client();
    locjob_call *call = locjob_call_new();
    locjob_result *result;

    /* What releases or cancels takes nothing for nothing. */
    locjob_free(NULL);
    locjob_client_free(NULL);
    locjob_config_free(NULL);
    locjob_call_free(NULL);
    locjob_call_cancel(NULL);

    CHECK(locjob_codes(NULL) != NULL);

    CHECK(locjob_config_set(NULL, "region", "us-east-1") == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_config_set(NULL, NULL, NULL) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_config_message(NULL) != NULL);
    CHECK(locjob_config_set_logger(NULL, NULL, NULL, LOCJOB_LOG_DEBUG) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_config_set_logger(config, NULL, NULL, LOCJOB_LOG_DEBUG) == LOCJOB_OK);
    CHECK(locjob_config_set(config, "region", NULL) == LOCJOB_OK);
    CHECK(locjob_config_set(config, NULL, "value") == LOCJOB_INVALID_ARGUMENT);

    result = locjob_client_new(NULL, NULL);
    CHECK_CODE(result, LOCJOB_INVALID_ARGUMENT);
    locjob_free(result);

    CHECK(locjob_call_set_timeout_ms(NULL, 1) == LOCJOB_INVALID_ARGUMENT);

    result = locjob_get(client, NULL, call);
    CHECK_CODE(result, LOCJOB_INVALID_JOB_ID);
    CHECK(locjob_result_attempts(result) == 0);
    locjob_free(result);
    result = locjob_get(NULL, NULL, NULL);
    CHECK_CODE(result, LOCJOB_INVALID_JOB_ID);
    locjob_free(result);

    /* A result that could not even be made. */
    CHECK(locjob_result_code(NULL) == LOCJOB_OUT_OF_MEMORY);
    CHECK(locjob_result_job(NULL) == NULL);
    CHECK(locjob_result_json(NULL) != NULL);
    CHECK(locjob_result_json_length(NULL) == strlen(locjob_result_json(NULL)));
    CHECK(locjob_result_message(NULL) != NULL && *locjob_result_message(NULL) != '\0');
    CHECK_TEXT(locjob_result_error_code(NULL), "OUT_OF_MEMORY");
    CHECK(locjob_result_http_status(NULL) == 0);
    CHECK_TEXT(locjob_result_request_id(NULL), "");
    CHECK(locjob_result_attempts(NULL) == 0);
    CHECK(locjob_result_retryable(NULL) == 0 || locjob_result_retryable(NULL) == 1);
    CHECK_TEXT(locjob_result_job_id(NULL), "");
    CHECK(locjob_result_tag(NULL) == 0);
    CHECK(locjob_result_metadata(NULL) != NULL);
    CHECK(locjob_result_trace(NULL) != NULL);

    locjob_call_free(call);
    locjob_client_free(client);
    locjob_config_free(config);
    return 0;
}
