#define _GNU_SOURCE
#include "lj_transfer.h"

#include "lj_curl.h"
#include "lj_fork.h"

#include <curl/curl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    MAXIMUM_HEADERS = 16,
    MAXIMUM_HEAD_LINES = 1000,
    // Reports of progress in one go. More than some hundred come only while libcurl reads a proxy's answer to CONNECT,
    // byte for byte for as long as there are any, its body with a status 407 (http_proxy.c, recv_CONNECT_resp).
    MAXIMUM_REPORTS = 524288,
};

// Memory that is kept from one transfer to the next, up to a limit.
typedef struct sink {
    uint8_t *data;
    size_t length, capacity, limit;
} sink;

struct lj_transfer {
    CURL *easy;
    CURLM *multi;      // its own, or that of
    lj_multi *shared;  // which runs it with others
    int code;          // in a shared one: the CURLcode once it has ended, -1 before
    int64_t number;    // its owner's mark
    uint32_t generation;
    int64_t progress_at;
    CURLU *url;
    char *origin;  // what `url` has, so that only the path need be set
    struct curl_slist headers[MAXIMUM_HEADERS];
    size_t header_count;
    sink head, body;
    size_t head_total, head_lines;  // of all heads: 1xx responses count too
    uint64_t progress;
    uint64_t turn;     // of the multi's, in which
    uint32_t reports;  // of progress have come
    int is_head_whole, is_head_final, is_running;
    int has_method;  // other than GET
    int has_query;
    int is_head_too_large, is_body_too_large, is_out_of_memory;
    char error[CURL_ERROR_SIZE];
};

// ---- libcurl, once per process

static pthread_once_t started = PTHREAD_ONCE_INIT;
static int start_failed = -1;

static void start(void) {
    // A host may end while its threads are inside calls: OpenSSL must not be taken from under them. Where the
    // host has started OpenSSL before, that is its own decision.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
    // The first to ask the C library for a date has it read TZ. That is here, where the host knows that the
    // environment is read, and not where OpenSSL compares a certificate's times in the middle of a call.
    struct tm date;
    time_t zero = 0;
    gmtime_r(&zero, &date);
    // From 7.84 on this is safe beside other users of libcurl in other threads; an older one is safe as
    // long as the host's first use of libcurl does not fall into this very moment.
    start_failed = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -1;
}

int lj_curl_start(void) {
    lj_fork_delay();
    int failed = pthread_once(&started, start) == 0 ? start_failed : -1;
    lj_fork_allow();
    return failed;
}

// ---- receiving

static int sink_append(sink *sink, const void *data, size_t size) {
    size_t needed = sink->length + size;
    if (needed > sink->capacity) {
        size_t capacity = sink->capacity ? sink->capacity : 4096;
        while (capacity < needed) capacity *= 2;  // both are far below SIZE_MAX: limits are 1 GiB at most
        uint8_t *larger = realloc(sink->data, capacity);
        if (!larger) return -1;
        sink->data = larger;
        sink->capacity = capacity;
    }
    memcpy(sink->data + sink->length, data, size);
    sink->length = needed;
    return 0;
}

// Keeps a usual amount of memory for the next transfer and gives back what a large body took.
static void sink_reset(sink *sink) {
    sink->length = 0;
    if (sink->capacity > 65536) {
        free(sink->data);
        sink->data = NULL;
        sink->capacity = 0;
    }
}

static void note_progress(lj_transfer *transfer, size_t length) {
    transfer->progress += length;
    if (transfer->shared) transfer->progress_at = lj_multi_now(transfer->shared);
}

static size_t receive_body(char *data, size_t size, size_t count, void *user) {
    lj_transfer *transfer = user;
    size_t length = size * count;
    note_progress(transfer, length);
    if (length > transfer->body.limit - transfer->body.length) {
        transfer->is_body_too_large = 1;
        return 0;
    }
    if (sink_append(&transfer->body, data, length) != 0) {
        transfer->is_out_of_memory = 1;
        return 0;
    }
    return length;
}

