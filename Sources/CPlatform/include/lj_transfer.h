// libcurl, behind functions of fixed parameters: curl_easy_setopt and its like take variable ones, which
// Swift cannot call safely. What to do with it all is decided in Swift.
#ifndef LJ_TRANSFER_H
#define LJ_TRANSFER_H
#include "lj_multi.h"

#include <stddef.h>
#include <stdint.h>

// Makes libcurl ready, once per process; 0 when it is, -1 when it cannot be used.
int lj_curl_start(void);

// One transfer at a time, with a connection of its own that is kept for the next.
// `shared` runs it with others and outlives it (lj_multi.h); with NULL it runs by itself, by lj_transfer_perform and
// lj_transfer_wait. NULL when memory is exhausted. In a forked child a transfer of the parent's neither begins
// nor is freed.
lj_transfer *lj_transfer_new(lj_multi *shared);
void lj_transfer_free(lj_transfer *transfer);

// A mark of its owner's.
void lj_transfer_set_number(lj_transfer *transfer, int64_t number);
int64_t lj_transfer_number(const lj_transfer *transfer);

// Settings for all transfers to come. Each returns 0, or -1 when libcurl did not take the value.
int lj_transfer_set_connect_timeout(lj_transfer *transfer, int64_t milliseconds);
void lj_transfer_set_limits(lj_transfer *transfer, size_t head_bytes, size_t body_bytes);
int lj_transfer_set_ca_file(lj_transfer *transfer, const char *path);
int lj_transfer_set_ca_directory(lj_transfer *transfer, const char *path);
int lj_transfer_set_proxy(lj_transfer *transfer, const char *proxy, const char *no_proxy);
int lj_transfer_set_keepalive(lj_transfer *transfer);

// The next request. `url` is copied; the first `origin_length` bytes of it are scheme and authority.
int lj_transfer_set_url(lj_transfer *transfer, const char *url, size_t origin_length);
// `body` is borrowed until the transfer has ended; a GET has none.
int lj_transfer_set_method(lj_transfer *transfer, const char *method, const void *body, size_t size);
void lj_transfer_clear_headers(lj_transfer *transfer);
// `line` is borrowed until the transfer has ended.
int lj_transfer_add_header(lj_transfer *transfer, const char *line);

// Begins a transfer; 0, or -1.
int lj_transfer_begin(lj_transfer *transfer);
// Goes on with it as far as it goes without waiting: 1 while it is running, 0 when it has ended.
int lj_transfer_perform(lj_transfer *transfer);
// Waits for the network, for one of two events or for `timeout_ms` at most: 1 when an event is signalled,
// 0 when not, -1 when waiting is not possible.
int lj_transfer_wait(lj_transfer *transfer, int first_event, int second_event, int64_t timeout_ms);
// Ends a transfer, whole or not, and returns its CURLcode (-1: it was not whole).
int lj_transfer_end(lj_transfer *transfer);

// What came.
typedef struct lj_received {
    const uint8_t *head;
    size_t head_length;
    const uint8_t *body;
    size_t body_length;
    int32_t status;
    int32_t proxy_status;  // of CONNECT; 0 when there was none
    int32_t is_head_whole;
    int32_t is_head_too_large;
    int32_t is_body_too_large;
    int32_t is_out_of_memory;
} lj_received;
void lj_transfer_received(const lj_transfer *transfer, lj_received *received);
// Bytes that came so far: tells whether anything did since the last look.
uint64_t lj_transfer_progress(const lj_transfer *transfer);
// When the last ones came, in a shared one: nanoseconds of the monotonic clock, 0 when none did.
int64_t lj_transfer_progress_at(const lj_transfer *transfer);
// When the request left, or was about to: microseconds from the beginning, 0 while there is no connection.
int64_t lj_transfer_connected_us(const lj_transfer *transfer);
// Microseconds from the beginning: lookup, connect, TLS, first byte, total.
void lj_transfer_timings(const lj_transfer *transfer, int64_t timings[5]);
// What libcurl says of the last failure; never NULL.
const char *lj_transfer_error(const lj_transfer *transfer, int code);
#endif
