// What a pointer that callers hold points to: the object behind it, and a mark of its kind, by which a pointer of
// another kind, or one that was released already, is told apart for as long as its memory is not used again.
#ifndef LJ_HANDLE_H
#define LJ_HANDLE_H
#include <stdint.h>

typedef struct lj_handle {
    uint64_t of_malloc[2];  // where allocators write into blocks that were freed
    uint64_t kind;
    void *object;
} lj_handle;

// The object, or NULL when the handle is NULL, of another kind or released.
void *lj_handle_object(const lj_handle *handle, uint64_t kind);
// As lj_handle_object, and marks the handle as released: of several threads one gets the object.
void *lj_handle_take(lj_handle *handle, uint64_t kind);
#endif
