// Signatures with an elliptic-curve key (ES256: ECDSA on P-256 with SHA-256, RFC 7518 section 3.4) by OpenSSL.
#ifndef LJ_EC_H
#define LJ_EC_H
#include <stddef.h>
#include <stdint.h>

enum { LJ_EC_COORDINATE_SIZE = 32, LJ_EC_SIGNATURE_SIZE = 64 };

// How a function ended. None leaves anything behind in OpenSSL's queue of errors.
enum {
    LJ_EC_OK = 0,
    LJ_EC_MALFORMED = 1,    // no private key that can be read without a password
    LJ_EC_OTHER_CURVE = 2,  // a private key, but not on P-256
    LJ_EC_FAILED = 3,       // OpenSSL gave up, probably for want of memory
};

typedef struct lj_ec_key lj_ec_key;

// Reads a private key in PEM, "EC PRIVATE KEY" or "PRIVATE KEY". `*key` is NULL unless it returns LJ_EC_OK.
int lj_ec_load(const void *pem, size_t size, lj_ec_key **key);
// Releases the key, whose memory OpenSSL wipes.
void lj_ec_free(lj_ec_key *key);

// The public point, big-endian, with leading zeros.
int lj_ec_public(const lj_ec_key *key, uint8_t x[LJ_EC_COORDINATE_SIZE], uint8_t y[LJ_EC_COORDINATE_SIZE]);
// Signs the SHA-256 of a message; the signature is r and s, each as the coordinates above.
int lj_ec_sign(const lj_ec_key *key, const void *message, size_t size, uint8_t signature[LJ_EC_SIGNATURE_SIZE]);
#endif
