#define _DEFAULT_SOURCE
#include "lj_memory.h"

#include <stdlib.h>
#include <string.h>

void *lj_allocate(size_t size) { return malloc(size ? size : 1); }

void lj_free(void *pointer) { free(pointer); }

void lj_wipe(void *pointer, size_t size) {
    if (pointer && size) explicit_bzero(pointer, size);
}

size_t lj_length(const char *text, size_t limit) { return strnlen(text, limit); }

const uint8_t *lj_plain_end_of_rest(const uint8_t *from, const uint8_t *end) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    // Eight bytes at a time: a byte's top bit is set in `odd` when it is '"', '\\', a control character or
    // not ASCII. A borrow can mark bytes above one that is marked rightly; the lowest mark is always right.
    for (; end - from >= 8; from += 8) {
        uint64_t word;
        memcpy(&word, from, 8);
        uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
        uint64_t odd = ((quote - ones) | (slash - ones) | (word - ones * 0x20) | word) & tops;
        if (odd) return from + __builtin_ctzll(odd) / 8;
    }
#endif
    while (from < end && *from != '"' && *from != '\\' && *from >= 0x20 && *from <= 0x7F) from++;
    return from;
}

#ifdef __SSE2__
// A bit for each of 16 bytes that is neither unreserved nor `also`.
static unsigned other_of_16(const uint8_t *bytes, uint8_t also) {
    __m128i chunk = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i letter = _mm_sub_epi8(_mm_or_si128(chunk, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i digit = _mm_sub_epi8(chunk, _mm_set1_epi8('-'));  // '-', '.' and '/' stand right before the digits
    __m128i kept = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter);
    kept = _mm_or_si128(kept, _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8('9' - '-')), digit));
    kept = _mm_andnot_si128(_mm_cmpeq_epi8(chunk, _mm_set1_epi8('/')), kept);
    kept = _mm_or_si128(kept, _mm_cmpeq_epi8(chunk, _mm_set1_epi8('_')));
    kept = _mm_or_si128(kept, _mm_cmpeq_epi8(chunk, _mm_set1_epi8('~')));
    kept = _mm_or_si128(kept, _mm_cmpeq_epi8(chunk, _mm_set1_epi8((char)also)));
    return (unsigned)_mm_movemask_epi8(kept) ^ 0xFFFF;
}
#endif

size_t lj_unreserved_run(const uint8_t *bytes, size_t size, uint8_t also) {
    size_t i = 0;
#ifdef __SSE2__
    while (i < size) {
        // What is shorter is filled up with NULs, which end a run.
        uint8_t rest[16] = {0};
        int is_whole = size - i >= 16;
        if (!is_whole) memcpy(rest, bytes + i, size - i);
        unsigned other = other_of_16(is_whole ? bytes + i : rest, also);
        if (other) return i + (size_t)__builtin_ctz(other);
        i += 16;
    }
#else
    while (i < size && (lj_is_unreserved(bytes[i]) || bytes[i] == also)) i++;
#endif
    return i;
}

static uint8_t hex_digit(unsigned value) { return (uint8_t)(value + (value < 10 ? '0' : 'a' - 10)); }

void lj_hex(const uint8_t *bytes, size_t size, uint8_t *digits) {
    size_t i = 0;
#ifdef __SSE2__
    const __m128i low = _mm_set1_epi8(15), nine = _mm_set1_epi8(9);
    for (; i + 8 <= size; i += 8) {
        __m128i chunk = _mm_loadl_epi64((const __m128i *)(const void *)(bytes + i));
        __m128i value = _mm_unpacklo_epi8(_mm_and_si128(_mm_srli_epi16(chunk, 4), low), _mm_and_si128(chunk, low));
        __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(value, nine), _mm_set1_epi8('a' - '0' - 10));
        value = _mm_add_epi8(_mm_add_epi8(value, _mm_set1_epi8('0')), letters);
        _mm_storeu_si128((__m128i *)(void *)(digits + 2 * i), value);
    }
#endif
    for (; i < size; i++) {
        digits[2 * i] = hex_digit(bytes[i] >> 4);
        digits[2 * i + 1] = hex_digit(bytes[i] & 15);
    }
}

void *lj_slot_get(void **slot) { return __atomic_load_n(slot, __ATOMIC_ACQUIRE); }

void *lj_slot_fill(void **slot, void *memory) {
    void *expected = NULL;
    if (__atomic_compare_exchange_n(slot, &expected, memory, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return memory;
    free(memory);
    return expected;
}
