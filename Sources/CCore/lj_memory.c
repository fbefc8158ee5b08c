#define _DEFAULT_SOURCE
#include "lj_memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void *lj_allocate(size_t size) { return malloc(size ? size : 1); }

void lj_free(void *pointer) { free(pointer); }

void lj_wipe(void *pointer, size_t size) {
    if (pointer && size) explicit_bzero(pointer, size);
}

size_t lj_length(const char *text, size_t limit) { return strnlen(text, limit); }

size_t lj_plain_run_from(const uint8_t *bytes, size_t size, size_t start) {
    size_t i = start;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    // Eight bytes at a time: a byte's top bit is set in `odd` when it is '"', '\\', a control character or
    // not ASCII. A borrow can mark bytes above one that is marked rightly; the lowest mark is always right.
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
        uint64_t odd = ((quote - ones) | (slash - ones) | (word - ones * 0x20) | word) & tops;
        if (odd) return i + (size_t)__builtin_ctzll(odd) / 8;
    }
#endif
    for (; i < size; i++) {
        uint8_t byte = bytes[i];
        if (byte == '"' || byte == '\\' || byte < 0x20 || byte > 0x7F) break;
    }
    return i;
}

double lj_cube_root(double value) { return cbrt(value); }

void *lj_slot_get(void **slot) { return __atomic_load_n(slot, __ATOMIC_ACQUIRE); }

void *lj_slot_fill(void **slot, void *memory) {
    void *expected = NULL;
    if (__atomic_compare_exchange_n(slot, &expected, memory, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return memory;
    free(memory);
    return expected;
}
