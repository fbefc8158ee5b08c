/* The library changes neither the handler of any signal nor the mask of the thread that calls it. */
#include "check.h"

#include <pthread.h>
#include <signal.h>

#define SIGNALS 64

static void nothing(int signal_number)
{
    (void)signal_number;
}

static void remember(struct sigaction actions[SIGNALS + 1], sigset_t *mask)
{
    int number;

    for (number = 1; number <= SIGNALS; number++) {
        memset(&actions[number], 0, sizeof actions[number]);
        sigaction(number, NULL, &actions[number]); /* fails for the two that libc keeps for itself */
    }
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, mask) == 0);
}

static void check_same(struct sigaction before[SIGNALS + 1], const sigset_t *mask)
{
    struct sigaction after[SIGNALS + 1];
    sigset_t mask_after;
    int number;

    remember(after, &mask_after);
    for (number = 1; number <= SIGNALS; number++) {
        CHECK(after[number].sa_handler == before[number].sa_handler);
        CHECK(after[number].sa_flags == before[number].sa_flags);
        CHECK(sigismember(&mask_after, number) == sigismember(mask, number));
    }
}

int main(void)
{
    struct sigaction before[SIGNALS + 1];
    sigset_t mask;
    locjob_client *client;
    locjob_result *result;

    signal(SIGPIPE, nothing);
    signal(SIGALRM, nothing);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &mask, NULL) == 0);
    remember(before, &mask);

    client = new_client();
    check_same(before, &mask);
    get_and_free(client, "whole");
    check_same(before, &mask);
    result = locjob_get(client, "reset", NULL);
    CHECK_CODE(result, LOCJOB_CONNECTION_LOST);
    locjob_free(result);
    check_same(before, &mask);
    locjob_client_free(client);
    check_same(before, &mask);
    return 0;
}
