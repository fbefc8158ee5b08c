/* A libcurl that refuses what cannot fail: that is told as a fault that is nobody's, and is no crash. The
 * functions here are found before libcurl's own. */
#define _GNU_SOURCE
#include "check.h"

#include <dlfcn.h>
#include <stdarg.h>

static int global_init_fails, poll_fails, add_fails, url_fails, proxy_fails;

/* CURLcode curl_global_init(long flags): 2 is CURLE_FAILED_INIT. */
int curl_global_init(long flags)
{
    int (*real)(long);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_global_init");
    return global_init_fails ? 2 : real(flags);
}

/* CURLMcode: 4 is CURLM_INTERNAL_ERROR. */
int curl_multi_poll(void *multi, void *extra, unsigned int extra_count, int timeout_ms, int *ready)
{
    int (*real)(void *, void *, unsigned int, int, int *);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_multi_poll");
    return poll_fails ? 4 : real(multi, extra, extra_count, timeout_ms, ready);
}

int curl_multi_add_handle(void *multi, void *easy)
{
    int (*real)(void *, void *);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_multi_add_handle");
    return add_fails ? 4 : real(multi, easy);
}

/* CURLUcode: 7 is CURLUE_OUT_OF_MEMORY. */
int curl_url_set(void *url, int part, const char *text, unsigned int flags)
{
    int (*real)(void *, int, const char *, unsigned int);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_url_set");
    return url_fails ? 7 : real(url, part, text, flags);
}

/* CURLcode: 27 is CURLE_OUT_OF_MEMORY; 10004 is CURLOPT_PROXY. What is handed on is as wide as a pointer. */
int curl_easy_setopt(void *easy, int option, ...)
{
    int (*real)(void *, int, ...);
    va_list arguments;
    void *value;

    va_start(arguments, option);
    value = va_arg(arguments, void *);
    va_end(arguments);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_easy_setopt");
    return proxy_fails && option == 10004 && *(char *)value != '\0' ? 27 : real(easy, option, value);
}

static void check_fault(locjob_result *result)
{
    CHECK_CODE(result, LOCJOB_INTERNAL_ERROR);
    CHECK_TEXT(locjob_result_error_code(result), "INTERNAL_ERROR");
    CHECK(strstr(locjob_result_message(result), "libcurl") != NULL);
    locjob_free(result);
}

static void fail_once(locjob_client *client, int *what_fails)
{
    *what_fails = 1;
    check_fault(locjob_get(client, "whole", NULL));
    *what_fails = 0;
}

int main(int argc, char **argv)
{
    locjob_client *client;

    CHECK(argc == 2);
    if (strcmp(argv[1], "init") == 0) {
        global_init_fails = 1;
        check_fault(locjob_client_new(NULL, &client));
        CHECK(client == NULL);
        check_fault(locjob_get(NULL, "whole", NULL));
        return 0;
    }
    client = new_client();
    if (strcmp(argv[1], "url") == 0) {
        /* A connection that could not be told where to go is told again. */
        fail_once(client, &url_fails);
        get_and_free(client, "whole");
    } else if (strcmp(argv[1], "proxy") == 0) {
        /* And does not go there without the proxy, which nobody listens as. */
        locjob_result *result;
        fail_once(client, &proxy_fails);
        result = locjob_get(client, "whole", NULL);
        CHECK_CODE(result, LOCJOB_PROXY_FAILED);
        locjob_free(result);
    } else {
        fail_once(client, &poll_fails);
        get_and_free(client, "whole");
        fail_once(client, &add_fails);
        get_and_free(client, "whole");
    }
    locjob_client_free(client);
    return 0;
}
