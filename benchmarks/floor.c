/* The floor: the same GET as the library makes: libcurl alone, one handle, and headers that were made beforehand.
 * It neither signs, nor parses, nor retries; what the library does costs more than this.
 *
 *     floor URL CALLS USER_AGENT [PARTS]
 */
#define _XOPEN_SOURCE 700

#include "measure.h"
#include "request.h"

static void get(CURL *handle, struct body *body)
{
    body->length = 0;
    check_answer(handle, curl_easy_perform(handle));
}

int main(int argc, char **argv)
{
    static struct body body;
    struct curl_slist *headers;
    CURL *handle;
    struct moment begin;
    long calls, parts, part, i;

    if (argc < 4)
        return 2;
    parts = argc > 4 ? atol(argv[4]) : 1;
    calls = atol(argv[2]) / parts;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    headers = request_headers(argv[3], 0);
    handle = new_request(argv[1], headers, &body, 0);

    get(handle, &body); /* opens the connection, which is kept */
    for (part = 0; part < parts; part++) {
        begin = moment_now();
        for (i = 0; i < calls; i++)
            get(handle, &body);
        report(begin, calls);
    }

    curl_easy_cleanup(handle);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    return 0;
}
