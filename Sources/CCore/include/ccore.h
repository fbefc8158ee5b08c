// Umbrella of the C that the pure core needs: no I/O, no global state.
#ifndef LJ_CCORE_H
#define LJ_CCORE_H
#include "lj_address.h"
#include "lj_ec.h"
#include "lj_fork.h"
#include "lj_guard.h"
#include "lj_handle.h"
#include "lj_hash.h"
#include "lj_lock.h"
#include "lj_math.h"
#include "lj_memory.h"
#endif
