/* A host that runs for long: threads make very many calls, most of which go well, with clients, configurations
 * and calls made and freed in between; then as many again. The second half must not take more memory, and
 * no more descriptors than its threads can use at once. The arguments are a job and the number of calls. */
#define _GNU_SOURCE
#include "check.h"

#include <malloc.h>
#include <pthread.h>

#define THREADS 4
#define STEPS 10

static locjob_client *client, *strict;
static const char *job_id;
static long calls_of_each;

static locjob_client *configured(const char *name, const char *value)
{
    locjob_config *config = locjob_config_new();
    locjob_client *made;

    CHECK(locjob_config_set(config, name, value) == LOCJOB_OK);
    CHECK(locjob_client_new(config, &made) == NULL);
    locjob_config_free(config);
    return made;
}

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

static void *work(void *unused)
{
    long i;

    for (i = 1; i <= calls_of_each; i++) {
        get_and_free(client, job_id);
        if (i % 50 == 0)
            what_goes_wrong();
        if (i % 250 == 0) {
            locjob_client *own = configured("max_connections", "1");
            get_and_free(own, job_id);
            locjob_free(locjob_client_explain(own));
            locjob_client_free(own);
        }
    }
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
    long resident = 0;
    size_t allocated = 0;
    int step, descriptors;
    int64_t begin = milliseconds_now();

    CHECK(argc == 3);
    job_id = argv[1];
    calls_of_each = atol(argv[2]) / THREADS / STEPS;
    client = new_client();
    strict = configured("max_response_bytes", "100");
    descriptors = open_descriptors();
    for (step = 1; step <= STEPS; step++) {
        work_in_threads();
        printf("%ld calls, %ld KB resident, %lu bytes allocated, %d descriptors, %.1f s\n",
               step * THREADS * calls_of_each, resident_kilobytes(), (unsigned long)mallinfo2().uordblks,
               open_descriptors(), (double)(milliseconds_now() - begin) / 1000);
        if (step == STEPS / 2) {
            resident = resident_kilobytes();
            allocated = mallinfo2().uordblks;
        }
    }
    /* Of each client a connection for every thread, with the two that libcurl wakes itself by. */
    CHECK(open_descriptors() <= descriptors + 2 * THREADS * 3);
    CHECK(resident_kilobytes() <= resident + 1024);
    /* How many connections are kept is a matter of luck: each has buffers of 100 KB at the most. */
    CHECK(mallinfo2().uordblks <= allocated + THREADS * 100000);
    locjob_client_free(client);
    locjob_client_free(strict);
    return 0;
}
