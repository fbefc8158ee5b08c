// What the files around libcurl share among themselves.
#ifndef LJ_CURL_H
#define LJ_CURL_H
#include "lj_transfer.h"

#include <curl/curl.h>

CURLM *lj_multi_handle(lj_multi *multi);
// The monotonic clock when the multi was last driven.
int64_t lj_multi_now(const lj_multi *multi);
// Rises whenever libcurl is called to go on.
uint64_t lj_multi_turn(const lj_multi *multi);
// Tells a shared transfer its CURLcode.
void lj_transfer_finish(lj_transfer *transfer, int code);
#endif
