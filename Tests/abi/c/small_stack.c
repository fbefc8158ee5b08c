/* How much stack a call needs. A thread's stack is painted, the thread makes a client and uses it, and what
 * is not as it was painted has been used. The arguments are jobs that are asked for; the number of bytes is
 * printed. Then the same is done by a thread with a stack of 128 KiB, which is to suffice. */
#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>

#define PAINT 0xA5
#define PAINTED (1 << 20)
#define SUFFICIENT (128 * 1024)

static char **jobs;

static void *use(void *unused)
{
    locjob_client *client;
    locjob_result *result = locjob_client_new(NULL, &client);
    locjob_call *call = locjob_call_new();
    char **job;

    CHECK(result == NULL);
    for (job = jobs; *job != NULL; job++) {
        result = locjob_get(client, *job, call);
        if (locjob_result_http_status(result) == 0 && locjob_result_code(result) != LOCJOB_CONNECTION_LOST)
            CHECK_CODE(result, LOCJOB_OK);
        CHECK(locjob_result_trace(result)[0] == '[');
        CHECK(locjob_result_metadata(result)[0] == '{');
        locjob_free(result);
    }
    result = locjob_client_explain(client);
    CHECK_CODE(result, LOCJOB_OK);
    locjob_free(result);
    locjob_call_free(call);
    locjob_client_free(client);
    return unused;
}

static void in_a_thread(void *stack, size_t size)
{
    pthread_attr_t attributes;
    pthread_t thread;

    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstack(&attributes, stack, size) == 0);
    CHECK(pthread_create(&thread, &attributes, use, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
}

int main(int argc, char **argv)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), untouched = 0;
    unsigned char *stack = mmap(NULL, PAINTED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(argc > 1 && stack != MAP_FAILED);
    jobs = argv + 1;
    memset(stack, PAINT, PAINTED);
    in_a_thread(stack, PAINTED);
    while (untouched < PAINTED && stack[untouched] == PAINT)
        untouched++;
    printf("%lu\n", (unsigned long)(PAINTED - untouched));
    CHECK(untouched > 0);

    /* A page below it that nobody may touch tells. */
    CHECK(mprotect(stack, page, PROT_NONE) == 0);
    in_a_thread(stack + page, SUFFICIENT);
    return 0;
}
