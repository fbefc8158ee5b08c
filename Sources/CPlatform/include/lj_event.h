// Wake-up calls between threads, sleeping, and SIGPIPE kept away from the host.
#ifndef LJ_EVENT_H
#define LJ_EVENT_H
#include "lj_signal.h"

// A wake-up call: once signalled it stays so, and its descriptor is readable. A forked child that uses one
// of its parent's gets a fresh one of its own, so that neither wakes the other.
typedef struct lj_event lj_event;
lj_event *lj_event_new(void);  // NULL when memory or descriptors are exhausted
void lj_event_free(lj_event *event);
// Safe in a signal handler.
void lj_event_signal(lj_event *event);
int lj_event_is_signalled(const lj_event *event);
// -1 when a forked child could not get one.
int lj_event_descriptor(lj_event *event);

// Waits up to `timeout_ms` for one of two events' descriptors (-1: none); 1 when one is signalled, else 0.
int lj_event_wait(int first, int second, int64_t timeout_ms);

// Stands around all that libcurl does with connections. Keeps SIGPIPE away: OpenSSL writes to closed sockets
// with write(2) whatever CURLOPT_NOSIGNAL says. And leaves no error in OpenSSL's queue, where the host would
// take it for one of its own.
typedef lj_held_signal lj_sigpipe;
void lj_sigpipe_begin(lj_sigpipe *guard);
void lj_sigpipe_end(lj_sigpipe *guard);
#endif
