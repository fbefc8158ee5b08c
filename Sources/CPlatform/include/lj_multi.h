// Any number of transfers on one thread: libcurl's sockets and its timer behind one descriptor (epoll), which
// can be waited for in an event loop of others.
#ifndef LJ_MULTI_H
#define LJ_MULTI_H
#include <stdint.h>

typedef struct lj_transfer lj_transfer;
typedef struct lj_multi lj_multi;

// Keeps up to `connections` idle connections. NULL when memory or descriptors are exhausted.
lj_multi *lj_multi_new(int64_t connections);
// Its transfers have been freed before. In a forked child of its maker it closes its copies of the descriptors and
// leaves everything else alone.
void lj_multi_free(lj_multi *multi);

// Readable when lj_multi_drive has something to do.
int lj_multi_descriptor(const lj_multi *multi);
// Has lj_multi_drive look at a descriptor too; 0, or -1.
int lj_multi_watch(lj_multi *multi, int descriptor);

// Goes on with the transfers, after waiting up to `wait_ms` for something to do (negative: without a limit). Returns
// 1 when the watched descriptor is readable, which it tells once; 0 when not, -1 when waiting is not possible,
// as in a forked child of its maker; -2 when memory has run out, after which no transfer goes on any more.
int lj_multi_drive(lj_multi *multi, int64_t wait_ms);
// A transfer that has ended, each once; NULL when there is none. Its lj_transfer_end tells how.
lj_transfer *lj_multi_ended(lj_multi *multi);
// Makes the descriptor readable at that time of the monotonic clock too (nanoseconds; INT64_MAX: never).
void lj_multi_set_alarm(lj_multi *multi, int64_t time);
#endif
