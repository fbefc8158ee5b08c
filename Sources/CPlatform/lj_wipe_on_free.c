// Every block that this library gives back is wiped first: keys, tokens and the answers of credential
// services pass through many of them. The release library is linked with --wrap=free and --wrap=realloc,
// which sends its own calls here, Swift's included, and nobody else's.
#include <malloc.h>
#include <stdlib.h>
#include <stddef.h>
#include <string.h>

#include <openssl/crypto.h>

void __real_free(void *pointer) __attribute__((weak));
void __wrap_free(void *pointer);
void *__wrap_realloc(void *pointer, size_t size);

void __wrap_free(void *pointer) {
    if (!pointer) return;
    OPENSSL_cleanse(pointer, malloc_usable_size(pointer));
    if (__real_free) __real_free(pointer);
}

void *__wrap_realloc(void *pointer, size_t size) {
    if (!pointer) return malloc(size);
    size_t known = malloc_usable_size(pointer);
    if (size <= known && size > 0) return pointer;
    void *larger = malloc(size ? size : 1);
    if (!larger) return NULL;
    memcpy(larger, pointer, known < size ? known : size);
    __wrap_free(pointer);
    return larger;
}
