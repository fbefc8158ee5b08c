// Signals that the system raises for what the library does, kept away from the host.
#ifndef LJ_SIGNAL_H
#define LJ_SIGNAL_H
#include <signal.h>
#include <stdint.h>

// Keeps one signal from this thread from begin to end, and what arrived in between from the process.
typedef struct lj_held_signal {
    sigset_t before;
    int32_t number;
    int32_t was_pending;
    int32_t is_active;
} lj_held_signal;
void lj_signal_hold(lj_held_signal *held, int32_t number);
void lj_signal_release(lj_held_signal *held);
#endif
