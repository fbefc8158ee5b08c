/* A libcurl that refuses what cannot fail: that is told as a fault that is nobody's, and is no crash. The
 * functions here are found before libcurl's own. */
#define _GNU_SOURCE
#include "check.h"

#include <dlfcn.h>

static int global_init_fails, poll_fails, add_fails;

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

static void check_fault(locjob_result *result)
{
    CHECK_CODE(result, LOCJOB_INTERNAL_ERROR);
    CHECK_TEXT(locjob_result_error_code(result), "INTERNAL_ERROR");
    CHECK(strstr(locjob_result_message(result), "libcurl") != NULL);
    locjob_free(result);
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
    poll_fails = 1;
    check_fault(locjob_get(client, "whole", NULL));
    poll_fails = 0;
    get_and_free(client, "whole");
    add_fails = 1;
    check_fault(locjob_get(client, "whole", NULL));
    add_fails = 0;
    get_and_free(client, "whole");
    locjob_client_free(client);
    return 0;
}
