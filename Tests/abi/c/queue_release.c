/* A client that another thread releases in the very moment in which its queue goes to wait: the queue's descriptor, or
 * the next result, must tell of it. */
#define _GNU_SOURCE
#include "queues.h"

#include <dlfcn.h>
#include <sys/epoll.h>

static locjob_client *to_release;

/* In place of the C library's: what a queue waits with. */
int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
    int (*real)(int, struct epoll_event *, int, int) = NULL;
    locjob_client *client = to_release;

    to_release = NULL;
    locjob_client_free(client);
    *(void **)&real = dlsym(RTLD_NEXT, "epoll_wait");
    CHECK(real != NULL);
    return real(epoll, events, most, timeout);
}

int main(void)
{
    locjob_client *client = waiting_client();
    locjob_queue *queue = new_queue(client);
    locjob_result *result;
    int wakes;

    CHECK(locjob_queue_get(queue, "stalled", 1) == LOCJOB_OK);
    CHECK(drive_by_descriptor(queue, 300, &wakes) == NULL);
    to_release = client;
    result = locjob_queue_next(queue, 0);
    CHECK(to_release == NULL);
    if (result == NULL)
        result = drive_by_descriptor(queue, 2000, &wakes);
    CHECK_CODE(result, LOCJOB_CANCELLED);
    CHECK(locjob_result_tag(result) == 1);
    locjob_free(result);
    CHECK(locjob_queue_pending(queue) == 0);
    locjob_queue_free(queue);
    return 0;
}
