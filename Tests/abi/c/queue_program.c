/* Credentials come from a program that takes two seconds: the queue's calls wait for it, the host does not. */
#define _GNU_SOURCE
#include "queues.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

static int cannot_kill;

/* Found before the C library's: the program may run with another user's rights. */
int kill(pid_t process, int number)
{
    int (*real)(pid_t, int);

    *(void **)&real = dlsym(RTLD_NEXT, "kill");
    if (!cannot_kill)
        return real(process, number);
    errno = EPERM;
    return -1;
}

static int has_children(void)
{
    siginfo_t info;

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* It is killed; or cannot be, and goes by itself, when a second and more is over: neither holds up the host. */
static void check_given_up(int is_killed)
{
    locjob_client *client = waiting_client();
    locjob_queue *queue = new_queue(client);
    int64_t begin = milliseconds_now(), gone;
    int wakes;

    cannot_kill = !is_killed;
    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    CHECK(locjob_queue_next(queue, 500) == NULL);
    CHECK(has_children());
    CHECK(locjob_queue_cancel(queue, 1) == LOCJOB_OK);
    take(queue, "bare", 1, LOCJOB_CANCELLED);
    CHECK(milliseconds_now() - begin < 1000);
    while (has_children() && milliseconds_now() - begin < 10000)
        CHECK(drive_by_descriptor(queue, 100, &wakes) == NULL);
    CHECK(!has_children());
    gone = milliseconds_now() - begin;
    CHECK(is_killed ? gone < 1000 : gone >= 1500);
    CHECK(drive_by_descriptor(queue, 200, &wakes) == NULL);
    CHECK(wakes < 3 && !is_readable(locjob_queue_fd(queue), 50)); /* it is forgotten */

    /* Who frees the queue has it gone. */
    CHECK(locjob_queue_get(queue, "bare", 2) == LOCJOB_OK);
    CHECK(locjob_queue_next(queue, 500) == NULL);
    CHECK(has_children());
    locjob_queue_free(queue);
    CHECK(!has_children());
    locjob_client_free(client);
    cannot_kill = 0;
}

int main(void)
{
    locjob_client *client = waiting_client();
    locjob_queue *queue = new_queue(client);
    int64_t begin = milliseconds_now();
    int wakes;

    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "numbers", 2) == LOCJOB_OK);
    while (milliseconds_now() - begin < 1500) {
        int64_t before = milliseconds_now();

        CHECK(locjob_queue_next(queue, 0) == NULL);
        CHECK(milliseconds_now() - before < 50);
        CHECK(drive_by_descriptor(queue, 100, &wakes) == NULL);
        CHECK(wakes < 40); /* it does not spin meanwhile */
    }
    CHECK(locjob_queue_pending(queue) == 2);
    take(queue, "bare", 1, LOCJOB_OK);
    CHECK(milliseconds_now() - begin >= 2000);
    take(queue, "numbers", 2, LOCJOB_OK);

    /* Another queue's program is given up with it. */
    locjob_queue_free(queue);
    locjob_client_free(client);
    client = waiting_client();
    queue = new_queue(client);
    begin = milliseconds_now();
    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    CHECK(locjob_queue_next(queue, 100) == NULL);
    CHECK(locjob_queue_cancel(queue, 1) == LOCJOB_OK);
    take(queue, "bare", 1, LOCJOB_CANCELLED);
    locjob_queue_free(queue);
    locjob_client_free(client);
    CHECK(milliseconds_now() - begin < 1000);
    check_given_up(1);
    check_given_up(0);
    return 0;
}
