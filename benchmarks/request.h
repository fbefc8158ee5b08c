/* The request that the programs on libcurl alone send: as long as the real one, with headers made beforehand. The
 * service is not asked, so that nobody looks at the signature. */
#ifndef REQUEST_H
#define REQUEST_H

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTHORIZATION                                                                                     \
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/geo/aws4_request, "        \
    "SignedHeaders=host;x-amz-date;x-amz-security-token, "                                                \
    "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct body {
    char bytes[64 * 1024];
    size_t length;
};

static inline size_t collect(char *data, size_t size, size_t count, void *user)
{
    struct body *body = user;
    size_t length = size * count;

    if (length > sizeof body->bytes - body->length)
        return 0;
    memcpy(body->bytes + body->length, data, length);
    body->length += length;
    return length;
}

static inline struct curl_slist *header(struct curl_slist *list, const char *name, const char *value)
{
    char line[4096];

    snprintf(line, sizeof line, "%s: %s", name, value);
    return curl_slist_append(list, line);
}

/* With `signs`, libcurl adds the two headers of the signature itself. */
static inline struct curl_slist *request_headers(const char *user_agent, int signs)
{
    struct curl_slist *headers = NULL;

    if (!signs) {
        headers = curl_slist_append(NULL, AUTHORIZATION);
        headers = header(headers, "X-Amz-Date", "20260101T000000Z");
    }
    headers = header(headers, "X-Amz-Security-Token", getenv("AWS_SESSION_TOKEN"));
    headers = header(headers, "User-Agent", user_agent);
    headers = header(headers, "amz-sdk-invocation-id", "01234567-89ab-4def-8123-456789abcdef");
    headers = header(headers, "amz-sdk-request", "attempt=1; max=3");
    headers = header(headers, "Accept-Encoding", "identity");
    return curl_slist_append(headers, "Accept:"); /* libcurl's own: not sent */
}

static inline CURL *new_request(const char *url, struct curl_slist *headers, struct body *body, int signs)
{
    CURL *handle = curl_easy_init();

    curl_easy_setopt(handle, CURLOPT_URL, url);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_CAINFO, getenv("AWS_CA_BUNDLE"));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, body);
    if (signs) {
        char keys[1024];

        snprintf(keys, sizeof keys, "%s:%s", getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"));
        curl_easy_setopt(handle, CURLOPT_USERPWD, keys);
        curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:geo");
    }
    return handle;
}

/* Ends the program unless the request was answered as it should be. */
static inline void check_answer(CURL *handle, CURLcode code)
{
    long status = 0;

    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200) {
        fprintf(stderr, "%s, status %ld\n", curl_easy_strerror(code), status);
        exit(1);
    }
}

#endif
