/* The library changes neither the handler of any signal nor the mask of the thread that calls it; its functions find
 * them so too, as what they start inherits the mask. */
#include "queues.h"

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

static struct sigaction before[SIGNALS + 1];
static sigset_t mask;
static int provided, logged;

static int32_t provide(void *user, locjob_credentials *credentials)
{
    (void)user;
    check_same(before, &mask);
    provided++;
    return locjob_credentials_set(credentials, "AKIDUNKNOWN", "secret", NULL, 0);
}

static void report(void *user, int32_t level, const char *message)
{
    (void)user, (void)level, (void)message;
    check_same(before, &mask);
    logged++;
}

static void check_callbacks(int is_queued)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;
    locjob_queue *queue;

    provided = logged = 0;
    CHECK(locjob_config_set_credentials_provider(config, provide, NULL) == LOCJOB_OK);
    CHECK(locjob_config_set_logger(config, report, NULL, LOCJOB_LOG_DEBUG) == LOCJOB_OK);
    CHECK(locjob_client_new(config, &client) == NULL);
    locjob_config_free(config);
    if (is_queued) {
        queue = new_queue(client);
        CHECK(locjob_queue_get(queue, "reset", 1) == LOCJOB_OK);
        take(queue, "reset", 1, LOCJOB_CONNECTION_LOST);
        check_same(before, &mask);
        locjob_queue_free(queue);
    } else {
        locjob_result *result = locjob_get(client, "reset", NULL);
        CHECK_CODE(result, LOCJOB_CONNECTION_LOST);
        locjob_free(result);
    }
    locjob_client_free(client);
    check_same(before, &mask);
    CHECK(provided == 1 && logged > 1);
}

int main(void)
{
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
    check_callbacks(0);
    check_callbacks(1);
    return 0;
}
