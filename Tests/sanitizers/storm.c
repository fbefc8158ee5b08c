/* 64 threads do at once all that the header allows them: they share a client whose credentials are renewed all
 * the time, get jobs, wait for them and list them, have queues, make and free clients of their own, cancel one another's
 * calls, read one another's results, and at the end the client is freed under what still runs. For the thread and
 * address sanitizers, which tell what goes wrong. The argument is for how many seconds; longer on a machine on which
 * not all of it has happened by then. */
#include "storm.h"
#include "storm_queues.h"

#define GETTING 20
#define WAITING 8
#define LISTING 4
#define SHARING (GETTING + WAITING + LISTING)
#define OWN 8
#define CANCELLING 4
#define READING 4
#define ALL (SHARING + QUEUES + RIVALS + OWN + CANCELLING + READING)
#define LEFT 9
#define LONGEST 90000

/* Calls that may be cancelled, and a result that may be read, by others. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static locjob_call *calls[SHARING];
static locjob_result *shown;
static int readers;

/* Hands a result to whoever reads, and frees the one that was there once nobody does any more. */
static void show(locjob_result *result)
{
    locjob_result *before = result;

    pthread_mutex_lock(&lock);
    if (readers == 0) {
        before = shown;
        shown = result;
    }
    pthread_mutex_unlock(&lock);
    locjob_free(before);
}

/* `token` is that of the next page, if there is one. */
static locjob_result *ask(size_t slot, unsigned number, char *token, size_t size, locjob_call *call)
{
    locjob_result *result;

    if (slot < GETTING)
        return locjob_get(client, jobs[number % COUNT(jobs)], call);
    if (slot < GETTING + WAITING)
        return locjob_wait(client, waited_for[number % COUNT(waited_for)], call);
    result = locjob_list(client, NULL, 3, *token ? token : NULL, call);
    snprintf(token, size, "%s", locjob_result_next_token(result));
    return result;
}

static void *share(void *slot)
{
    unsigned number = (unsigned)((locjob_call **)slot - calls);
    size_t place = number;
    char token[1000] = "";

    while (goes_on()) {
        locjob_call *call = locjob_call_new();
        locjob_result *result;

        /* Enough for a page, whose connections few handshakes are left for on a slow machine. */
        locjob_call_set_timeout_ms(call, place < GETTING + WAITING ? 50 + number % 7 * 100 : 5000);
        pthread_mutex_lock(&lock);
        *(locjob_call **)slot = call;
        pthread_mutex_unlock(&lock);
        result = ask(place, number++, token, sizeof token, call);
        pthread_mutex_lock(&lock);
        *(locjob_call **)slot = NULL;
        pthread_mutex_unlock(&lock);
        locjob_call_free(call);
        look_at(result);
        show(result);
    }
    return NULL;
}

static void *have_own(void *unused)
{
    while (goes_on()) {
        locjob_client *own = configured_client();
        locjob_result *result = locjob_get(own, "whole", NULL);
        look_at(result);
        locjob_free(result);
        result = locjob_wait(own, "brief-0", NULL);
        look_at(result);
        locjob_free(result);
        result = locjob_client_explain(client);
        CHECK_CODE(result, LOCJOB_OK);
        locjob_free(result);
        locjob_free(locjob_get(NULL, "bare", NULL));
        locjob_client_free(own);
    }
    return unused;
}

static void *cancel(void *unused)
{
    unsigned number = 0;

    while (goes_on()) {
        pthread_mutex_lock(&lock);
        locjob_call_cancel(calls[number++ * 7 % SHARING]);
        pthread_mutex_unlock(&lock);
        sleep_milliseconds(10);
    }
    return unused;
}

static void *read_shown(void *unused)
{
    while (goes_on()) {
        locjob_result *result;

        pthread_mutex_lock(&lock);
        result = shown;
        readers++;
        pthread_mutex_unlock(&lock);
        if (result != NULL)
            CHECK(locjob_result_trace(result)[0] == '[' && locjob_result_metadata(result)[0] == '{');
        pthread_mutex_lock(&lock);
        readers--;
        pthread_mutex_unlock(&lock);
        sleep_milliseconds(1);
    }
    return unused;
}

/* What only the end of the client ends, in one of three ways. */
static void *wait_for_nothing(void *way)
{
    locjob_queue *queue = NULL;
    locjob_result *result;

    if (*(int *)way == 0) {
        result = locjob_get(client, "stalled", NULL);
    } else if (*(int *)way == 1) {
        result = locjob_wait(client, "my-job-id", NULL);
    } else {
        queue = new_queue(client);
        CHECK(locjob_queue_wait(queue, "my-job-id", 1) == LOCJOB_OK);
        result = locjob_queue_next(queue, -1);
    }
    CHECK_CODE(result, LOCJOB_CANCELLED);
    locjob_free(result);
    locjob_queue_free(queue);
    return NULL;
}

static pthread_t threads[ALL];
static int started;

static void start(void *(*body)(void *), void *argument)
{
    CHECK(pthread_create(&threads[started++], NULL, body, argument) == 0);
}

static void join_all(void)
{
    while (started > 0)
        CHECK(pthread_join(threads[--started], NULL) == 0);
}

static int has_seen_all(void)
{
    static const struct { long *counted, wanted; } all[] = {
        {&calls_made, 1000}, {&cancelled, 50},  {&late, 50},    {&jobs_ended, 20},
        {&pages, 20},        {&provided, 20},   {&logged, 100}, {&queues_made, 2 * QUEUES},
        {&found_busy, 50},   {&watched, 10},    {&clients_released_first, 3},
    };
    size_t i;

    for (i = 0; i < COUNT(all); i++)
        if (__atomic_load_n(all[i].counted, __ATOMIC_RELAXED) < all[i].wanted)
            return 0;
    return 1;
}

int main(int argc, char **argv)
{
    static int ways[] = {0, 1, 2};
    int64_t begin = milliseconds_now(), elapsed = 0;
    int i;

    CHECK(argc == 2);
    client = configured_client();
    for (i = 0; i < SHARING; i++)
        start(share, &calls[i]);
    for (i = 0; i < QUEUES; i++) {
        CHECK(pthread_rwlock_init(&places[i].lock, NULL) == 0);
        start(have_queue, &places[i]);
    }
    for (i = 0; i < RIVALS; i++)
        start(quarrel, NULL);
    for (i = 0; i < OWN; i++)
        start(have_own, NULL);
    for (i = 0; i < CANCELLING; i++)
        start(cancel, NULL);
    for (i = 0; i < READING; i++)
        start(read_shown, NULL);
    CHECK(started == 64);
    while (elapsed < atoi(argv[1]) * 1000 || (elapsed < LONGEST && !has_seen_all())) {
        sleep_milliseconds(100);
        elapsed = milliseconds_now() - begin;
    }
    __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
    join_all();
    locjob_free(shown);

    for (i = 0; i < LEFT; i++)
        start(wait_for_nothing, &ways[i % 3]);
    sleep_milliseconds(100);
    locjob_client_free(client);
    join_all();
    printf("%ld results, %ld cancelled, %ld late, %ld jobs that ended, %ld pages; %ld queues, %ld times busy, %ld changes "
           "of status, %ld clients released before; %ld times credentials, %ld lines logged\n",
           calls_made, cancelled, late, jobs_ended, pages, queues_made, found_busy, watched, clients_released_first,
           provided, logged);
    CHECK(has_seen_all());
    return 0;
}
