#define _GNU_SOURCE
#include "lj_event.h"
#include "lj_fork.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct lj_event {
    // The generation of the process (lj_fork.h) in the upper half and its descriptor in the lower, so that
    // both change at once.
    uint64_t owned;
    int is_signalled;
};

static uint64_t owned_by(uint32_t generation, int descriptor) {
    return (uint64_t)generation << 32 | (uint32_t)descriptor;
}

static void write_to(int descriptor) {
    const uint64_t one = 1;
    // Fails only when the counter is full: then it is readable anyway.
    ssize_t put = descriptor >= 0 ? write(descriptor, &one, sizeof one) : 0;
    (void)put;
}

static int fresh_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

lj_event *lj_event_new(void) {
    lj_fork registration;
    lj_fork_start(&registration);
    lj_event *event = malloc(sizeof *event);
    if (!event) return NULL;
    int descriptor = fresh_descriptor();
    event->owned = owned_by(registration.generation, descriptor);
    event->is_signalled = 0;
    if (descriptor >= 0) return event;
    free(event);
    return NULL;
}

void lj_event_free(lj_event *event) {
    if (!event) return;
    // In a child this closes its copy of the parent's, which the parent does not notice.
    int descriptor = (int32_t)event->owned;
    if (descriptor >= 0) close(descriptor);
    free(event);
}

int lj_event_descriptor(lj_event *event) {
    uint64_t owned = __atomic_load_n(&event->owned, __ATOMIC_ACQUIRE);
    uint32_t generation = lj_fork_generation();
    // One that could not be had may be had by now.
    if (owned >> 32 == generation && (int32_t)owned >= 0) return (int32_t)owned;
    int fresh = fresh_descriptor();
    // Of two threads that come here at once, one brings in its descriptor.
    uint64_t mine = owned_by(generation, fresh);
    if (!__atomic_compare_exchange_n(&event->owned, &owned, mine, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        if (fresh >= 0) close(fresh);
        return (int32_t)owned;
    }
    if ((int32_t)owned >= 0) close((int32_t)owned);
    if (__atomic_load_n(&event->is_signalled, __ATOMIC_ACQUIRE)) write_to(fresh);
    return fresh;
}

void lj_event_signal(lj_event *event) {
    int saved = errno;
    __atomic_store_n(&event->is_signalled, 1, __ATOMIC_RELEASE);
    write_to(lj_event_descriptor(event));
    errno = saved;
}

int lj_event_is_signalled(const lj_event *event) { return __atomic_load_n(&event->is_signalled, __ATOMIC_ACQUIRE); }

int lj_event_wait(int first, int second, int64_t timeout_ms) {
    struct pollfd polled[2] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};
    int timeout = timeout_ms < 0 ? 0 : timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
    // Interrupted by a signal: the caller looks at the clock and comes back.
    int ready = poll(polled, 2, timeout);
    return ready > 0;
}

void lj_sigpipe_begin(lj_sigpipe *guard) {
    lj_signal_hold(guard, SIGPIPE);
    ERR_set_mark();
}

void lj_sigpipe_end(lj_sigpipe *guard) {
    ERR_pop_to_mark();
    lj_signal_release(guard);
}