static size_t receive_head(char *data, size_t size, size_t count, void *user) {
    lj_transfer *transfer = user;
    size_t length = size * count;
    note_progress(transfer, length);
    transfer->head_total += length;
    transfer->head_lines++;
    if (transfer->head_total > transfer->head.limit || transfer->head_lines > MAXIMUM_HEAD_LINES) {
        transfer->is_head_too_large = 1;
        return 0;
    }
    // Trailers come here too, after the body: they are no part of the head.
    if (transfer->body.length > 0) return length;
    // A response with status 1xx is followed by another; a trailer may call itself what it likes.
    if (!transfer->is_head_final && length > 5 && memcmp(data, "HTTP/", 5) == 0) {
        transfer->head.length = 0;
        transfer->is_head_whole = 0;
    }
    if (transfer->is_head_whole) return length;
    if (data[0] == '\r' || data[0] == '\n') {
        long status = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        transfer->is_head_whole = 1;
        transfer->is_head_final = status >= 200;
    }
    // A line that begins with white space goes on with the one above (obs-fold, RFC 9112, section 5.2).
    if ((data[0] == ' ' || data[0] == '\t') && transfer->head.length > 2) {
        sink *head = &transfer->head;
        while (head->length > 0 && (head->data[head->length - 1] == '\n' || head->data[head->length - 1] == '\r'))
            head->length--;
    }
    if (sink_append(&transfer->head, data, length) != 0) {
        transfer->is_out_of_memory = 1;
        return 0;
    }
    return length;
}

// Ends a transfer that libcurl would not come back from: neither time limits nor cancellation would be looked at.
static int report(void *user, curl_off_t to_come, curl_off_t came, curl_off_t to_send, curl_off_t sent) {
    (void)to_come, (void)came, (void)to_send, (void)sent;
    lj_transfer *transfer = user;
    uint64_t turn = transfer->shared ? lj_multi_turn(transfer->shared) : transfer->turn;
    if (turn != transfer->turn) transfer->reports = 0;
    transfer->turn = turn;
    return ++transfer->reports > MAXIMUM_REPORTS;
}

// libcurl before 8.12 does not keep its sockets from programs that the host starts.
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)user;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// ---- making and freeing

static CURLcode configure(lj_transfer *t) {
    CURLcode failed = CURLE_OK;
#define SET(option, value) \
    if (failed == CURLE_OK) failed = curl_easy_setopt(t->easy, option, value)
    SET(CURLOPT_ERRORBUFFER, t->error);
    SET(CURLOPT_WRITEFUNCTION, receive_body);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_HEADERFUNCTION, receive_head);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_XFERINFOFUNCTION, report);
    SET(CURLOPT_XFERINFODATA, t);
    SET(CURLOPT_NOPROGRESS, 1L);
    SET(CURLOPT_HTTPGET, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    // Whatever proxies there are, the client's configuration names them: no look at the environment.
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOPROXY, "");
    SET(CURLOPT_CURLU, t->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    // A name look-up that hangs must not hold up the end of a call: its thread is left behind.
    SET(CURLOPT_QUICK_EXIT, 1L);
#endif
#undef SET
    return failed;
}

lj_transfer *lj_transfer_new(lj_multi *shared) {
    lj_transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer) return NULL;
    lj_fork registration;
    lj_fork_start(&registration);
    transfer->generation = registration.generation;
    transfer->shared = shared;
    lj_fork_delay();
    transfer->easy = curl_easy_init();
    transfer->multi = shared ? lj_multi_handle(shared) : curl_multi_init();
    transfer->url = curl_url();
    int is_made = transfer->easy && transfer->multi && transfer->url && configure(transfer) == CURLE_OK;
    lj_fork_allow();
    if (!is_made) {
        lj_transfer_free(transfer);
        return NULL;
    }
    if (!shared) curl_multi_setopt(transfer->multi, CURLMOPT_MAXCONNECTS, 1L);
    return transfer;
}

void lj_transfer_free(lj_transfer *transfer) {
    if (!transfer) return;
    // A forked child must not end its parent's connection: it leaves the whole alone.
    if (transfer->generation != lj_fork_generation()) return;
    lj_fork_delay();
    if (transfer->is_running) curl_multi_remove_handle(transfer->multi, transfer->easy);
    if (transfer->easy) curl_easy_cleanup(transfer->easy);
    if (transfer->multi && !transfer->shared) curl_multi_cleanup(transfer->multi);
    curl_url_cleanup(transfer->url);
    lj_fork_allow();
    free(transfer->origin);
    free(transfer->head.data);
    free(transfer->body.data);
    free(transfer);
}

void lj_transfer_set_number(lj_transfer *transfer, int64_t number) { transfer->number = number; }

int64_t lj_transfer_number(const lj_transfer *transfer) { return transfer->number; }

void lj_transfer_finish(lj_transfer *transfer, int code) { transfer->code = code; }

// ---- settings

int lj_transfer_set_connect_timeout(lj_transfer *transfer, int64_t milliseconds) {
    long limit = milliseconds > INT_MAX ? INT_MAX : (long)milliseconds;
    return curl_easy_setopt(transfer->easy, CURLOPT_CONNECTTIMEOUT_MS, limit) == CURLE_OK ? 0 : -1;
}

