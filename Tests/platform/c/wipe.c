/* What is given back is wiped before. The library's free is called by its own name here, and the one behind it looks at
 * what it is given. */
#include "check.h"

#include <malloc.h>

void __wrap_free(void *pointer);
void __real_free(void *pointer);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static int has_no_memory, is_wiped;

void *__wrap_malloc(size_t size) { return has_no_memory ? NULL : __real_malloc(size); }

void __real_free(void *pointer)
{
    const char *block = pointer;
    size_t i, size = malloc_usable_size(pointer);

    is_wiped = 1;
    for (i = 0; i < size; i++)
        if (block[i] != 0)
            is_wiped = 0;
    free(pointer);
}

static void give_back(size_t size)
{
    char *block = malloc(size);

    CHECK(block != NULL);
    memset(block, 0xAA, size);
    is_wiped = 0;
    __wrap_free(block);
}

static void every_size(void)
{
    size_t size;

    for (size = 1; size < 10000; size += 37) {
        give_back(size);
        CHECK(is_wiped);
    }
}

/* The first to be given back, which finds out whether sizes are known, has no memory for that. */
static void first_without_memory(void)
{
    char *block = malloc(100);

    CHECK(block != NULL);
    has_no_memory = 1;
    __wrap_free(block);
    has_no_memory = 0;
    give_back(100);
    CHECK(is_wiped);
}

int main(int argc, char **argv)
{
    static const test tests[] = {
#define TEST(name) {#name, name}
        TEST(every_size),
        TEST(first_without_memory),
    };
    return run_test(tests, sizeof tests / sizeof tests[0], argc, argv);
}
