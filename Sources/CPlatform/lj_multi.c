#define _GNU_SOURCE
#include "lj_multi.h"

#include "lj_curl.h"
#include "lj_fork.h"
#include "lj_process.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    EVENTS_AT_ONCE = 128,
    // Rounds of events before the caller has its turn.
    ROUNDS = 16,
};

struct lj_multi {
    CURLM *curl;
    int epoll, timer, watched;
    uint32_t generation;
    int64_t now;
    int64_t curl_due;  // when libcurl wants to be called; INT64_MAX: not
    int64_t armed;     // what the timer is set to
    int is_exhausted;
    uint64_t turn;
};

// ---- what libcurl asks for

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *known) {
    (void)easy;
    lj_multi *multi = user;
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.data.fd = socket;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(multi->epoll, EPOLL_CTL_DEL, socket, &event);
        return 0;
    }
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    int operation = known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(multi->epoll, operation, socket, &event) != 0) {
        // libcurl may know a socket that the kernel has forgotten, and the reverse, as numbers are used again.
        operation = errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        if (epoll_ctl(multi->epoll, operation, socket, &event) != 0) return -1;
    }
    if (!known) curl_multi_assign(multi->curl, socket, multi);
    return 0;
}

static int on_timer(CURLM *curl, long milliseconds, void *user) {
    (void)curl;
    lj_multi *multi = user;
    multi->curl_due = milliseconds < 0 ? INT64_MAX : lj_monotonic_ns() + (int64_t)milliseconds * 1000000;
    return 0;
}

// ---- making and freeing

static int watch(lj_multi *multi, int descriptor) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    return epoll_ctl(multi->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : -1;
}

lj_multi *lj_multi_new(int64_t connections) {
    lj_multi *multi = calloc(1, sizeof *multi);
    if (!multi) return NULL;
    lj_fork registration;
    lj_fork_start(&registration);
    multi->generation = registration.generation;
    multi->watched = -1;
    multi->curl_due = multi->armed = INT64_MAX;
    multi->now = lj_monotonic_ns();
    multi->epoll = epoll_create1(EPOLL_CLOEXEC);
    multi->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    lj_fork_delay();
    multi->curl = curl_multi_init();
    lj_fork_allow();
    if (multi->epoll < 0 || multi->timer < 0 || !multi->curl || watch(multi, multi->timer) != 0) {
        lj_multi_free(multi);
        return NULL;
    }
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, connections > INT_MAX ? INT_MAX : (long)connections);
    return multi;
}

void lj_multi_free(lj_multi *multi) {
    if (!multi) return;
    int is_ours = multi->generation == lj_fork_generation();
    if (is_ours && multi->curl) {
        lj_fork_delay();
        curl_multi_cleanup(multi->curl);
        lj_fork_allow();
    }
    if (multi->timer >= 0) close(multi->timer);
    if (multi->epoll >= 0) close(multi->epoll);
    multi->timer = multi->epoll = -1;
    if (is_ours) free(multi);
}

int lj_multi_descriptor(const lj_multi *multi) { return multi->epoll; }

CURLM *lj_multi_handle(lj_multi *multi) { return multi->curl; }

int64_t lj_multi_now(const lj_multi *multi) { return multi->now; }

uint64_t lj_multi_turn(const lj_multi *multi) { return multi->turn; }

int lj_multi_watch(lj_multi *multi, int descriptor) {
    multi->watched = descriptor;
    return watch(multi, descriptor);
}

// ---- going on

// libcurl is left half way when memory runs out as it notes a socket: the next socket action divides by zero (the hash
// of a socket's transfers has no slots any more; 7.88). Only taking handles out of it is safe from then on. And once
// the kernel had no room for a socket (`on_socket`), libcurl asks for nothing more, not even the time.
static void act(lj_multi *multi, int socket, int what) {
    int running = 0;
    if (multi->is_exhausted) return;
    multi->turn++;
    lj_fork_delay();
    multi->is_exhausted = curl_multi_socket_action(multi->curl, socket, what, &running) != CURLM_OK;
    lj_fork_allow();
}

