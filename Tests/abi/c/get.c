/* Every member of a job that has them all, and of one that has only what the service must send. The jobs
 * are those that test_c.py has the service answer with. */
#include "check.h"

/* Text by its length, since it may contain NUL bytes, and with the NUL that ends it. */
#define CHECK_STRING(string, expected) check_string((string), (expected), sizeof(expected) - 1, __LINE__)
#define CHECK_ENUM(actual, number, word)                                                                  \
    do {                                                                                                  \
        CHECK((actual).value == (number));                                                                \
        CHECK_STRING((actual).text, word);                                                                \
    } while (0)
#define CHECK_TIME(actual, s, n)                                                                          \
    CHECK((actual).present == 1 && (actual).seconds == (s) && (actual).nanoseconds == (n))

static void check_string(locjob_string actual, const char *expected, size_t length, int line)
{
    if (actual.data == NULL || actual.length != length || memcmp(actual.data, expected, length + 1) != 0) {
        fprintf(stderr, "%s:%d: \"%s\" is not \"%s\"\n", __FILE__, line,
                actual.data == NULL ? "(NULL)" : actual.data, expected);
        exit(1);
    }
}

static void check_whole_job(const locjob_job *job)
{
    CHECK_STRING(job->job_id, "whole");
    CHECK_STRING(job->job_arn, "arn:aws:geo:us-east-1:123456789012:job/whole");
    CHECK_STRING(job->name, "name with\0NUL");
    CHECK_ENUM(job->status, LOCJOB_STATUS_FAILED, "Failed");
    CHECK_ENUM(job->action, LOCJOB_ACTION_VALIDATE_ADDRESS, "ValidateAddress");
    CHECK_TIME(job->created_at, 1795163400, 123456789);
    CHECK_TIME(job->updated_at, -1, 500000000);
    CHECK_TIME(job->ended_at, 0, 0); /* present, though it is all zeros */
    CHECK_STRING(job->execution_role_arn, "arn:aws:iam::123456789012:role/LocationJobs");
    CHECK_STRING(job->input_location, "s3://example/input/");
    CHECK_ENUM(job->input_format, LOCJOB_FORMAT_PARQUET, "Parquet");
    CHECK_STRING(job->output_location, "s3://example/output/");
    CHECK_ENUM(job->output_format, LOCJOB_FORMAT_PARQUET, "Parquet");
    CHECK(job->additional_feature_count == 2);
    CHECK_ENUM(job->additional_features[0], LOCJOB_FEATURE_POSITION, "Position");
    CHECK_ENUM(job->additional_features[1], LOCJOB_FEATURE_COUNTRY_SPECIFIC_ATTRIBUTES,
               "CountrySpecificAttributes");
    CHECK_ENUM(job->error_code, LOCJOB_JOB_ERROR_VALIDATION, "ValidationError");
    CHECK(job->error_message_count == 2);
    CHECK_STRING(job->error_messages[0], "Column 'Country' is missing.");
    CHECK_STRING(job->error_messages[1], "\xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x97\xbc");
    CHECK(job->tag_count == 2);
    CHECK_STRING(job->tags[0].key, "stadt");
    CHECK_STRING(job->tags[0].value, "Z\xc3\xbcrich");
    CHECK_STRING(job->tags[1].key, "empty");
    CHECK_STRING(job->tags[1].value, "");
}

/* Absent is told from empty and from zero; words of a newer service are kept as text. */
static void check_bare_job(const locjob_job *job)
{
    CHECK_STRING(job->job_id, "bare");
    CHECK(job->name.data == NULL && job->name.length == 0);
    CHECK_ENUM(job->status, 0, "Paused");
    CHECK_ENUM(job->action, 0, "GeocodeAddress");
    CHECK_TIME(job->created_at, 1795163400, 0);
    CHECK(job->ended_at.present == 0 && job->ended_at.seconds == 0 && job->ended_at.nanoseconds == 0);
    CHECK_ENUM(job->input_format, 0, "CSV");
    CHECK(job->additional_features == NULL && job->additional_feature_count == 0);
    CHECK(job->error_code.value == 0 && job->error_code.text.data == NULL);
    CHECK(job->error_messages == NULL && job->error_message_count == 0);
    CHECK(job->tags == NULL && job->tag_count == 0);
}

static void check_success(const locjob_result *result, const char *job_id)
{
    const char *json = locjob_result_json(result);

    CHECK_CODE(result, LOCJOB_OK);
    CHECK_TEXT(locjob_result_message(result), "");
    CHECK_TEXT(locjob_result_error_code(result), "");
    CHECK_TEXT(locjob_result_job_id(result), job_id);
    CHECK(locjob_result_http_status(result) == 200);
    CHECK(locjob_result_attempts(result) == 1);
    CHECK(locjob_result_retryable(result) == 0);
    CHECK(locjob_result_tag(result) == 0);
    CHECK(*locjob_result_request_id(result) != '\0');
    CHECK(locjob_result_json_length(result) == strlen(json));
    CHECK(strstr(json, "\"JobArn\"") != NULL);
    CHECK(strstr(locjob_result_metadata(result), locjob_result_request_id(result)) != NULL);
    CHECK(strstr(locjob_result_trace(result), "\"total_us\"") != NULL);
}

int main(void)
{
    locjob_client *client = new_client();
    locjob_result *whole = locjob_get(client, "whole", NULL);
    locjob_result *bare = locjob_get(client, "bare", NULL);

    /* Results outlive their client. */
    locjob_client_free(client);

    check_success(whole, "whole");
    check_whole_job(locjob_result_job(whole));
    CHECK(strstr(locjob_result_json(whole), "\"AddedLater\"") != NULL);
    check_success(bare, "bare");
    check_bare_job(locjob_result_job(bare));
    locjob_free(whole);
    locjob_free(bare);

    /* Without a client: the client of the process, made from the same environment. */
    get_and_free(NULL, "whole");
    return 0;
}
