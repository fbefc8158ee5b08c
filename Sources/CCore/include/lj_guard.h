// Notices that two threads use at once what belongs to one at a time.
#ifndef LJ_GUARD_H
#define LJ_GUARD_H
#include <stdint.h>

// All zero to begin with.
typedef struct lj_guard {
    uint32_t taken;
} lj_guard;
// 1 when nobody else is inside, 0 when somebody is. A thread of the parent's counts for nothing in a forked child.
int lj_guard_enter(lj_guard *guard);
void lj_guard_leave(lj_guard *guard);
#endif
