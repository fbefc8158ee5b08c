#include "lj_ec.h"
#include "lj_fork.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

// Keys are some hundred bytes; what is far longer is something else.
enum { longest_pem = 65536 };

// Without this OpenSSL would ask for a password at the terminal.
static int no_password(char *buffer, int size, int is_writing, void *unused) {
    (void)buffer, (void)size, (void)is_writing, (void)unused;
    return -1;
}

static EVP_PKEY *of(const lj_ec_key *key) { return (EVP_PKEY *)key; }

static int is_p256(EVP_PKEY *key) {
    char name[32];
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, name, sizeof name, NULL) == 1 &&
           strcmp(name, SN_X9_62_prime256v1) == 0;
}

static int load(const void *pem, size_t size, EVP_PKEY **key) {
    if (size == 0 || size > longest_pem) return LJ_EC_MALFORMED;
    BIO *text = BIO_new_mem_buf(pem, (int)size);
    if (!text) return LJ_EC_FAILED;
    EVP_PKEY *found = PEM_read_bio_PrivateKey(text, NULL, no_password, NULL);
    BIO_free(text);
    if (!found) return LJ_EC_MALFORMED;
    if (!is_p256(found)) {
        EVP_PKEY_free(found);
        return LJ_EC_OTHER_CURVE;
    }
    *key = found;
    return LJ_EC_OK;
}

int lj_ec_load(const void *pem, size_t size, lj_ec_key **key) {
    lj_fork_delay();
    // Errors that the host left in the queue stay there.
    ERR_set_mark();
    EVP_PKEY *found = NULL;
    int result = load(pem, size, &found);
    ERR_pop_to_mark();
    lj_fork_allow();
    *key = (lj_ec_key *)found;
    return result;
}

void lj_ec_free(lj_ec_key *key) { EVP_PKEY_free(of(key)); }

static int coordinate(const lj_ec_key *key, const char *name, uint8_t bytes[LJ_EC_COORDINATE_SIZE]) {
    BIGNUM *number = NULL;
    int is_good = EVP_PKEY_get_bn_param(of(key), name, &number) == 1 &&
                  BN_bn2binpad(number, bytes, LJ_EC_COORDINATE_SIZE) == LJ_EC_COORDINATE_SIZE;
    BN_free(number);
    return is_good ? LJ_EC_OK : LJ_EC_FAILED;
}

int lj_ec_public(const lj_ec_key *key, uint8_t x[LJ_EC_COORDINATE_SIZE], uint8_t y[LJ_EC_COORDINATE_SIZE]) {
    ERR_set_mark();
    int result = coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, x);
    if (result == LJ_EC_OK) result = coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, y);
    ERR_pop_to_mark();
    return result;
}

// From the DER form that OpenSSL makes to the bare numbers that JWS has (RFC 7518, section 3.4).
static int bare(const uint8_t *der, size_t size, uint8_t signature[LJ_EC_SIGNATURE_SIZE]) {
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)size);
    if (!pair) return LJ_EC_FAILED;
    const int half = LJ_EC_SIGNATURE_SIZE / 2;
    int is_good = BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, half) == half &&
                  BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + half, half) == half;
    ECDSA_SIG_free(pair);
    return is_good ? LJ_EC_OK : LJ_EC_FAILED;
}

int lj_ec_sign(const lj_ec_key *key, const void *message, size_t size, uint8_t signature[LJ_EC_SIGNATURE_SIZE]) {
    lj_fork_delay();
    ERR_set_mark();
    int result = LJ_EC_FAILED;
    // Two numbers of 33 bytes at the most, and their DER headers.
    uint8_t der[80];
    size_t length = sizeof der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, of(key)) == 1 &&
        EVP_DigestSign(context, der, &length, message, size) == 1)
        result = bare(der, length, signature);
    EVP_MD_CTX_free(context);
    ERR_pop_to_mark();
    lj_fork_allow();
    return result;
}
