// SHA-1, SHA-256 and HMAC-SHA-256 by OpenSSL, without allocation.
#ifndef LJ_HASH_H
#define LJ_HASH_H
#include <stddef.h>
#include <stdint.h>

enum { LJ_SHA1_SIZE = 20, LJ_SHA256_SIZE = 32 };

void lj_sha256(const void *data, size_t size, uint8_t digest[LJ_SHA256_SIZE]);
// For the names of cache files, where nothing hangs on its strength.
void lj_sha1(const void *data, size_t size, uint8_t digest[LJ_SHA1_SIZE]);

// A key made ready for HMAC: its two padded blocks are hashed once, not for every message.
typedef struct lj_hmac_key lj_hmac_key;
lj_hmac_key *lj_hmac_key_new(const void *key, size_t size);  // NULL when memory is exhausted
void lj_hmac_key_free(lj_hmac_key *key);                     // wipes it
void lj_hmac_sha256(const lj_hmac_key *key, const void *data, size_t size, uint8_t mac[LJ_SHA256_SIZE]);
#endif
