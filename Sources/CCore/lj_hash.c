// The one-shot context functions of OpenSSL, deprecated in favour of EVP, are used on purpose: they
// neither allocate nor take locks, and a state can be copied by assignment.
#define OPENSSL_SUPPRESS_DEPRECATED
#define _DEFAULT_SOURCE
#include "lj_hash.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

struct lj_hmac_key {
    SHA256_CTX inner, outer;
};

void lj_sha256(const void *data, size_t size, uint8_t digest[LJ_SHA256_SIZE]) {
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, data, size);
    SHA256_Final(digest, &state);
}

void lj_sha1(const void *data, size_t size, uint8_t digest[LJ_SHA1_SIZE]) {
    SHA_CTX state;
    SHA1_Init(&state);
    SHA1_Update(&state, data, size);
    SHA1_Final(digest, &state);
}

// RFC 2104: H((K ^ opad) . H((K ^ ipad) . message)).
lj_hmac_key *lj_hmac_key_new(const void *key, size_t size) {
    lj_hmac_key *ready = malloc(sizeof *ready);
    if (!ready) return NULL;
    uint8_t block[SHA256_CBLOCK] = {0};
    if (size > sizeof block)
        lj_sha256(key, size, block);
    else if (size)
        memcpy(block, key, size);
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36;
    SHA256_Init(&ready->inner);
    SHA256_Update(&ready->inner, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&ready->outer);
    SHA256_Update(&ready->outer, block, sizeof block);
    explicit_bzero(block, sizeof block);
    return ready;
}

void lj_hmac_key_free(lj_hmac_key *key) {
    if (!key) return;
    explicit_bzero(key, sizeof *key);
    free(key);
}

void lj_hmac_sha256(const lj_hmac_key *key, const void *data, size_t size, uint8_t mac[LJ_SHA256_SIZE]) {
    SHA256_CTX state = key->inner;
    SHA256_Update(&state, data, size);
    SHA256_Final(mac, &state);
    state = key->outer;
    SHA256_Update(&state, mac, LJ_SHA256_SIZE);
    SHA256_Final(mac, &state);
    explicit_bzero(&state, sizeof state);
}
