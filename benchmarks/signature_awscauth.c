/* The same signature by aws-c-auth, on OpenSSL too: a message with its host, signed and given its three headers. */
#include <aws/auth/auth.h>
#include <aws/auth/credentials.h>
#include <aws/auth/signable.h>
#include <aws/auth/signing.h>
#include <aws/auth/signing_config.h>
#include <aws/auth/signing_result.h>
#include <aws/http/request_response.h>
#include <string.h>

#include "signature.h"

static struct aws_allocator *allocator;
static struct aws_signing_config_aws config;

int signature_prepare(const char *access_key, const char *secret_key, const char *token)
{
    allocator = aws_default_allocator();
    aws_auth_library_init(allocator);
    config.config_type = AWS_SIGNING_CONFIG_AWS;
    config.algorithm = AWS_SIGNING_ALGORITHM_V4;
    config.signature_type = AWS_ST_HTTP_REQUEST_HEADERS;
    config.region = aws_byte_cursor_from_c_str(REGION);
    config.service = aws_byte_cursor_from_c_str("geo");
    config.flags.use_double_uri_encode = 1;
    config.flags.should_normalize_uri_path = 1;
    config.signed_body_value = g_aws_signed_body_value_empty_sha256;
    aws_date_time_init_epoch_secs(&config.date, SIGNED_AT);
    config.credentials = aws_credentials_new(allocator, aws_byte_cursor_from_c_str(access_key),
                                             aws_byte_cursor_from_c_str(secret_key),
                                             aws_byte_cursor_from_c_str(token), UINT64_MAX);
    return config.credentials == NULL;
}

/* Called before aws_sign_request_aws returns, as the credentials are there. */
static void apply(struct aws_signing_result *result, int error, void *message)
{
    if (error == 0)
        aws_apply_signing_result_to_http_request(message, allocator, result);
}

void signature_make(char digits[65])
{
    struct aws_http_header host = {.name = aws_byte_cursor_from_c_str("host"), .value = aws_byte_cursor_from_c_str(HOST)};
    struct aws_http_message *message = aws_http_message_new_request(allocator);
    struct aws_signable *signable;
    struct aws_byte_cursor value = {0};

    aws_http_message_set_request_method(message, aws_byte_cursor_from_c_str("GET"));
    aws_http_message_set_request_path(message, aws_byte_cursor_from_c_str(PATH));
    aws_http_message_add_header(message, host);
    signable = aws_signable_new_http_request(allocator, message);
    aws_sign_request_aws(allocator, signable, (const struct aws_signing_config_base *)&config, apply, message);
    aws_http_headers_get(aws_http_message_get_const_headers(message), aws_byte_cursor_from_c_str("Authorization"), &value);
    memcpy(digits, value.ptr + value.len - 64, 64);
    digits[64] = 0;
    aws_signable_destroy(signable);
    aws_http_message_release(message);
}
