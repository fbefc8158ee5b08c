/* A host that runs for long: threads get jobs very often, and for every hundred times have a queue get and wait, wait
 * themselves and list; most of it goes well, with clients, configurations, calls and queues made and freed in between.
 * Then as much again. The second half must not take more memory, and no more descriptors than its threads can use at
 * once. The arguments are a job that has ended, one that has not, and how often to get the former. */
#define _GNU_SOURCE
#include "queues.h"

#include <malloc.h>
#include <pthread.h>

#define THREADS 4
#define STEPS 10

/* For a round of a queue. */
enum { GETS = 50, WAITS = 20, WATCHES = 2, BLOCKING_WAITS = 10, PAGES = 5 };

/* One that is as most are, one that takes no long answers, and one that asks the service again for what it knows. */
static locjob_client *client, *strict, *asking;
static const char *job_id, *running_id;
static locjob_code its_end;
static long calls_of_each;
static long gets, queued_gets, queued_waits, watches, waits, pages;

static locjob_client *configured(const char *name, const char *value)
{
    locjob_config *config = locjob_config_new();
    locjob_client *made;

    CHECK(locjob_config_set(config, name, value) == LOCJOB_OK);
    CHECK(locjob_client_new(config, &made) == NULL);
    locjob_config_free(config);
    return made;
}

static void count(long *counter, long more) { __atomic_fetch_add(counter, more, __ATOMIC_RELAXED); }

static void expect(locjob_client *with, const char *job, locjob_call *call, locjob_code code)
{
    locjob_result *result = locjob_get(with, job, call);

    CHECK_CODE(result, code);
    CHECK(locjob_result_trace(result)[0] == '[' && locjob_result_metadata(result)[0] == '{');
    locjob_free(result);
}

static void what_goes_wrong(void)
{
    locjob_call *call = locjob_call_new();
    locjob_config *config = locjob_config_new();
    locjob_client *none;
    locjob_result *failure;

    expect(client, "..", NULL, LOCJOB_INVALID_JOB_ID);
    expect(strict, job_id, NULL, LOCJOB_RESPONSE_TOO_LARGE); /* ends its connection */
    locjob_call_cancel(call);
    expect(client, job_id, call, LOCJOB_CANCELLED);
    locjob_call_free(call);
    locjob_config_set(config, "endpoint_url", "ftp://nonsense");
    failure = locjob_client_new(config, &none);
    CHECK_CODE(failure, LOCJOB_INVALID_ENDPOINT);
    locjob_free(failure);
    locjob_config_free(config);
}

static void expect_wait(locjob_client *with, const char *job, int64_t timeout, locjob_code code)
{
    locjob_call *call = locjob_call_new();
    locjob_result *result;

    CHECK(locjob_call_set_timeout_ms(call, timeout) == LOCJOB_OK);
    result = locjob_wait(with, job, call);
    CHECK_CODE(result, code);
    locjob_free(result);
    locjob_call_free(call);
    count(&waits, 1);
}

static void wait_and_list(void)
{
    int i;

    for (i = 0; i < BLOCKING_WAITS; i++)
        expect_wait(i % 2 ? client : asking, job_id, 10000, its_end);
    expect_wait(asking, running_id, 10, LOCJOB_DEADLINE_EXCEEDED);
    for (i = 0; i < PAGES; i++) {
        locjob_result *result = locjob_list(client, NULL, 10, NULL, NULL);
        CHECK_CODE(result, LOCJOB_OK);
        CHECK(locjob_result_entry_count(result) > 0);
        locjob_free(result);
        count(&pages, 1);
    }
}

/* By its descriptor or not. */
static void fill_and_drain(locjob_queue *queue, int by_descriptor)
{
    int i, wakes, left = GETS + WAITS + WATCHES;

    for (i = 0; i < GETS; i++)
        CHECK(locjob_queue_get(queue, job_id, 1) == LOCJOB_OK);
    for (i = 0; i < WAITS; i++)
        CHECK(locjob_queue_wait(queue, job_id, 2) == LOCJOB_OK);
    for (i = 0; i < WATCHES; i++)
        CHECK(locjob_queue_watch(queue, running_id, 3) == LOCJOB_OK);
    while (left > 0) {
        locjob_result *result =
            by_descriptor ? drive_by_descriptor(queue, 10000, &wakes) : locjob_queue_next(queue, 10000);

        CHECK(result != NULL);
        if (!locjob_result_is_final(result)) {
            CHECK_CODE(result, LOCJOB_OK);
            locjob_queue_cancel(queue, 3);
        } else {
            CHECK_CODE(result, locjob_result_tag(result) == 1   ? LOCJOB_OK
                               : locjob_result_tag(result) == 2 ? its_end
                                                                : LOCJOB_CANCELLED);
            left--;
        }
        locjob_free(result);
    }
    CHECK(locjob_queue_pending(queue) == 0);
    count(&queued_gets, GETS);
    count(&queued_waits, WAITS);
    count(&watches, WATCHES);
}

