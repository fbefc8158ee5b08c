/* A host with an allocator of its own that knows no malloc_usable_size: the library, which asks for sizes
 * to wipe what it frees, must notice that the answers are another allocator's. */
#include "check.h"

#include <stdint.h>

/* Memory is only ever handed out. In front of each block stands what glibc would take for its size. */
static char pool[1 << 28];
static size_t used;

void *malloc(size_t size)
{
    size_t rounded = (size + 15) & ~(size_t)15;
    size_t at = __atomic_fetch_add(&used, rounded + 16, __ATOMIC_SEQ_CST);
    size_t *head = (size_t *)(void *)(pool + at);

    if (at + rounded + 16 > sizeof pool)
        return NULL;
    head[0] = rounded;
    head[1] = (size_t)-1;
    return head + 2;
}

void free(void *pointer)
{
    (void)pointer;
}

void *calloc(size_t count, size_t size)
{
    return malloc(count * size); /* the pool is zero, and nothing is used twice */
}

void *realloc(void *pointer, size_t size)
{
    void *moved = malloc(size);

    if (pointer != NULL && moved != NULL) {
        size_t old = ((size_t *)pointer)[-2];
        memcpy(moved, pointer, old < size ? old : size);
    }
    return moved;
}

void *memalign(size_t alignment, size_t size)
{
    char *block = malloc(size + alignment + 16);
    uintptr_t place = ((uintptr_t)block + alignment + 15) / alignment * alignment;

    if (block == NULL)
        return NULL;
    ((size_t *)place)[-2] = size;
    ((size_t *)place)[-1] = (size_t)-1;
    return (void *)place;
}

int posix_memalign(void **pointer, size_t alignment, size_t size)
{
    *pointer = alignment <= 16 ? malloc(size) : memalign(alignment, size);
    return *pointer == NULL ? 12 : 0; /* ENOMEM */
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int main(void)
{
    locjob_client *client = new_client();
    int i;

    for (i = 0; i < 20; i++)
        get_and_free(client, "whole");
    locjob_client_free(client);
    CHECK(used > 0); /* it was this malloc */
    return 0;
}
