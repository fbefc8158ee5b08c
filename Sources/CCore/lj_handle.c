#include "lj_handle.h"

#include <stddef.h>

void *lj_handle_object(const lj_handle *handle, uint64_t kind) {
    return handle && __atomic_load_n(&handle->kind, __ATOMIC_ACQUIRE) == kind ? handle->object : NULL;
}

void *lj_handle_take(lj_handle *handle, uint64_t kind) {
    uint64_t expected = kind;
    if (!handle || !__atomic_compare_exchange_n(&handle->kind, &expected, 0, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return NULL;
    return handle->object;
}