/* With all that it is doing. */
static void leave_unfinished(locjob_queue *queue)
{
    int i;

    for (i = 0; i < 4; i++) {
        CHECK(locjob_queue_get(queue, job_id, 1) == LOCJOB_OK);
        CHECK(locjob_queue_wait(queue, running_id, 2) == LOCJOB_OK);
    }
    locjob_free(locjob_queue_next(queue, 0));
    locjob_queue_free(queue);
}

static void *work(void *unused)
{
    locjob_queue *queue = new_queue(asking);
    long i;

    for (i = 1; i <= calls_of_each; i++) {
        get_and_free(client, job_id);
        if (i % 50 == 0)
            what_goes_wrong();
        if (i % 100 == 0) {
            fill_and_drain(queue, i % 200 == 0);
            wait_and_list();
        }
        if (i % 250 == 0) {
            locjob_client *own = configured("max_connections", "1");
            get_and_free(own, job_id);
            locjob_free(locjob_client_explain(own));
            locjob_client_free(own);
            leave_unfinished(queue);
            queue = new_queue(asking);
        }
    }
    count(&gets, calls_of_each);
    locjob_queue_free(queue);
    return unused;
}

static void work_in_threads(void)
{
    pthread_t threads[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

static locjob_code end_of(const char *job)
{
    locjob_result *result = locjob_wait(client, job, NULL);
    locjob_code code = locjob_result_code(result);

    CHECK(locjob_result_job(result) != NULL);
    locjob_free(result);
    return code;
}

static long resident_kilobytes(void)
{
    FILE *statm = fopen("/proc/self/statm", "r");
    long size, resident;

    CHECK(statm != NULL && fscanf(statm, "%ld %ld", &size, &resident) == 2);
    fclose(statm);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv)
{
    static const char *const again[] = {"remembered_jobs", "0", "share_requests", "false", "max_requests_per_second", "0",
                                        "wait_min_delay_ms", "1", "wait_max_delay_ms", "2", "max_connections", "4", NULL};
    long resident = 0;
    size_t allocated = 0;
    int step, descriptors;
    int64_t begin = milliseconds_now();

    CHECK(argc == 4);
    job_id = argv[1];
    running_id = argv[2];
    calls_of_each = atol(argv[3]) / THREADS / STEPS;
    client = new_client();
    asking = client_with_settings(again);
    its_end = end_of(job_id);
    strict = configured("max_response_bytes", "100");
    descriptors = open_descriptors();
    for (step = 1; step <= STEPS; step++) {
        work_in_threads();
        printf("%ld gets, %ld queued, %ld waits queued, %ld watches, %ld waits, %ld pages: %ld KB resident, %lu bytes "
               "allocated, %d descriptors, %.1f s\n",
               gets, queued_gets, queued_waits, watches, waits, pages, resident_kilobytes(),
               (unsigned long)mallinfo2().uordblks, open_descriptors(), (double)(milliseconds_now() - begin) / 1000);
        fflush(stdout);
        if (step == STEPS / 2) {
            resident = resident_kilobytes();
            allocated = mallinfo2().uordblks;
        }
    }
    /* Of each of three clients a connection for every thread, with the two that libcurl wakes itself by. */
    CHECK(open_descriptors() <= descriptors + 3 * THREADS * 3);
    CHECK(resident_kilobytes() <= resident + 1024);
    /* How many connections are kept is a matter of luck: each has buffers of 100 KB at the most. */
    CHECK(mallinfo2().uordblks <= allocated + THREADS * 100000);
    locjob_client_free(client);
    locjob_client_free(strict);
    locjob_client_free(asking);
    return 0;
}
