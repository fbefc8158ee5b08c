/* The server ends a kept connection by a reset, so that what is written to it next raises SIGPIPE: to end
 * a TLS session properly, a last word is written when the client is freed. The host must not see it, and
 * one that the host itself has waiting is left to it. */
#include "queues.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

/* Newer libcurls ask the system for no SIGPIPE with every write; the older ones of some systems do not
 * when they write for TLS. This function, found before libc's, makes any libcurl like those. */
ssize_t send(int descriptor, const void *data, size_t length, int flags)
{
    return sendto(descriptor, data, length, flags & ~MSG_NOSIGNAL, NULL, 0);
}

static volatile sig_atomic_t delivered;

static void on_sigpipe(int signal_number)
{
    (void)signal_number;
    delivered++;
}

static int is_pending(void)
{
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE);
}

/* Whether the server's reset has reached the one connection that this process has. */
static int is_reset(void)
{
    int descriptor;

    for (descriptor = 3; descriptor < 256; descriptor++) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        struct pollfd event = {0, 0, 0};

        event.fd = descriptor;
        if ((getpeername(descriptor, (struct sockaddr *)&peer, &length) == 0 || errno == ENOTCONN) &&
            poll(&event, 1, 0) == 1 && (event.revents & POLLERR))
            return 1;
    }
    return 0;
}

static void wait_for_reset(void)
{
    int64_t limit = milliseconds_now() + 5000;

    while (!is_reset()) {
        CHECK(milliseconds_now() < limit);
        sleep_milliseconds(5);
    }
}

static void get_and_leave(const char *job_id)
{
    locjob_client *client = new_client();
    get_and_free(client, job_id);
    wait_for_reset();
    locjob_client_free(client);
}

static void get_again(const char *job_id)
{
    locjob_client *client = new_client();
    get_and_free(client, job_id);
    wait_for_reset();
    get_and_free(client, job_id); /* by a new connection */
    wait_for_reset();
    locjob_client_free(client);
}

static void queue_and_leave(const char *job_id)
{
    locjob_client *client = new_client();
    locjob_queue *queue = new_queue(client);
    int i;

    for (i = 0; i < 2; i++) {
        CHECK(locjob_queue_get(queue, job_id, 1) == LOCJOB_OK);
        take(queue, job_id, 1, LOCJOB_OK);
        wait_for_reset();
    }
    locjob_queue_free(queue);
    locjob_client_free(client);
}

/* Gives up a get whose answer and reset have come without the queue having been told. */
static void queue_and_cancel(const char *job_id)
{
    locjob_client *client = new_client();
    locjob_queue *queue = new_queue(client);
    int64_t limit = milliseconds_now() + 20000;
    int is_cancelled = 0;

    while (!is_cancelled) {
        locjob_result *result;

        CHECK(milliseconds_now() < limit);
        CHECK(locjob_queue_get(queue, job_id, 1) == LOCJOB_OK);
        while ((result = locjob_queue_next(queue, 0)) == NULL && !is_cancelled) {
            sleep_milliseconds(20);
            is_cancelled = is_reset() && locjob_queue_cancel(queue, 1) == LOCJOB_OK;
        }
        CHECK_CODE(result, is_cancelled ? LOCJOB_CANCELLED : LOCJOB_OK);
        locjob_free(result);
    }
    locjob_queue_free(queue);
    locjob_client_free(client);
}

int main(void)
{
    sigset_t sigpipe;
    struct sigaction action;
    int signal_number;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_sigpipe;
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGPIPE, &action, NULL) == 0);

    get_and_leave("reset-after");
    CHECK(delivered == 0 && !is_pending());
    get_again("reset-after");
    CHECK(delivered == 0 && !is_pending());

    queue_and_leave("reset-after");
    queue_and_cancel("reset-after");
    CHECK(delivered == 0 && !is_pending());

    /* A host that blocks SIGPIPE finds none that the library raised, and still finds its own. */
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
    CHECK(sigprocmask(SIG_BLOCK, &sigpipe, NULL) == 0);
    get_and_leave("reset-after");
    CHECK(!is_pending());
    raise(SIGPIPE);
    CHECK(is_pending());
    get_and_leave("reset-after");
    CHECK(is_pending());
    CHECK(sigwait(&sigpipe, &signal_number) == 0 && signal_number == SIGPIPE);
    CHECK(delivered == 0);
    return 0;
}
