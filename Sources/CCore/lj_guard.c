#include "lj_guard.h"

#include "lj_fork.h"

int lj_guard_enter(lj_guard *guard) {
    uint32_t now = lj_fork_generation();
    uint32_t taken = __atomic_load_n(&guard->taken, __ATOMIC_RELAXED);
    // Generations of processes are never 0.
    return taken != now &&
           __atomic_compare_exchange_n(&guard->taken, &taken, now, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void lj_guard_leave(lj_guard *guard) { __atomic_store_n(&guard->taken, 0, __ATOMIC_RELEASE); }
