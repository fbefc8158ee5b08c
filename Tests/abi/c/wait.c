/* locjob_wait: how a job ended, the limits, what it survives, and ending it from a thread and a signal handler. */
#include "queues.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

static void check_wait(locjob_client *client, const char *job_id, locjob_code code, const char *status)
{
    locjob_result *result = locjob_wait(client, job_id, NULL);

    CHECK_CODE(result, code);
    CHECK_TEXT(locjob_result_job_id(result), job_id);
    CHECK(locjob_result_tag(result) == 0 && locjob_result_is_final(result) == 1);
    if (status == NULL)
        CHECK(locjob_result_job(result) == NULL);
    else
        CHECK_TEXT(locjob_result_job(result)->status.text.data, status);
    CHECK((*locjob_result_message(result) == '\0') == (code == LOCJOB_OK));
    locjob_free(result);
}

static void check_ends(locjob_client *client)
{
    locjob_result *result;

    check_wait(client, "ends-well", LOCJOB_OK, "Completed");
    check_wait(client, "ends-badly", LOCJOB_JOB_FAILED, "Failed");
    check_wait(client, "ends-cancelled", LOCJOB_JOB_CANCELLED, "Cancelled");
    check_wait(client, "no-such-job", LOCJOB_NOT_FOUND, NULL);
    check_wait(client, "denied", LOCJOB_ACCESS_DENIED, NULL);
    check_wait(client, "ends-after-blips", LOCJOB_OK, "Completed");

    result = locjob_wait(client, "ends-badly", NULL); /* the client remembers it */
    CHECK_CODE(result, LOCJOB_JOB_FAILED);
    CHECK(locjob_result_attempts(result) == 0);
    locjob_free(result);
    result = locjob_wait(client, NULL, NULL);
    CHECK_CODE(result, LOCJOB_INVALID_JOB_ID);
    locjob_free(result);
    result = locjob_wait(NULL, "", NULL);
    CHECK_CODE(result, LOCJOB_INVALID_JOB_ID);
    locjob_free(result);
    result = locjob_wait(NULL, "whole", NULL); /* the client of the process */
    CHECK_CODE(result, LOCJOB_JOB_FAILED);
    locjob_free(result);
}

static void check_deadline(locjob_client *client, const char *job_id, int64_t timeout)
{
    locjob_call *call = locjob_call_new();
    int64_t begin = milliseconds_now(), elapsed;
    locjob_result *result;

    CHECK(locjob_call_set_timeout_ms(call, timeout) == LOCJOB_OK);
    result = locjob_wait(client, job_id, call);
    elapsed = milliseconds_now() - begin;
    CHECK_CODE(result, LOCJOB_DEADLINE_EXCEEDED);
    CHECK(locjob_result_job(result) == NULL);
    CHECK(elapsed >= timeout - 10 && elapsed < timeout + 150);
    locjob_free(result);
    locjob_call_free(call);
}

static locjob_call *call;
static int64_t cancelled_at;

static void *cancel_soon(void *unused)
{
    sleep_milliseconds(200);
    cancelled_at = milliseconds_now();
    locjob_call_cancel(call);
    return unused;
}

static void on_alarm(int signal_number)
{
    int saved = errno;
    (void)signal_number;
    cancelled_at = milliseconds_now();
    locjob_call_cancel(call);
    errno = saved;
}

/* Returns how long the end took. */
static int64_t cancelled_wait(locjob_client *client, const char *job_id)
{
    locjob_result *result = locjob_wait(client, job_id, call);
    int64_t took = milliseconds_now() - cancelled_at;

    CHECK_CODE(result, LOCJOB_CANCELLED);
    locjob_free(result);
    result = locjob_wait(client, job_id, call); /* stays cancelled */
    CHECK_CODE(result, LOCJOB_CANCELLED);
    CHECK(locjob_result_attempts(result) == 0);
    locjob_free(result);
    locjob_call_free(call);
    return took;
}

static int64_t cancelled_by_thread(locjob_client *client, const char *job_id)
{
    pthread_t thread;
    int64_t took;

    call = locjob_call_new();
    CHECK(pthread_create(&thread, NULL, cancel_soon, NULL) == 0);
    took = cancelled_wait(client, job_id);
    CHECK(pthread_join(thread, NULL) == 0);
    return took;
}

static int64_t cancelled_by_signal(locjob_client *client, const char *job_id)
{
    struct itimerval after = {{0, 0}, {0, 200000}};
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    call = locjob_call_new();
    CHECK(setitimer(ITIMER_REAL, &after, NULL) == 0);
    return cancelled_wait(client, job_id);
}

/* The wait ends at once: where the machine has other things to do, in one of some tries. */
static void check_cancelled(int64_t (*cancelled)(locjob_client *, const char *), locjob_client *client,
                            const char *job_id)
{
    int tries = 5;

    while (cancelled(client, job_id) >= 50)
        CHECK(--tries > 0);
}

int main(void)
{
    static const char *const patient[] = {"wait_min_delay_ms", "60000", NULL};
    static const char *const limited[] = {"wait_timeout_ms", "300", "wait_min_delay_ms", "50", NULL};
    locjob_client *client = waiting_client(), *sleeping = client_with_settings(patient);
    int64_t begin;

    check_ends(client);
    check_deadline(client, "for-ever", 300);
    check_deadline(client, "slow", 100); /* shorter than one look */
    check_deadline(sleeping, "for-ever", 300);
    check_deadline(sleeping, "stalled", 1);

    check_cancelled(cancelled_by_thread, client, "stalled");
    check_cancelled(cancelled_by_signal, client, "stalled");
    check_cancelled(cancelled_by_thread, sleeping, "for-ever"); /* between looks */
    check_cancelled(cancelled_by_signal, sleeping, "for-ever");
    locjob_client_free(sleeping);
    locjob_client_free(client);

    client = client_with_settings(limited);
    begin = milliseconds_now();
    check_wait(client, "for-ever", LOCJOB_DEADLINE_EXCEEDED, NULL);
    CHECK(milliseconds_now() - begin >= 290 && milliseconds_now() - begin < 450);
    locjob_client_free(client);
    return 0;
}
