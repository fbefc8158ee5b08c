/* The library's own signature (Steps.swift). */
#include <stdint.h>

#include "signature.h"

int32_t steps_prepare_signature(const char *access_key, const char *secret_key, const char *token, const char *region,
                                const char *host, const char *path, int64_t seconds);
void steps_make_signature(char *digits);

int signature_prepare(const char *access_key, const char *secret_key, const char *token)
{
    return steps_prepare_signature(access_key, secret_key, token, REGION, HOST, PATH, SIGNED_AT);
}

void signature_make(char digits[65])
{
    steps_make_signature(digits);
}