void lj_transfer_set_limits(lj_transfer *transfer, size_t head_bytes, size_t body_bytes) {
    transfer->head.limit = head_bytes;
    transfer->body.limit = body_bytes;
}

int lj_transfer_set_ca_file(lj_transfer *transfer, const char *path) {
    return curl_easy_setopt(transfer->easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
                   curl_easy_setopt(transfer->easy, CURLOPT_CAINFO, path) == CURLE_OK
               ? 0
               : -1;
}

int lj_transfer_set_ca_directory(lj_transfer *transfer, const char *path) {
    return curl_easy_setopt(transfer->easy, CURLOPT_CAINFO, NULL) == CURLE_OK &&
                   curl_easy_setopt(transfer->easy, CURLOPT_CAPATH, path) == CURLE_OK
               ? 0
               : -1;
}

int lj_transfer_set_proxy(lj_transfer *transfer, const char *proxy, const char *no_proxy) {
    CURL *easy = transfer->easy;
    int is_set = curl_easy_setopt(easy, CURLOPT_PROXY, proxy) == CURLE_OK &&
                 curl_easy_setopt(easy, CURLOPT_NOPROXY, no_proxy) == CURLE_OK &&
                 // Reports cost instructions, and only proxies need them.
                 curl_easy_setopt(easy, CURLOPT_NOPROGRESS, *proxy ? 0L : 1L) == CURLE_OK;
    return is_set ? 0 : -1;
}

int lj_transfer_set_keepalive(lj_transfer *transfer) {
    return curl_easy_setopt(transfer->easy, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK ? 0 : -1;
}

// ---- a request

int lj_transfer_set_url(lj_transfer *transfer, const char *url, size_t origin_length) {
    const char *path = url + origin_length;
    int is_known = transfer->origin && strlen(transfer->origin) == origin_length &&
                   memcmp(transfer->origin, url, origin_length) == 0;
    // Setting the path alone is cheaper, but turns percent-encodings into lower case (libcurl 7.88), and
    // the path must go out as it was signed; and it leaves the query of the URL before.
    int has_query = strchr(path, '?') != NULL;
    int is_plain = !has_query && !transfer->has_query && !strchr(path, '%');
    transfer->has_query = has_query;
    if (is_known && is_plain)
        return curl_url_set(transfer->url, CURLUPART_PATH, path, 0) == CURLUE_OK ? 0 : -1;
    CURLUcode code = curl_url_set(transfer->url, CURLUPART_URL, url, CURLU_PATH_AS_IS);
    // What libcurl did not take is not known: the path alone would go to the origin before, with its query.
    if (!is_known || code != CURLUE_OK) {
        free(transfer->origin);
        transfer->origin = code == CURLUE_OK ? strndup(url, origin_length) : NULL;
    }
    return transfer->origin ? 0 : -1;
}

int lj_transfer_set_method(lj_transfer *transfer, const char *method, const void *body, size_t size) {
    int is_get = strcmp(method, "GET") == 0;
    if (is_get && !transfer->has_method) return 0;
    transfer->has_method = !is_get;
    CURLcode failed = CURLE_OK;
    if (is_get) {
        failed = curl_easy_setopt(transfer->easy, CURLOPT_CUSTOMREQUEST, NULL);
        if (failed == CURLE_OK) failed = curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, NULL);
        if (failed == CURLE_OK) failed = curl_easy_setopt(transfer->easy, CURLOPT_HTTPGET, 1L);
    } else {
        failed = curl_easy_setopt(transfer->easy, CURLOPT_POST, 1L);
        if (failed == CURLE_OK) failed = curl_easy_setopt(transfer->easy, CURLOPT_CUSTOMREQUEST, method);
        if (failed == CURLE_OK) failed = curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, size ? body : "");
        if (failed == CURLE_OK)
            failed = curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
    }
    return failed == CURLE_OK ? 0 : -1;
}

void lj_transfer_clear_headers(lj_transfer *transfer) { transfer->header_count = 0; }

// The list is linked from nodes of ours: libcurl only reads it, and curl_slist_append would copy all text.
int lj_transfer_add_header(lj_transfer *transfer, const char *line) {
    if (transfer->header_count >= MAXIMUM_HEADERS) return -1;
    struct curl_slist *node = &transfer->headers[transfer->header_count];
    if (transfer->header_count > 0) node[-1].next = node;
    node->data = (char *)line;
    node->next = NULL;
    transfer->header_count++;
    return 0;
}

