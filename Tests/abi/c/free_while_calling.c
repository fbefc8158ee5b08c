/* Freeing a client ends the calls that other threads are making with it. */
#include "check.h"

#include <pthread.h>
#include <sys/socket.h>

#define THREADS 4

/* Connections to the service: libcurl has descriptors of other kinds too. */
static int open_connections(void)
{
    int descriptor, count = 0;

    for (descriptor = 3; descriptor < 256; descriptor++) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        if (getpeername(descriptor, (struct sockaddr *)&peer, &length) == 0 && peer.ss_family == AF_INET)
            count++;
    }
    return count;
}

static void *wait_for_nothing(void *client)
{
    locjob_result *result = locjob_get(client, "stalled", NULL);
    CHECK_CODE(result, LOCJOB_CANCELLED);
    locjob_free(result);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    locjob_client *client = new_client();
    int64_t begin;
    int i;

    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, wait_for_nothing, client) == 0);
    begin = milliseconds_now();
    while (open_connections() < THREADS && milliseconds_now() < begin + 20000)
        sleep_milliseconds(5);
    CHECK(open_connections() == THREADS); /* all are inside their calls */
    sleep_milliseconds(100);              /* and are most likely waiting */

    begin = milliseconds_now();
    locjob_client_free(client);
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(milliseconds_now() - begin < 5000); /* far below every time limit of a call */
    return 0;
}
