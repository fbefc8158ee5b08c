#include "lj_shared.h"

#include <stddef.h>

static void *shared;

void *lj_default_client(void) { return __atomic_load_n(&shared, __ATOMIC_ACQUIRE); }

void *lj_set_default_client(void *client) {
    void *expected = NULL;
    if (__atomic_compare_exchange_n(&shared, &expected, client, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return client;
    return expected;
}

static void *code_list;

void **lj_code_list(void) { return &code_list; }
