/* A call that waits for a server that says nothing is ended by a signal handler, at once, and its handle
 * stays cancelled. */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>

static locjob_call *call;

static void on_alarm(int signal_number)
{
    int saved = errno;
    (void)signal_number;
    locjob_call_cancel(call);
    locjob_call_cancel(call); /* any number of times */
    errno = saved;
}

int main(void)
{
    locjob_client *client = new_client();
    struct itimerval after = {{0, 0}, {0, 200000}};
    struct sigaction action;
    locjob_result *result;
    int64_t begin, elapsed;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    call = locjob_call_new();
    CHECK(call != NULL);

    begin = milliseconds_now();
    CHECK(setitimer(ITIMER_REAL, &after, NULL) == 0);
    result = locjob_get(client, "stalled", call);
    elapsed = milliseconds_now() - begin;
    CHECK_CODE(result, LOCJOB_CANCELLED);
    CHECK(locjob_result_attempts(result) == 1); /* it was under way */
    CHECK(elapsed >= 150);                      /* it did wait */
    CHECK(elapsed < 5000);                      /* far below every time limit of a call */
    locjob_free(result);

    result = locjob_get(client, "whole", call);
    CHECK_CODE(result, LOCJOB_CANCELLED);
    CHECK(locjob_result_attempts(result) == 0); /* nothing is sent any more */
    locjob_free(result);

    locjob_call_free(call);
    get_and_free(client, "whole"); /* the client is none the worse for it */
    locjob_client_free(client);
    return 0;
}
