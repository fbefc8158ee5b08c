/* errno is after every call what it was before, whether the call went well or not. */
#include "check.h"

#include <errno.h>

#define KEEPS_ERRNO(call)                                                                                 \
    do {                                                                                                  \
        errno = 12345;                                                                                    \
        call;                                                                                             \
        CHECK(errno == 12345);                                                                            \
    } while (0)

static void get(locjob_client *client, const char *job_id, locjob_code code)
{
    locjob_call *call;
    locjob_result *result;

    KEEPS_ERRNO(call = locjob_call_new());
    KEEPS_ERRNO(locjob_call_set_timeout_ms(call, 100));
    KEEPS_ERRNO(result = locjob_get(client, job_id, call));
    CHECK_CODE(result, code);
    KEEPS_ERRNO(locjob_result_job(result));
    KEEPS_ERRNO(locjob_result_json(result));
    KEEPS_ERRNO(locjob_result_trace(result));
    KEEPS_ERRNO(locjob_free(result));
    KEEPS_ERRNO(locjob_call_cancel(call));
    KEEPS_ERRNO(locjob_call_free(call));
}

int main(void)
{
    locjob_config *config;
    locjob_client *client;
    locjob_result *failure;

    KEEPS_ERRNO(config = locjob_config_new());
    KEEPS_ERRNO(locjob_config_set(config, "config_file", "/no/such/file"));
    KEEPS_ERRNO(locjob_config_set(config, "shared_credentials_file", "/no/such/file"));
    KEEPS_ERRNO(failure = locjob_client_new(config, &client));
    CHECK(failure == NULL);
    get(client, "no-such-job", LOCJOB_NOT_FOUND);
    get(client, "stalled", LOCJOB_DEADLINE_EXCEEDED);
    get(client, "", LOCJOB_INVALID_JOB_ID);
    KEEPS_ERRNO(locjob_client_free(client));

    KEEPS_ERRNO(locjob_config_set(config, "endpoint_url", "nonsense"));
    KEEPS_ERRNO(failure = locjob_client_new(config, &client));
    CHECK_CODE(failure, LOCJOB_INVALID_ENDPOINT);
    KEEPS_ERRNO(locjob_free(failure));
    KEEPS_ERRNO(locjob_config_free(config));
    return 0;
}
