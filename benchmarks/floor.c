/* The least that a C program can do to get the same bytes: libcurl alone, one handle, and headers that were
 * made beforehand. It neither signs, nor parses, nor retries; what the library does costs more than this.
 *
 *     floor URL CALLS USER_AGENT
 */
#define _XOPEN_SOURCE 700

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

/* As long as the real ones. The service is not asked, so that nobody looks at the signature. */
#define AUTHORIZATION                                                                                     \
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/geo/aws4_request, "        \
    "SignedHeaders=host;x-amz-date;x-amz-security-token, "                                                \
    "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct body {
    char bytes[64 * 1024];
    size_t length;
};

static size_t collect(char *data, size_t size, size_t count, void *user)
{
    struct body *body = user;
    size_t length = size * count;

    if (length > sizeof body->bytes - body->length)
        return 0;
    memcpy(body->bytes + body->length, data, length);
    body->length += length;
    return length;
}

static void get(CURL *handle, struct body *body)
{
    CURLcode code;
    long status = 0;

    body->length = 0;
    code = curl_easy_perform(handle);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200) {
        fprintf(stderr, "floor: %s, status %ld\n", curl_easy_strerror(code), status);
        exit(1);
    }
}

static struct curl_slist *header(struct curl_slist *list, const char *name, const char *value)
{
    char line[4096];

    snprintf(line, sizeof line, "%s: %s", name, value);
    return curl_slist_append(list, line);
}

int main(int argc, char **argv)
{
    static struct body body;
    struct curl_slist *headers = NULL;
    const char *token = getenv("AWS_SESSION_TOKEN");
    CURL *handle;
    struct moment begin;
    long calls, i;

    if (argc != 4 || token == NULL)
        return 2;
    calls = atol(argv[2]);

    headers = curl_slist_append(headers, AUTHORIZATION);
    headers = header(headers, "X-Amz-Date", "20260101T000000Z");
    headers = header(headers, "X-Amz-Security-Token", token);
    headers = header(headers, "User-Agent", argv[3]);
    headers = header(headers, "amz-sdk-invocation-id", "01234567-89ab-4def-8123-456789abcdef");
    headers = header(headers, "amz-sdk-request", "attempt=1; max=3");
    headers = header(headers, "Accept-Encoding", "identity");
    headers = curl_slist_append(headers, "Accept:"); /* libcurl's own: not sent */

    curl_global_init(CURL_GLOBAL_DEFAULT);
    handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_URL, argv[1]);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_CAINFO, getenv("AWS_CA_BUNDLE"));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);

    get(handle, &body); /* opens the connection, which is kept */
    begin = moment_now();
    for (i = 0; i < calls; i++)
        get(handle, &body);
    report(begin, calls, curl_version());

    curl_easy_cleanup(handle);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    return 0;
}