static void act_on_time(lj_multi *multi) {
    if (multi->curl_due > multi->now) return;
    multi->curl_due = INT64_MAX;
    act(multi, CURL_SOCKET_TIMEOUT, 0);
}

static int act_on_event(lj_multi *multi, const struct epoll_event *event) {
    if (event->data.fd == multi->timer) {
        uint64_t times;
        if (read(multi->timer, &times, sizeof times) > 0) multi->armed = INT64_MAX;
        return 0;
    }
    if (event->data.fd == multi->watched) {
        // Told once: what stays readable would keep the host's event loop awake.
        struct epoll_event none;
        memset(&none, 0, sizeof none);
        epoll_ctl(multi->epoll, EPOLL_CTL_DEL, multi->watched, &none);
        multi->watched = -1;
        return 1;
    }
    int what = 0;
    if (event->events & EPOLLIN) what |= CURL_CSELECT_IN;
    if (event->events & EPOLLOUT) what |= CURL_CSELECT_OUT;
    // Of an error libcurl finds out by reading.
    if (event->events & (EPOLLERR | EPOLLHUP)) what |= CURL_CSELECT_IN;
    act(multi, event->data.fd, what);
    return 0;
}

int lj_multi_drive(lj_multi *multi, int64_t wait_ms) {
    struct epoll_event events[EVENTS_AT_ONCE];
    int is_watched = 0;
    // In a forked child that comes out of a callback, what is behind the descriptors is its parent's.
    if (multi->generation != lj_fork_generation()) return -1;
    int64_t due = multi->curl_due;
    // Callbacks of the host's may have taken their time since the last look at the clock.
    if (due != INT64_MAX) multi->now = lj_monotonic_ns();
    if (due != INT64_MAX) {
        int64_t left = due <= multi->now ? 0 : (due - multi->now + 999999) / 1000000;
        if (wait_ms < 0 || left < wait_ms) wait_ms = left;
    }
    if (multi->is_exhausted) wait_ms = 0;
    int wait = wait_ms < 0 ? -1 : wait_ms > INT_MAX ? INT_MAX : (int)wait_ms;
    for (int round = 0; round < ROUNDS; round++) {
        int count = epoll_wait(multi->epoll, events, EVENTS_AT_ONCE, round == 0 ? wait : 0);
        multi->now = lj_monotonic_ns();
        if (count < 0 && errno != EINTR) return -1;
        for (int i = 0; i < count; i++) is_watched |= act_on_event(multi, &events[i]);
        act_on_time(multi);
        if (count < EVENTS_AT_ONCE) break;
    }
    return multi->is_exhausted ? -2 : is_watched;
}

lj_transfer *lj_multi_ended(lj_multi *multi) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi->curl, &left))) {
        char *transfer = NULL;
        if (message->msg != CURLMSG_DONE) continue;
        int code = (int)message->data.result;
        if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer) != CURLE_OK || !transfer) continue;
        lj_transfer_finish((lj_transfer *)transfer, code);
        return (lj_transfer *)transfer;
    }
    return NULL;
}

void lj_multi_set_alarm(lj_multi *multi, int64_t time) {
    if (multi->generation != lj_fork_generation()) return;
    if (multi->curl_due < time) time = multi->curl_due;
    if (time < 1) time = 1;  // 0 would be no alarm
    if (time == multi->armed) return;
    struct itimerspec at;
    memset(&at, 0, sizeof at);
    if (time != INT64_MAX) {
        at.it_value.tv_sec = time / 1000000000;
        at.it_value.tv_nsec = time % 1000000000;
    }
    if (timerfd_settime(multi->timer, TFD_TIMER_ABSTIME, &at, NULL) == 0) multi->armed = time;
}
