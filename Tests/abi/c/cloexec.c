/* No descriptor of the library's leaks into a program that the host executes: neither those that it has
 * while a call waits, nor those that it keeps between calls. */
#include "check.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

static locjob_client *client;
static locjob_call *call;

static void *wait_for_nothing(void *unused)
{
    locjob_result *result = locjob_get(client, "stalled", call);
    CHECK_CODE(result, LOCJOB_CANCELLED);
    locjob_free(result);
    return unused;
}

/* libcurl wakes itself by a pair of local sockets, which older versions (such as 7.88) leave without the
 * flag. It tells nobody which they are, so that the library cannot set it. */
static int is_local_socket(int descriptor)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    return getsockname(descriptor, (struct sockaddr *)&name, &length) == 0 && name.ss_family == AF_UNIX;
}

/* Looks at all descriptors from `first` on. */
static void check_close_on_exec(int first)
{
    int descriptor;
    for (descriptor = first; descriptor < 256; descriptor++) {
        int flags = fcntl(descriptor, F_GETFD);
        CHECK(flags < 0 || (flags & FD_CLOEXEC) || is_local_socket(descriptor));
    }
}

/* The host's own descriptors, which it has opened before, are no business of the library's. */
static int first_free_descriptor(void)
{
    int descriptor = dup(STDERR_FILENO);
    close(descriptor);
    return descriptor;
}

int main(void)
{
    int before = open_descriptors(), first = first_free_descriptor();
    int64_t begin;
    pthread_t thread;

    client = new_client();
    call = locjob_call_new();
    get_and_free(client, "whole");
    CHECK(open_descriptors() >= before + 3); /* the client's and the call's, and the kept connection */
    check_close_on_exec(first);

    CHECK(pthread_create(&thread, NULL, wait_for_nothing, NULL) == 0);
    begin = milliseconds_now();
    while (milliseconds_now() < begin + 300)
        check_close_on_exec(first);
    locjob_call_cancel(call);
    CHECK(pthread_join(thread, NULL) == 0);

    locjob_call_free(call);
    locjob_client_free(client);
    return 0;
}
