#define _GNU_SOURCE
#include "lj_fork.h"

#include <pthread.h>
#include <sched.h>

// Odd generations are never current: they mark what is being renewed.
static uint32_t current = 2;
static pthread_once_t registered = PTHREAD_ONCE_INIT;

// Held for reading by threads that are where they must not be when the process forks, and for writing by one
// that forks, which goes before those that come later. A forked child turns to the other one, as a thread that is
// inside goes on to give back the one that it took.
static pthread_rwlock_t gates[2] = {
    PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP,
    PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP,
};
#define OF_THREAD static __thread __attribute__((tls_model("initial-exec")))
// A signal handler may fork in the middle of what the gate is for, or of taking it: it cannot wait for the thread that
// it interrupted.
OF_THREAD int is_inside;
OF_THREAD pthread_rwlock_t *taken;

static pthread_rwlock_t *gate(void) { return &gates[lj_fork_generation() / 2 % 2]; }

static void before_fork(void) {
    if (!is_inside) pthread_rwlock_wrlock(gate());
}

static void in_parent(void) {
    if (!is_inside) pthread_rwlock_unlock(gate());
}

static void in_child(void) {
    current += 2;
    // Who was waiting for it does not exist here.
    *gate() = (pthread_rwlock_t)PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
}

static void register_handler(void) { pthread_atfork(before_fork, in_parent, in_child); }

void lj_fork_delay(void) {
    pthread_once(&registered, register_handler);
    is_inside = 1;
    taken = gate();
    pthread_rwlock_rdlock(taken);
}

void lj_fork_allow(void) {
    pthread_rwlock_unlock(taken);
    is_inside = 0;
}

uint32_t lj_fork_generation(void) { return __atomic_load_n(&current, __ATOMIC_ACQUIRE); }

void lj_fork_start(lj_fork *fork) {
    pthread_once(&registered, register_handler);
    __atomic_store_n(&fork->generation, lj_fork_generation(), __ATOMIC_RELEASE);
}

int lj_fork_enter(lj_fork *fork) {
    for (;;) {
        uint32_t known = __atomic_load_n(&fork->generation, __ATOMIC_ACQUIRE);
        uint32_t now = lj_fork_generation();
        if (known == now) return 0;
        // A thread of the parent that was renewing does not exist here: its mark is of an older generation.
        if (known == now + 1) {
            sched_yield();
            continue;
        }
        if (__atomic_compare_exchange_n(&fork->generation, &known, now + 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return 1;
    }
}

void lj_fork_leave(lj_fork *fork) { __atomic_store_n(&fork->generation, lj_fork_generation(), __ATOMIC_RELEASE); }
