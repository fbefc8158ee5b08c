/* How much stack calls and a queue need. A thread's stack is painted, the thread makes a client and uses it, and what
 * is not as it was painted has been used. The arguments are jobs that are asked for; the number of bytes is
 * printed. Then the same is done by a thread with a stack of 128 KiB, which is to suffice. */
#define _GNU_SOURCE
#include "queues.h"

#include <pthread.h>
#include <sys/mman.h>

#define PAINT 0xA5
#define PAINTED (1 << 20)
#define SUFFICIENT (128 * 1024)

static char **jobs;

/* With gets and waits for all of them. */
static void use_queue(locjob_client *client)
{
    locjob_queue *queue = new_queue(client);
    char **job;

    for (job = jobs; *job != NULL; job++) {
        CHECK(locjob_queue_get(queue, *job, 1) == LOCJOB_OK);
        CHECK(locjob_queue_wait(queue, *job, 2) == LOCJOB_OK);
    }
    while (locjob_queue_pending(queue) > 0) {
        locjob_result *result = locjob_queue_next(queue, 60000);

        CHECK(result != NULL && locjob_result_json(result)[0] == '{');
        locjob_free(result);
    }
    locjob_queue_free(queue);
}

static void *use(void *unused)
{
    static const char *const settings[] = {"wait_timeout_ms", "1500", "wait_min_delay_ms", "50",
                                           "max_requests_per_second", "0", NULL};
    locjob_client *client = client_with_settings(settings);
    locjob_result *result;
    locjob_call *call = locjob_call_new();
    char **job;

    for (job = jobs; *job != NULL; job++) {
        result = locjob_get(client, *job, call);
        if (locjob_result_http_status(result) == 0 && locjob_result_code(result) != LOCJOB_CONNECTION_LOST)
            CHECK_CODE(result, LOCJOB_OK);
        CHECK(locjob_result_trace(result)[0] == '[');
        CHECK(locjob_result_metadata(result)[0] == '{');
        locjob_free(result);
    }
    use_queue(client);
    result = locjob_list(client, NULL, 10, NULL, call);
    CHECK_CODE(result, LOCJOB_OK);
    locjob_free(result);
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
