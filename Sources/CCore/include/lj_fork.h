// Whether this process is a forked child of the one that made an object.
#ifndef LJ_FORK_H
#define LJ_FORK_H
#include <stdint.h>

// Rises by one in every forked child. Costs no system call.
uint32_t lj_fork_generation(void);

// The generation that something belongs to, and the right of one thread to bring it up to date.
typedef struct lj_fork {
    uint32_t generation;
} lj_fork;
void lj_fork_start(lj_fork *fork);
// 0 when it is up to date. 1 to the one thread that is to renew what belongs to it, and then to call
// lj_fork_leave; the others wait until it has.
int lj_fork_enter(lj_fork *fork);
void lj_fork_leave(lj_fork *fork);

// Between these two calls of a thread the process does not fork: whoever wants to waits. For what takes locks
// that are not ours, such as OpenSSL's: a child would find them locked for ever. They do not nest, and nothing
// between them may wait for long.
void lj_fork_delay(void);
void lj_fork_allow(void);
#endif
