#include "lj_memory.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

void *lj_allocate(size_t size) { return malloc(size ? size : 1); }

void *lj_reallocate(void *pointer, size_t size) { return realloc(pointer, size ? size : 1); }

void lj_free(void *pointer) { free(pointer); }

void lj_wipe(void *pointer, size_t size) {
    if (pointer && size) OPENSSL_cleanse(pointer, size);
}

void lj_copy(void *to, const void *from, size_t size) {
    if (size) memcpy(to, from, size);
}

int lj_equal(const void *a, const void *b, size_t size) { return size == 0 || memcmp(a, b, size) == 0; }

size_t lj_length(const char *text, size_t limit) { return strnlen(text, limit); }

size_t lj_plain_run(const uint8_t *bytes, size_t size) {
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;
    // Eight bytes at a time: a byte's top bit is set in `odd` when it is '"', '\\', a control character
    // or not ASCII. Borrows can only mark bytes above a byte that is marked rightly, so a word is
    // never passed over wrongly; the loop below finds the exact place.
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
        uint64_t odd = (quote - ones) | (slash - ones) | (word - ones * 0x20) | word;
        if (odd & tops) break;
    }
    for (; i < size; i++) {
        uint8_t byte = bytes[i];
        if (byte == '"' || byte == '\\' || byte < 0x20 || byte > 0x7F) break;
    }
    return i;
}

void *lj_slot_get(void **slot) { return __atomic_load_n(slot, __ATOMIC_ACQUIRE); }

void *lj_slot_fill(void **slot, void *memory) {
    void *expected = NULL;
    if (__atomic_compare_exchange_n(slot, &expected, memory, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return memory;
    free(memory);
    return expected;
}
