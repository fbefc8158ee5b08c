/* Preloaded into a program, counts the blocks of memory that each of its libraries asks for, and by which ways
 * liblocjob came to ask: a report in JSON at the end, in the file that ALLOCATIONS_REPORT names. Of a chain of calls
 * only those inside liblocjob are noted, as offsets into it. For programs of one thread.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS 64
#define WAYS 256
#define DEPTH 12
/* Above another, in words: what is farther away is no frame. */
#define HIGHEST_FRAME 8192

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static struct object {
    char name[64];
    uintptr_t begin, end;
    long count;
} objects[OBJECTS];
static int object_count;

static struct way {
    uintptr_t offsets[DEPTH];
    long count;
} ways[WAYS];

static struct object *library; /* liblocjob */

static int add_object(struct dl_phdr_info *info, size_t size, void *user)
{
    struct object *object = &objects[object_count];
    const char *name = strrchr(info->dlpi_name, '/');
    int i;

    (void)size;
    (void)user;
    if (object_count == OBJECTS)
        return 1;
    snprintf(object->name, sizeof object->name, "%s", name != NULL ? name + 1 : "the program");
    object->begin = info->dlpi_addr;
    for (i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD)
            object->end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    if (strstr(object->name, "liblocjob") != NULL)
        library = object;
    object_count++;
    return 0;
}

static int has(const struct object *object, uintptr_t address)
{
    return object != NULL && address >= object->begin && address < object->end;
}

/* The way by which the library came to ask: by frame pointers, which Swift keeps. `frame` is that of the function that
 * was called. */
static void note_way(void *const *frame)
{
    struct way way;
    int i, depth = 0;

    memset(&way, 0, sizeof way);
    while (depth < DEPTH && has(library, (uintptr_t)frame[1])) {
        void *const *above = frame[0];

        way.offsets[depth++] = (uintptr_t)frame[1] - library->begin;
        if (above <= frame || above > frame + HIGHEST_FRAME)
            break;
        frame = above;
    }
    for (i = 0; i < WAYS; i++) {
        if (ways[i].count == 0)
            memcpy(ways[i].offsets, way.offsets, sizeof way.offsets);
        if (memcmp(ways[i].offsets, way.offsets, sizeof way.offsets) == 0) {
            ways[i].count++;
            return;
        }
    }
}

static void note(void *const *frame)
{
    int i;

    for (i = 0; i < object_count; i++)
        if (has(&objects[i], (uintptr_t)frame[1])) {
            objects[i].count++;
            if (&objects[i] == library)
                note_way(frame);
        }
}

void *malloc(size_t size)
{
    note(__builtin_frame_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    note(__builtin_frame_address(0));
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    note(__builtin_frame_address(0));
    return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    note(__builtin_frame_address(0));
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    note(__builtin_frame_address(0));
    *block = __libc_memalign(alignment, size);
    return *block == NULL ? ENOMEM : 0;
}

/* Else whoever calls it would go as libc. */
char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy;

    note(__builtin_frame_address(0));
    copy = __libc_malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

__attribute__((constructor)) static void begin(void)
{
    dl_iterate_phdr(add_object, NULL);
}

__attribute__((destructor)) static void end(void)
{
    const char *name = getenv("ALLOCATIONS_REPORT");
    FILE *file;
    int i, k;

    if (name == NULL || (file = fopen(name, "w")) == NULL)
        return;
    fprintf(file, "{\"objects\": {");
    for (i = 0; i < object_count; i++)
        fprintf(file, "%s\"%s\": %ld", i > 0 ? ", " : "", objects[i].name, objects[i].count);
    fprintf(file, "}, \"ways\": [");
    for (i = 0; i < WAYS && ways[i].count > 0; i++) {
        fprintf(file, "%s{\"count\": %ld, \"offsets\": [", i > 0 ? ", " : "", ways[i].count);
        for (k = 0; k < DEPTH && ways[i].offsets[k] != 0; k++)
            fprintf(file, "%s%lu", k > 0 ? ", " : "", (unsigned long)ways[i].offsets[k]);
        fprintf(file, "]}");
    }
    fprintf(file, "]}\n");
    fclose(file);
}
