/* The floor for many threads: libcurl alone, one handle for each thread, headers that were made beforehand.
 *
 *     floor_threads URL CALLS USER_AGENT THREADS
 */
#define _XOPEN_SOURCE 700

#include "request.h"
#include "threads.h"

struct own {
    CURL *handle;
    struct body body;
};

static void get(void *user)
{
    struct own *own = user;

    own->body.length = 0;
    check_answer(own->handle, curl_easy_perform(own->handle));
}

int main(int argc, char **argv)
{
    struct curl_slist *headers;
    struct own **owns;
    long count, i;

    if (argc != 5)
        return 2;
    count = atol(argv[4]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    headers = request_headers(argv[3], 0);
    owns = calloc((size_t)count, sizeof *owns);
    for (i = 0; i < count; i++) {
        owns[i] = calloc(1, sizeof **owns);
        owns[i]->handle = new_request(argv[1], headers, &owns[i]->body, 0);
    }

    run_threads(count, atol(argv[2]), get, (void **)owns);

    for (i = 0; i < count; i++) {
        curl_easy_cleanup(owns[i]->handle);
        free(owns[i]);
    }
    free(owns);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    return 0;
}
