/* A host with a timer that interrupts it every millisecond gets its jobs, and its time limits hold. */
#include "check.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t interruptions;

static void on_alarm(int signal_number)
{
    (void)signal_number;
    interruptions++;
}

int main(void)
{
    locjob_client *client = new_client();
    locjob_call *call = locjob_call_new();
    struct itimerval every = {{0, 1000}, {0, 1000}};
    struct sigaction action;
    locjob_result *result;
    int64_t begin, elapsed;
    int i;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm; /* without SA_RESTART: what waits is told */
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);

    for (i = 0; i < 50; i++)
        get_and_free(client, "whole");

    /* A server that says nothing, then one whose failures are retried after a pause. */
    CHECK(locjob_call_set_timeout_ms(call, 300) == LOCJOB_OK);
    begin = milliseconds_now();
    result = locjob_get(client, "stalled", call);
    elapsed = milliseconds_now() - begin;
    CHECK_CODE(result, LOCJOB_DEADLINE_EXCEEDED);
    CHECK(elapsed >= 300 && elapsed < 5000);
    locjob_free(result);

    result = locjob_get(client, "broken", NULL);
    CHECK_CODE(result, LOCJOB_SERVER_ERROR);
    CHECK(locjob_result_attempts(result) == 3);
    locjob_free(result);

    CHECK(interruptions > 100);
    locjob_call_free(call);
    locjob_client_free(client);
    return 0;
}