int lj_transfer_begin(lj_transfer *transfer) {
    // In a forked child that goes on with a call of its parent, inside a callback say.
    if (transfer->generation != lj_fork_generation()) return -1;
    transfer->code = -1;
    sink_reset(&transfer->head);
    sink_reset(&transfer->body);
    transfer->head_total = transfer->head_lines = 0;
    transfer->progress = 0;
    transfer->progress_at = 0;
    transfer->is_head_whole = transfer->is_head_final = 0;
    transfer->is_head_too_large = transfer->is_body_too_large = transfer->is_out_of_memory = 0;
    transfer->error[0] = 0;
    struct curl_slist *headers = transfer->header_count > 0 ? transfer->headers : NULL;
    if (curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, headers) != CURLE_OK) return -1;
    if (curl_multi_add_handle(transfer->multi, transfer->easy) != CURLM_OK) return -1;
    transfer->is_running = 1;
    return 0;
}

int lj_transfer_perform(lj_transfer *transfer) {
    int running = 0;
    transfer->reports = 0;
    lj_fork_delay();
    CURLMcode code = curl_multi_perform(transfer->multi, &running);
    lj_fork_allow();
    return code == CURLM_OK && running > 0;
}

int lj_transfer_wait(lj_transfer *transfer, int first_event, int second_event, int64_t timeout_ms) {
    struct curl_waitfd events[2];
    unsigned int count = 0;
    for (int i = 0; i < 2; i++) {
        int event = i == 0 ? first_event : second_event;
        if (event < 0) continue;
        events[count].fd = event;
        events[count].events = CURL_WAIT_POLLIN;
        events[count].revents = 0;
        count++;
    }
    int timeout = timeout_ms < 0 ? 0 : timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
    int ready = 0;
    if (curl_multi_poll(transfer->multi, events, count, timeout, &ready) != CURLM_OK) return -1;
    for (unsigned int i = 0; i < count; i++)
        if (events[i].revents) return 1;
    return 0;
}

int lj_transfer_end(lj_transfer *transfer) {
    if (transfer->generation != lj_fork_generation()) return -1;
    int code = transfer->code, left = 0;
    CURLMsg *message;
    while (!transfer->shared && (message = curl_multi_info_read(transfer->multi, &left)))
        if (message->msg == CURLMSG_DONE) code = (int)message->data.result;
    lj_fork_delay();
    curl_multi_remove_handle(transfer->multi, transfer->easy);
    lj_fork_allow();
    transfer->is_running = 0;
    return code;
}

// ---- what came

void lj_transfer_received(const lj_transfer *transfer, lj_received *received) {
    long status = 0, proxy_status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    received->head = transfer->head.data;
    received->head_length = transfer->head.length;
    received->body = transfer->body.data;
    received->body_length = transfer->body.length;
    received->status = (int32_t)status;
    received->proxy_status = (int32_t)proxy_status;
    received->is_head_too_large = transfer->is_head_too_large;
    received->is_head_whole = transfer->is_head_whole;
    received->is_body_too_large = transfer->is_body_too_large;
    received->is_out_of_memory = transfer->is_out_of_memory;
}

uint64_t lj_transfer_progress(const lj_transfer *transfer) { return transfer->progress; }

int64_t lj_transfer_progress_at(const lj_transfer *transfer) { return transfer->progress_at; }

static int64_t time_of(const lj_transfer *transfer, CURLINFO info) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(transfer->easy, info, &microseconds);
    return microseconds > 0 ? (int64_t)microseconds : 0;
}

int64_t lj_transfer_connected_us(const lj_transfer *transfer) {
    return time_of(transfer, CURLINFO_PRETRANSFER_TIME_T);
}

void lj_transfer_timings(const lj_transfer *transfer, int64_t timings[5]) {
    timings[0] = time_of(transfer, CURLINFO_NAMELOOKUP_TIME_T);
    timings[1] = time_of(transfer, CURLINFO_CONNECT_TIME_T);
    timings[2] = time_of(transfer, CURLINFO_APPCONNECT_TIME_T);
    timings[3] = time_of(transfer, CURLINFO_STARTTRANSFER_TIME_T);
    timings[4] = time_of(transfer, CURLINFO_TOTAL_TIME_T);
}

const char *lj_transfer_error(const lj_transfer *transfer, int code) {
    if (transfer->error[0]) return transfer->error;
    return code >= 0 ? curl_easy_strerror((CURLcode)code) : "the transfer did not end";
}
