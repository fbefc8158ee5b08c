// Every block that this library gives back is wiped first: keys, tokens and the answers of credential
// services pass through many of them. The release library is linked with --wrap=free and --wrap=realloc,
// which sends its own calls here, Swift's included, and nobody else's.
#define _DEFAULT_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void __real_free(void *pointer) __attribute__((weak));
void *__real_realloc(void *pointer, size_t size) __attribute__((weak));
void __wrap_free(void *pointer);
void *__wrap_realloc(void *pointer, size_t size);

// A host may bring its own malloc and forget malloc_usable_size, which then speaks of another allocator's
// blocks. Sizes that make no sense tell; such a host's memory is given back as it is.
static int knows_sizes(void) {
    enum { UNKNOWN, YES, NO };
    static int known = UNKNOWN;
    int answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (answer != UNKNOWN) return answer == YES;
    answer = YES;
    const size_t sizes[] = {24, 1000, 5000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        void *block = malloc(sizes[i]);
        // That there is no memory just now tells nothing: the next to ask may know.
        if (!block) return 0;
        size_t size = malloc_usable_size(block);
        if (size < sizes[i] || size > sizes[i] + 4096) answer = NO;
        if (__real_free) __real_free(block);
    }
    __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
    return answer == YES;
}

// In pieces: beyond 2 KiB glibc's memset sets about an instruction for each byte, which takes longer.
static void wipe(char *block, size_t size) {
    enum { PIECE = 1024 };
    for (; size > PIECE; size -= PIECE, block += PIECE) explicit_bzero(block, PIECE);
    explicit_bzero(block, size);
}

void __wrap_free(void *pointer) {
    if (!pointer) return;
    if (knows_sizes()) wipe(pointer, malloc_usable_size(pointer));
    if (__real_free) __real_free(pointer);
}

void *__wrap_realloc(void *pointer, size_t size) {
    if (!pointer) return malloc(size);
    if (!knows_sizes()) return __real_realloc ? __real_realloc(pointer, size) : NULL;
    size_t known = malloc_usable_size(pointer);
    if (size <= known && size > 0) return pointer;
    void *larger = malloc(size ? size : 1);
    if (!larger) return NULL;
    memcpy(larger, pointer, known < size ? known : size);
    __wrap_free(pointer);
    return larger;
}
