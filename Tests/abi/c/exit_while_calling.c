/* A host that calls exit() while its other threads are inside calls, or make clients. The arguments are the
 * job that they ask for and after how many milliseconds the host ends. */
#include "check.h"

#include <pthread.h>

#define THREADS 8

static locjob_client *client;
static const char *job_id;

static void *call(void *unused)
{
    for (;;)
        locjob_free(locjob_get(client, job_id, NULL));
    return unused;
}

static void *connect_and_call(void *unused)
{
    for (;;) {
        locjob_client *own;
        locjob_free(locjob_client_new(NULL, &own));
        locjob_free(locjob_get(own, job_id, NULL));
        locjob_client_free(own);
    }
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    int i;

    CHECK(argc == 3);
    job_id = argv[1];
    alarm(20);
    client = new_client();
    get_and_free(client, "whole");
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&thread, NULL, i % 2 ? call : connect_and_call, NULL) == 0);
    sleep_milliseconds(atoi(argv[2]));
    exit(7);
}
