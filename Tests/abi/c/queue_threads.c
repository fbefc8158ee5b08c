/* A queue belongs to one thread at a time: another one is told so, and so is this one inside a callback. Queues of
 * one client are each a thread's own. */
#include "queues.h"

#include <pthread.h>

enum { GETS = 100, WAITS = 20, RIVALS = 4 };

static locjob_client *client;
static locjob_queue *queue;

static void check_busy(void)
{
    locjob_result *result = locjob_queue_next(queue, -1);

    CHECK_CODE(result, LOCJOB_BUSY);
    locjob_free(result);
    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_BUSY);
    CHECK(locjob_queue_wait(queue, "bare", 1) == LOCJOB_BUSY);
    CHECK(locjob_queue_watch(queue, "bare", 1) == LOCJOB_BUSY);
    CHECK(locjob_queue_cancel(queue, 1) == LOCJOB_BUSY);
    CHECK(locjob_queue_pending(queue) == 0);
    CHECK(locjob_queue_fd(queue) == -1);
}

static void *wait_a_second(void *unused)
{
    CHECK(locjob_queue_next(queue, 1000) == NULL);
    return unused;
}

static void check_other_thread(void)
{
    pthread_t thread;

    queue = new_queue(client);
    CHECK(locjob_queue_get(queue, "stalled", 1) == LOCJOB_OK);
    CHECK(pthread_create(&thread, NULL, wait_a_second, NULL) == 0);
    sleep_milliseconds(300);
    check_busy();
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(locjob_queue_pending(queue) == 1); /* nothing was added */
    CHECK(locjob_queue_cancel(queue, 1) == LOCJOB_OK);
    take(queue, "stalled", 1, LOCJOB_CANCELLED);
    locjob_queue_free(queue);
}

static int added, taken;

/* Whatever another thread does at the same moment, a call is done wholly or not at all. */
static void *quarrel(void *unused)
{
    int64_t end = milliseconds_now() + 500;

    while (milliseconds_now() < end) {
        locjob_result *result;
        locjob_code code = locjob_queue_get(queue, "bare", 1);

        CHECK(code == LOCJOB_OK || code == LOCJOB_BUSY);
        if (code == LOCJOB_OK)
            __atomic_add_fetch(&added, 1, __ATOMIC_SEQ_CST);
        result = locjob_queue_next(queue, 1);
        if (result != NULL && locjob_result_code(result) != LOCJOB_BUSY) {
            CHECK_CODE(result, LOCJOB_OK);
            __atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
        }
        locjob_free(result);
        locjob_queue_pending(queue);
        locjob_queue_fd(queue);
    }
    return unused;
}

static void check_rivals(void)
{
    pthread_t threads[RIVALS];
    locjob_result *result;
    int i;

    queue = new_queue(client);
    for (i = 0; i < RIVALS; i++)
        CHECK(pthread_create(&threads[i], NULL, quarrel, NULL) == 0);
    for (i = 0; i < RIVALS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    while ((result = locjob_queue_next(queue, 10000)) != NULL) {
        CHECK_CODE(result, LOCJOB_OK);
        taken++;
        locjob_free(result);
    }
    CHECK(added > 0 && taken == added);
    locjob_queue_free(queue);
}

/* A queue of its own, to the end. */
static void *work(void *unused)
{
    locjob_queue *own = new_queue(client);
    char seen[GETS + WAITS] = {0};
    uint64_t tag;
    int count = 0;
    locjob_result *result;

    for (tag = 0; tag < GETS; tag++)
        CHECK(locjob_queue_get(own, tag % 2 ? "bare" : "numbers", tag) == LOCJOB_OK);
    for (; tag < GETS + WAITS; tag++)
        CHECK(locjob_queue_wait(own, "whole", tag) == LOCJOB_OK);
    while ((result = locjob_queue_next(own, -1)) != NULL) {
        tag = locjob_result_tag(result);
        CHECK(tag < GETS + WAITS && !seen[tag]);
        CHECK_CODE(result, tag < GETS ? LOCJOB_OK : LOCJOB_JOB_FAILED);
        seen[tag] = 1;
        count++;
        locjob_free(result);
    }
    CHECK(count == GETS + WAITS);
    locjob_queue_free(own);
    return unused;
}

static void check_own_queues(void)
{
    pthread_t threads[2];
    int i;

    for (i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

static int provided;

static int32_t provide(void *user, locjob_credentials *credentials)
{
    (void)user;
    provided++;
    check_busy();
    locjob_queue_free(queue); /* in use: it stays */
    return locjob_credentials_set(credentials, getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), NULL, 0);
}

static void check_callback(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *asking = NULL;

    CHECK(locjob_config_set_credentials_provider(config, provide, NULL) == LOCJOB_OK);
    CHECK(locjob_client_new(config, &asking) == NULL);
    locjob_config_free(config);
    queue = new_queue(asking);
    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    take(queue, "bare", 1, LOCJOB_OK);
    CHECK(provided == 1);
    CHECK(locjob_queue_pending(queue) == 0);
    locjob_queue_free(queue);
    locjob_client_free(asking);
}

int main(void)
{
    client = waiting_client();
    check_other_thread();
    check_rivals();
    check_own_queues();
    check_callback();
    locjob_client_free(client);
    return 0;
}
