/* Preloaded by a test: has libcurl wipe what it frees, and OpenSSL what it has read, as neither does by itself. What
 * is found in memory then is the library's own. */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <dlfcn.h>
#include <malloc.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

static void wiping_free(void *memory)
{
    if (memory == NULL)
        return;
    explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

static void *wiping_realloc(void *memory, size_t size)
{
    size_t known = memory == NULL ? 0 : malloc_usable_size(memory);
    void *other = malloc(size);
    if (other == NULL)
        return NULL;
    if (memory != NULL)
        memcpy(other, memory, known < size ? known : size);
    wiping_free(memory);
    return other;
}

__attribute__((constructor)) static void start(void)
{
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free, wiping_realloc, strdup, calloc);
}

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
{
    SSL_CTX *(*real)(const SSL_METHOD *);
    SSL_CTX *context;
    *(void **)&real = dlsym(RTLD_NEXT, "SSL_CTX_new");
    context = real(method);
    if (context != NULL)
        SSL_CTX_set_options(context, SSL_OP_CLEANSE_PLAINTEXT);
    return context;
}
