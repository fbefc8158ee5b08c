#define _GNU_SOURCE
#include "lj_signal.h"

#include <errno.h>
#include <time.h>

void lj_signal_hold(lj_held_signal *held, int32_t number) {
    sigset_t only, pending;
    sigemptyset(&only);
    sigaddset(&only, number);
    held->number = number;
    held->was_pending = 0;
    held->is_active = pthread_sigmask(SIG_BLOCK, &only, &held->before) == 0;
    // Only where it was blocked before can one be waiting that is not ours.
    if (held->is_active && sigismember(&held->before, number) == 1 && sigpending(&pending) == 0)
        held->was_pending = sigismember(&pending, number) == 1;
}

void lj_signal_release(lj_held_signal *held) {
    if (!held->is_active) return;
    int saved = errno;
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, held->number);
    if (!held->was_pending) {
        const struct timespec now = {0, 0};
        while (sigtimedwait(&only, NULL, &now) < 0 && errno == EINTR) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &held->before, NULL);
    errno = saved;
}
