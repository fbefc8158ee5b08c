/* What a C program on libcurl needs that is to be answered by Amazon: libcurl's own signature (CURLOPT_AWS_SIGV4), and
 * a ready JSON library (cJSON), from which it takes the job's status. It does not retry.
 *
 *     signed URL CALLS USER_AGENT
 */
#define _XOPEN_SOURCE 700

#include <cjson/cJSON.h>

#include "measure.h"
#include "request.h"

static void get(CURL *handle, struct body *body)
{
    cJSON *job;
    const char *status;

    body->length = 0;
    check_answer(handle, curl_easy_perform(handle));
    job = cJSON_ParseWithLength(body->bytes, body->length);
    status = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(job, "Status"));
    if (status == NULL) {
        fprintf(stderr, "no job\n");
        exit(1);
    }
    cJSON_Delete(job);
}

int main(int argc, char **argv)
{
    static struct body body;
    struct curl_slist *headers;
    CURL *handle;
    struct moment begin;
    long calls, i;

    if (argc != 4)
        return 2;
    calls = atol(argv[2]);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    headers = request_headers(argv[3], 1);
    handle = new_request(argv[1], headers, &body, 1);

    get(handle, &body); /* opens the connection, which is kept */
    begin = moment_now();
    for (i = 0; i < calls; i++)
        get(handle, &body);
    report(begin, calls);

    curl_easy_cleanup(handle);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    return 0;
}
