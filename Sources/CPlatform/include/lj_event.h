// Wake-up calls between threads, sleeping, and SIGPIPE kept away from the host.
#ifndef LJ_EVENT_H
#define LJ_EVENT_H
#include <signal.h>
#include <stdint.h>

// A descriptor that becomes readable once it is signalled, and stays so. -1 when there is none to be had.
int lj_event_new(void);
void lj_event_free(int event);
// Safe in a signal handler.
void lj_event_signal(int event);

// Waits up to `timeout_ms` for one of two events (-1: none); 1 when one is signalled, else 0.
int lj_event_wait(int first, int second, int64_t timeout_ms);

// Keeps SIGPIPE from this thread from begin to end, and what arrived in between from the process: OpenSSL
// writes to closed sockets with write(2) whatever CURLOPT_NOSIGNAL says.
typedef struct lj_sigpipe {
    sigset_t before;
    int32_t was_pending;
    int32_t is_active;
} lj_sigpipe;
void lj_sigpipe_begin(lj_sigpipe *guard);
void lj_sigpipe_end(lj_sigpipe *guard);
#endif
