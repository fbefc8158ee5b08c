/* A queue for whose sockets the kernel has no more room (epoll_ctl(2): ENOSPC, ENOMEM): what is in it ends with a code, and
 * soon. The function here is found before the C library's. */
#define _GNU_SOURCE
#include "queues.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static int is_full;

static int is_socket(int descriptor)
{
    int type;
    socklen_t size = sizeof type;

    return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

int epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event)
{
    int (*real)(int, int, int, struct epoll_event *);

    *(void **)&real = dlsym(RTLD_NEXT, "epoll_ctl");
    if (is_full && operation != EPOLL_CTL_DEL && is_socket(descriptor)) {
        errno = ENOSPC;
        return -1;
    }
    return real(epoll, operation, descriptor, event);
}

static void fill(locjob_client *client, int count)
{
    locjob_queue *queue = new_queue(client);
    int64_t begin = milliseconds_now();
    int i, wakes;

    is_full = 1;
    for (i = 0; i < count; i++)
        CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    for (i = 0; i < count; i++) {
        locjob_result *result =
            i % 2 == 0 ? drive_by_descriptor(queue, 10000, &wakes) : locjob_queue_next(queue, 10000);

        CHECK(result != NULL);
        CHECK_CODE(result, LOCJOB_OUT_OF_MEMORY);
        locjob_free(result);
    }
    CHECK(milliseconds_now() - begin < 5000);
    CHECK(locjob_queue_next(queue, 0) == NULL);
    CHECK(!is_readable(locjob_queue_fd(queue), 50));
    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OUT_OF_MEMORY);
    locjob_queue_free(queue);
    is_full = 0;
}

int main(void)
{
    static const char *const settings[] = {"share_requests", "false", NULL};
    locjob_client *client = client_with_settings(settings);
    locjob_queue *queue;

    fill(client, 1);
    fill(client, 21);
    queue = new_queue(client);
    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    take(queue, "bare", 1, LOCJOB_OK);
    locjob_queue_free(queue);
    locjob_client_free(client);
    return 0;
}
