/* Ten thousand waits and a thousand gets in flight on one thread: each comes back once, with the end that its job has.
 * Prints what a waiting job costs in memory; the test looks at that and at the requests that were made. */
#define _DEFAULT_SOURCE
#include "queues.h"

#include <malloc.h>

enum { WAITS = 10000, GETS = 1000 };

static char seen[WAITS + GETS];

/* In use on the heap. */
static double allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return (double)info.uordblks + (double)info.hblkhd;
}

static double resident(void)
{
    unsigned long size, pages;
    FILE *file = fopen("/proc/self/statm", "r");

    CHECK(file != NULL && fscanf(file, "%lu %lu", &size, &pages) == 2);
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void add_all(locjob_queue *queue)
{
    char job_id[32];
    int i;

    for (i = 0; i < WAITS; i++) {
        snprintf(job_id, sizeof job_id, "waited-for-%05d", i);
        CHECK(locjob_queue_wait(queue, job_id, (uint64_t)i) == LOCJOB_OK);
    }
}

static void add_gets(locjob_queue *queue)
{
    char job_id[32];
    int i;

    for (i = 0; i < GETS; i++) {
        snprintf(job_id, sizeof job_id, "got-%05d", i);
        CHECK(locjob_queue_get(queue, job_id, (uint64_t)(WAITS + i)) == LOCJOB_OK);
    }
}

static void check_result(const locjob_result *result)
{
    static const locjob_code ends[] = {LOCJOB_OK, LOCJOB_JOB_FAILED, LOCJOB_JOB_CANCELLED};
    uint64_t tag = locjob_result_tag(result);
    char job_id[32];

    CHECK(tag < WAITS + GETS && !seen[tag]);
    seen[tag] = 1;
    CHECK_CODE(result, tag < WAITS ? ends[tag % 3] : LOCJOB_OK);
    if (tag < WAITS)
        snprintf(job_id, sizeof job_id, "waited-for-%05d", (int)tag);
    else
        snprintf(job_id, sizeof job_id, "got-%05d", (int)tag - WAITS);
    CHECK_TEXT(locjob_result_job_id(result), job_id);
    CHECK_TEXT(locjob_result_job(result)->job_id.data, job_id);
}

int main(void)
{
    static const char *const settings[] = {
        "wait_min_delay_ms", "3000", "wait_max_delay_ms", "6000", "max_requests_per_second", "1000",
        "max_connections", "200", "max_attempts", "10", NULL};
    locjob_client *client = client_with_settings(settings);
    locjob_queue *queue = new_queue(client);
    double resident_before, allocated_before;
    int64_t begin = milliseconds_now();
    size_t left = WAITS + GETS;

    CHECK(locjob_queue_get(queue, "got-00000", 0) == LOCJOB_OK); /* what one connection needs is there */
    take(queue, "got-00000", 0, LOCJOB_OK);
    resident_before = resident();
    allocated_before = allocated();
    add_all(queue);
    printf("added %.0f %.0f\n", (allocated() - allocated_before) / WAITS, (resident() - resident_before) / WAITS);
    add_gets(queue);
    CHECK(locjob_queue_pending(queue) == left);
    while (left > 0) {
        locjob_result *result = locjob_queue_next(queue, 60000);

        CHECK(result != NULL);
        check_result(result);
        locjob_free(result);
        left--;
        CHECK(locjob_queue_pending(queue) == left);
        if (left == WAITS) /* all gets are back, and the jobs have been looked at */
            printf("waiting %.0f %.0f\n", (allocated() - allocated_before) / WAITS,
                   (resident() - resident_before) / WAITS);
    }
    CHECK(locjob_queue_next(queue, -1) == NULL);
    printf("milliseconds %d\n", (int)(milliseconds_now() - begin));
    locjob_queue_free(queue);
    locjob_client_free(client);
    return 0;
}
