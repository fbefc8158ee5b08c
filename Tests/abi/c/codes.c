/* Every code of the header, and no other, is in locjob_codes, has its own name, and text to go with it. */
#include "check.h"

#define NAMED(code) {code, #code}

static const struct {
    locjob_code code;
    const char *name;
} expected[] = {
    NAMED(LOCJOB_OK),
    NAMED(LOCJOB_INVALID_ARGUMENT),
    NAMED(LOCJOB_INVALID_JOB_ID),
    NAMED(LOCJOB_OUT_OF_MEMORY),
    NAMED(LOCJOB_INTERNAL_ERROR),
    NAMED(LOCJOB_BUSY),
    NAMED(LOCJOB_UNKNOWN_TAG),
    NAMED(LOCJOB_UNKNOWN_SETTING),
    NAMED(LOCJOB_INVALID_SETTING),
    NAMED(LOCJOB_INVALID_FILE),
    NAMED(LOCJOB_PROFILE_NOT_FOUND),
    NAMED(LOCJOB_NO_REGION),
    NAMED(LOCJOB_INVALID_ENDPOINT),
    NAMED(LOCJOB_NO_CREDENTIALS),
    NAMED(LOCJOB_PARTIAL_CREDENTIALS),
    NAMED(LOCJOB_CREDENTIALS_FAILED),
    NAMED(LOCJOB_RESOLVE_FAILED),
    NAMED(LOCJOB_CONNECT_FAILED),
    NAMED(LOCJOB_PROXY_FAILED),
    NAMED(LOCJOB_TLS_FAILED),
    NAMED(LOCJOB_CERTIFICATE_REJECTED),
    NAMED(LOCJOB_CONNECTION_LOST),
    NAMED(LOCJOB_CONNECT_TIMEOUT),
    NAMED(LOCJOB_READ_TIMEOUT),
    NAMED(LOCJOB_INVALID_RESPONSE),
    NAMED(LOCJOB_RESPONSE_TOO_LARGE),
    NAMED(LOCJOB_DEADLINE_EXCEEDED),
    NAMED(LOCJOB_CANCELLED),
    NAMED(LOCJOB_VALIDATION_ERROR),
    NAMED(LOCJOB_ACCESS_DENIED),
    NAMED(LOCJOB_NOT_FOUND),
    NAMED(LOCJOB_THROTTLED),
    NAMED(LOCJOB_SERVER_ERROR),
    NAMED(LOCJOB_AUTHENTICATION_FAILED),
    NAMED(LOCJOB_SERVICE_ERROR),
    NAMED(LOCJOB_JOB_FAILED),
    NAMED(LOCJOB_JOB_CANCELLED),
};

int main(void)
{
    size_t count = 0, i, j;
    const locjob_code *codes = locjob_codes(&count);

    CHECK(count == sizeof expected / sizeof *expected);
    for (i = 0; i < count; i++) {
        CHECK(codes[i] == expected[i].code);
        CHECK_TEXT(locjob_code_name(codes[i]), expected[i].name);
        CHECK(*locjob_code_text(codes[i]) != '\0');
        for (j = 0; j < i; j++)
            CHECK(strcmp(locjob_code_text(codes[i]), locjob_code_text(codes[j])) != 0);
    }

    CHECK_TEXT(locjob_code_name(7), "LOCJOB_UNKNOWN");
    CHECK_TEXT(locjob_code_name(-1), "LOCJOB_UNKNOWN");
    CHECK_TEXT(locjob_code_name(INT32_MAX), "LOCJOB_UNKNOWN");
    CHECK_TEXT(locjob_code_name(INT32_MIN), "LOCJOB_UNKNOWN");
    CHECK(*locjob_code_text(INT32_MIN) != '\0');

    CHECK_TEXT(locjob_version(), LOCJOB_VERSION);
    return 0;
}
