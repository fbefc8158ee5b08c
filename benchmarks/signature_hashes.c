/* The floor of a signature: the hashes alone that it needs, by OpenSSL, of texts that were made beforehand: one SHA-256
 * of the canonical request, one HMAC-SHA-256 of the string to sign, with the key of the day ready. */
#define OPENSSL_SUPPRESS_DEPRECATED /* the fastest that OpenSSL has: neither allocates nor looks anything up */
#define _XOPEN_SOURCE 700

#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "signature.h"

#define SCOPE SIGNED_DATE "/" REGION "/geo/aws4_request"

static char canonical[4096], to_sign[256];
static size_t canonical_length, to_sign_length;
static SHA256_CTX inner, outer;

static void hash(const void *data, size_t length, unsigned char digest[32])
{
    SHA256_CTX state;

    SHA256_Init(&state);
    SHA256_Update(&state, data, length);
    SHA256_Final(digest, &state);
}

static void in_hexadecimal(const unsigned char digest[32], char digits[65])
{
    int i;

    for (i = 0; i < 32; i++) {
        digits[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        digits[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    digits[64] = 0;
}

static void prepare_key(const char *secret_key)
{
    static const char *const parts[] = {SIGNED_DATE, REGION, "geo", "aws4_request"};
    unsigned char key[128], derived[32], block[64] = {0};
    size_t length = (size_t)snprintf((char *)key, sizeof key, "AWS4%s", secret_key), i;

    for (i = 0; i < 4; i++) {
        HMAC(EVP_sha256(), key, (int)length, (const unsigned char *)parts[i], strlen(parts[i]), derived, NULL);
        length = sizeof derived;
        memcpy(key, derived, length);
    }
    memcpy(block, key, length);
    for (i = 0; i < 64; i++)
        block[i] ^= 0x36;
    SHA256_Init(&inner);
    SHA256_Update(&inner, block, 64);
    for (i = 0; i < 64; i++)
        block[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&outer);
    SHA256_Update(&outer, block, 64);
}

int signature_prepare(const char *access_key, const char *secret_key, const char *token)
{
    static const char *const no_payload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    unsigned char digest[32];
    char digits[65];

    (void)access_key;
    canonical_length = (size_t)snprintf(
        canonical, sizeof canonical,
        "GET\n%s\n\nhost:%s\nx-amz-date:%s\nx-amz-security-token:%s\n\nhost;x-amz-date;x-amz-security-token\n%s", PATH,
        HOST, SIGNED_TIME, token, no_payload);
    hash(canonical, canonical_length, digest);
    in_hexadecimal(digest, digits);
    to_sign_length = (size_t)snprintf(to_sign, sizeof to_sign, "AWS4-HMAC-SHA256\n%s\n%s\n%s", SIGNED_TIME, SCOPE, digits);
    prepare_key(secret_key);
    return canonical_length >= sizeof canonical;
}

void signature_make(char digits[65])
{
    unsigned char digest[32];
    SHA256_CTX state;

    hash(canonical, canonical_length, digest);
    state = inner;
    SHA256_Update(&state, to_sign, to_sign_length);
    SHA256_Final(digest, &state);
    state = outer;
    SHA256_Update(&state, digest, sizeof digest);
    SHA256_Final(digest, &state);
    in_hexadecimal(digest, digits);
}
