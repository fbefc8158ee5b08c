// Memory that can run out without ending the process, and bytes in bulk.
#ifndef LJ_MEMORY_H
#define LJ_MEMORY_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

// `size` bytes, or NULL. Released with lj_free.
void *lj_allocate(size_t size);
void lj_free(void *pointer);

// Overwrites memory that held a secret, in a way that the compiler does not remove.
void lj_wipe(void *pointer, size_t size);

// Inline, so that a size that is known becomes a few loads and stores.
static inline void lj_copy(void *to, const void *from, size_t size) {
    if (size) memcpy(to, from, size);
}

static inline int lj_equal(const void *a, const void *b, size_t size) { return size == 0 || memcmp(a, b, size) == 0; }

// Length of NUL-terminated text, looking at no more than `limit` bytes.
size_t lj_length(const char *text, size_t limit);
// The same as lj_plain_end, by fewer bytes at a time.
const uint8_t *lj_plain_end_of_rest(const uint8_t *from, const uint8_t *end);
// The first byte that ends or interrupts plain JSON text: '"', '\\', below 0x20, above 0x7F; `end` where there is none.
// Inline, as most strings are shorter than what a call costs.
__attribute__((always_inline, returns_nonnull)) static inline const uint8_t *
lj_plain_end(const uint8_t *from, const uint8_t *end) {
#ifdef __SSE2__
    const __m128i slashes = _mm_set1_epi8('\\'), turn = _mm_set1_epi8('"' ^ ' '), limit = _mm_set1_epi8(' ' + 1);
    for (; end - from >= 16; from += 16) {
        __m128i chunk = _mm_loadu_si128((const __m128i *)(const void *)from);
        // '"' changes places with the space, control characters among themselves: so they come before the limit, and
        // as negative numbers also what is beyond ASCII.
        __m128i odd = _mm_or_si128(_mm_cmplt_epi8(_mm_xor_si128(chunk, turn), limit), _mm_cmpeq_epi8(chunk, slashes));
        unsigned mask = (unsigned)_mm_movemask_epi8(odd);
        if (mask) return from + __builtin_ctz(mask);
    }
#endif
    return lj_plain_end_of_rest(from, end);
}
// Unreserved in a URI (RFC 3986, section 2.3).
static inline int lj_is_unreserved(uint8_t byte) {
    return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '0') < 10 || byte == '-' || byte == '.' ||
           byte == '_' || byte == '~';
}
// Bytes before the first one that is neither unreserved nor `also`, which is not NUL.
size_t lj_unreserved_run(const uint8_t *bytes, size_t size, uint8_t also);
// The place of the first `byte`, or `size`.
static inline size_t lj_find(const uint8_t *bytes, size_t size, uint8_t byte) {
    const uint8_t *found = size ? (const uint8_t *)memchr(bytes, byte, size) : NULL;
    return found ? (size_t)(found - bytes) : size;
}

// Writes the lower-case hexadecimal digits of bytes, two for each.
void lj_hex(const uint8_t *bytes, size_t size, uint8_t *digits);

// A place for memory that is made at its first use, by whichever thread comes first.
void *lj_slot_get(void **slot);
// Puts lj_allocate'd memory there and returns it; when another thread was faster, frees it and returns
// that thread's.
void *lj_slot_fill(void **slot, void *memory);
#endif
