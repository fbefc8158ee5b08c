/* A host that calls exit() with queues at work: its own thread's, which it has not released, and those that other threads
 * are inside of or make and release. The arguments are the job that they ask for and after how many milliseconds the
 * host ends. */
#include "queues.h"

#include <pthread.h>

#define THREADS 6

static locjob_client *client;
static const char *job_id;

static void fill(locjob_queue *queue)
{
    int i;

    for (i = 0; i < 5; i++) {
        CHECK(locjob_queue_get(queue, job_id, 1) == LOCJOB_OK);
        CHECK(locjob_queue_wait(queue, job_id, 2) == LOCJOB_OK);
    }
}

static void *use_one(void *unused)
{
    locjob_queue *queue = new_queue(client);

    for (;;) {
        if (locjob_queue_pending(queue) < 5)
            fill(queue);
        locjob_free(locjob_queue_next(queue, 10));
    }
    return unused;
}

static void *use_many(void *unused)
{
    for (;;) {
        locjob_queue *queue = new_queue(client);

        fill(queue);
        locjob_free(locjob_queue_next(queue, 3));
        locjob_queue_free(queue);
    }
    return unused;
}

int main(int argc, char **argv)
{
    static const char *const settings[] = {"share_requests", "false", "remembered_jobs", "0", "wait_min_delay_ms", "1",
                                           "wait_max_delay_ms", "5", "max_requests_per_second", "0", NULL};
    locjob_queue *queue;
    pthread_t thread;
    int64_t end;
    int i;

    CHECK(argc == 3);
    job_id = argv[1];
    alarm(20);
    client = client_with_settings(settings);
    get_and_free(client, "whole");
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&thread, NULL, i % 2 ? use_one : use_many, NULL) == 0);
    queue = new_queue(client);
    fill(queue);
    end = milliseconds_now() + atoi(argv[2]);
    while (milliseconds_now() < end)
        locjob_free(locjob_queue_next(queue, 1));
    exit(7);
}
