/* locjob_list: pages, entries, filters, tokens, and what is refused. */
#include "check.h"

#include <limits.h>

static void check_pages(locjob_client *client)
{
    char token[1000] = "";
    size_t count = 0, pages = 0;

    do {
        locjob_result *result = locjob_list(client, NULL, 7, *token ? token : NULL, NULL);
        size_t entries = locjob_result_entry_count(result), i;

        CHECK_CODE(result, LOCJOB_OK);
        CHECK(locjob_result_job(result) == NULL);
        CHECK(entries > 0 && entries <= 7);
        for (i = 0; i < entries; i++) {
            const locjob_job *job = locjob_result_entry(result, i);
            char name[32];

            CHECK(job != NULL && job == locjob_result_entry(result, i));
            snprintf(name, sizeof name, "listed-%02d", (int)(19 - count++)); /* the newest first */
            CHECK_TEXT(job->job_id.data, name);
            CHECK_TEXT(job->input_location.data, "s3://example-addresses/input/");
            CHECK(job->created_at.present && job->additional_feature_count == 2);
            CHECK(job->tags == NULL && job->tag_count == 0);
        }
        CHECK(locjob_result_entry(result, entries) == NULL);
        CHECK(locjob_result_entry(result, SIZE_MAX) == NULL);
        CHECK(strstr(locjob_result_json(result), "\"Entries\"") != NULL);
        CHECK(strlen(locjob_result_next_token(result)) < sizeof token);
        strcpy(token, locjob_result_next_token(result));
        CHECK_TEXT(locjob_result_job_id(result), "");
        locjob_free(result);
        pages++;
    } while (*token);
    CHECK(count == 20 && pages == 3);
}

static size_t count_of(locjob_client *client, const char *status)
{
    locjob_result *result = locjob_list(client, status, 0, NULL, NULL);
    size_t count = locjob_result_entry_count(result), i;

    CHECK_CODE(result, LOCJOB_OK);
    for (i = 0; status != NULL && i < count; i++)
        CHECK_TEXT(locjob_result_entry(result, i)->status.text.data, status);
    CHECK_TEXT(locjob_result_next_token(result), "");
    locjob_free(result);
    return count;
}

static void check_failure(locjob_client *client, const char *status, int32_t max_results, const char *token,
                          locjob_code code, int32_t attempts)
{
    locjob_result *result = locjob_list(client, status, max_results, token, NULL);

    CHECK_CODE(result, code);
    CHECK(locjob_result_attempts(result) == attempts);
    CHECK(locjob_result_entry_count(result) == 0);
    CHECK(locjob_result_entry(result, 0) == NULL);
    CHECK_TEXT(locjob_result_next_token(result), "");
    locjob_free(result);
}

int main(void)
{
    locjob_client *client = new_client();
    locjob_call *call = locjob_call_new();
    locjob_result *result;

    check_pages(client);
    CHECK(count_of(client, NULL) == 20);
    CHECK(count_of(client, "Running") == 15);
    CHECK(count_of(client, "Failed") == 5);
    CHECK(count_of(client, "Cancelling") == 0);

    check_failure(client, NULL, -1, NULL, LOCJOB_INVALID_ARGUMENT, 0);
    check_failure(client, NULL, 101, NULL, LOCJOB_INVALID_ARGUMENT, 0);
    check_failure(client, NULL, INT32_MIN, NULL, LOCJOB_INVALID_ARGUMENT, 0);
    check_failure(client, NULL, INT32_MAX, NULL, LOCJOB_INVALID_ARGUMENT, 0);
    check_failure(client, "\xff", 0, NULL, LOCJOB_INVALID_ARGUMENT, 0);
    check_failure(client, NULL, 0, "\xff", LOCJOB_INVALID_ARGUMENT, 0);
    check_failure(client, "No \"status\"\n", 0, NULL, LOCJOB_VALIDATION_ERROR, 1); /* the service's to judge */
    check_failure(client, NULL, 0, "no token", LOCJOB_VALIDATION_ERROR, 1);

    result = locjob_list(NULL, NULL, 1, NULL, NULL); /* the client of the process */
    CHECK_CODE(result, LOCJOB_OK);
    CHECK(locjob_result_entry_count(result) == 1);
    locjob_free(result);
    get_and_free(NULL, "listed-00"); /* valgrind does not know the kind of pointer by which a page is remembered */
    locjob_call_cancel(call);
    result = locjob_list(client, NULL, 0, NULL, call);
    CHECK_CODE(result, LOCJOB_CANCELLED);
    locjob_free(result);
    CHECK(locjob_result_entry_count(NULL) == 0);
    CHECK(locjob_result_entry(NULL, 0) == NULL);
    CHECK_TEXT(locjob_result_next_token(NULL), "");
    locjob_call_free(call);
    locjob_client_free(client);
    return 0;
}
