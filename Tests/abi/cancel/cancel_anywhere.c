/* Ends calls at random moments of one of their stages, and looks at what that leaves behind.
 *
 *     cancel_anywhere WHAT WAY CALLS WINDOW_US LIMIT_MS SEED JOB [OPTION…]
 *
 * The stage is what the environment leads the calls into, in which they stay for as long as they are left alone.
 * WHAT is asked for: get, list, wait, or queue-get and queue-wait. WAY is what ends a call, up to WINDOW_US after its
 * beginning:
 *     thread      locjob_call_cancel from another thread
 *     signal      the same from a signal handler
 *     deadline    the call's own time limit
 *     free        locjob_client_free from another thread, of a new client each time
 *     queue       locjob_queue_cancel, between two looks at the queue
 * It must then end within LIMIT_MS. Options:
 *     ends        the stage may be over before: success, or a failure of its own, is no mistake
 *     refresh     another thread is refreshing the client's credentials, without an end
 *     well        the service answers calls for the job "whole": one more must succeed at the end
 *     answered    the stage is in the answer: calls are given the time of whole ones more, of which some are made first
 *     NAME=VALUE  a setting of the client
 *
 * Prints one line of JSON with what was measured. */
#define _GNU_SOURCE
#include "lookups.h"

#include <semaphore.h>
#include <signal.h>

enum { CALLS_PER_CLIENT = 50 }; /* so that no client's retry quota runs out, after which nothing sleeps any more */

static const char *job_id;
static int is_refreshing, may_end, is_well;
static const char *settings[9]; /* names, each followed by its value */

/* ---- A refresh without an end: the credentials provider of one call, which others then wait for */

static int refresh_goes_on, refresh_begun;

static int32_t provide(void *unused, locjob_credentials *credentials)
{
    (void)unused;
    (void)credentials;
    __atomic_store_n(&refresh_begun, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&refresh_goes_on, __ATOMIC_ACQUIRE))
        sleep_milliseconds(1);
    return 1;
}

static void *refresh(void *client)
{
    locjob_free(locjob_get(client, job_id, NULL));
    return NULL;
}

static pthread_t refresher;

static locjob_client *begin_client(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;
    locjob_result *failure;
    int i;

    for (i = 0; settings[i] != NULL; i += 2)
        CHECK(locjob_config_set(config, settings[i], settings[i + 1]) == LOCJOB_OK);
    if (is_refreshing)
        CHECK(locjob_config_set_credentials_provider(config, provide, NULL) == LOCJOB_OK);
    failure = locjob_client_new(config, &client);
    if (failure != NULL)
        CHECK_CODE(failure, LOCJOB_OK);
    locjob_config_free(config);
    if (is_refreshing) {
        refresh_begun = 0;
        refresh_goes_on = 1;
        CHECK(pthread_create(&refresher, NULL, refresh, client) == 0);
        while (!__atomic_load_n(&refresh_begun, __ATOMIC_ACQUIRE))
            sleep_milliseconds(1);
    }
    return client;
}

static void end_refresh(void)
{
    if (!is_refreshing)
        return;
    __atomic_store_n(&refresh_goes_on, 0, __ATOMIC_RELEASE);
    CHECK(pthread_join(refresher, NULL) == 0);
}

static void end_client(locjob_client *client)
{
    end_refresh();
    locjob_client_free(client);
}

/* ---- Who ends the calls */

/* When that was, and who is to be ended. */
static volatile int64_t ended_at;
static locjob_call *volatile ended_call;
static locjob_client *ended_client;
static int64_t due_at;
static int is_over, is_signal, descriptors_outside;
static pthread_t caller;
static sem_t asked, done;

/* Runs on the caller's thread, which it interrupts. */
static void on_signal(int number)
{
    int saved = errno;
    (void)number;
    ended_at = now_us();
    locjob_call_cancel(ended_call);
    errno = saved;
}

/* Whether the caller is inside a call: only then may a client be freed under it. Its transfer's first act is to open
 * descriptors. */
static int is_inside(void) { return open_descriptors() > descriptors_outside; }

static void *end_calls(void *unused)
{
    for (;;) {
        while (sem_wait(&asked) != 0) {
        }
        if (is_over)
            return unused;
        if (ended_client != NULL) {
            int64_t latest = milliseconds_now() + PATIENCE_MS;
            while (!is_inside())
                CHECK(milliseconds_now() < latest);
            sleep_until(now_us() + due_at); /* here it is a time from the beginning on */
            ended_at = now_us();
            locjob_client_free(ended_client);
        } else {
            sleep_until(due_at);
            if (is_signal) {
                CHECK(pthread_kill(caller, SIGUSR1) == 0);
            } else {
                ended_at = now_us();
                locjob_call_cancel(ended_call);
            }
        }
        sem_post(&done);
    }
}

/* ---- One call */

typedef locjob_result *ask(locjob_client *client, const char *id, locjob_call *call);

static locjob_result *ask_list(locjob_client *client, const char *id, locjob_call *call)
{
    (void)id;
    return locjob_list(client, NULL, 0, NULL, call);
}

typedef struct outcome {
    locjob_result *result;
    int64_t begun_at, ended_at, returned_at; /* when it was ended from outside; INT64_MAX when it was not */
} outcome;

/* Another thread cancels it, or has this one do so in a signal handler. */
static outcome by_cancel(ask *asking, locjob_client *client, int64_t moment)
{
    outcome it;
    locjob_call *call = locjob_call_new();

    CHECK(call != NULL);
    ended_call = call;
    ended_at = INT64_MAX;
    it.begun_at = now_us();
    due_at = it.begun_at + moment;
    sem_post(&asked);
    it.result = asking(client, job_id, call);
    it.returned_at = now_us();
    while (sem_wait(&done) != 0) {
    }
    it.ended_at = ended_at;
    ended_call = NULL;
    locjob_call_free(call);
    return it;
}

static outcome by_deadline(ask *asking, locjob_client *client, int64_t moment)
{
    outcome it;
    locjob_call *call = locjob_call_new();
    int64_t timeout = moment / 1000 + 1;

    CHECK(locjob_call_set_timeout_ms(call, timeout) == LOCJOB_OK);
    it.begun_at = now_us();
    it.result = asking(client, job_id, call);
    it.returned_at = now_us();
    it.ended_at = it.begun_at + timeout * 1000;
    locjob_call_free(call);
    return it;
}

static outcome by_free(ask *asking, locjob_client *client, int64_t moment)
{
    outcome it;

    ended_client = client;
    due_at = moment;
    descriptors_outside = open_descriptors();
    it.begun_at = now_us();
    sem_post(&asked);
    it.result = asking(client, job_id, NULL);
    it.returned_at = now_us();
    while (sem_wait(&done) != 0) {
    }
    it.ended_at = ended_at;
    return it;
}

/* The queue is looked at for a while, and then what is in it is cancelled. */
static outcome by_queue(locjob_queue *queue, int is_wait, int64_t moment, uint64_t tag)
{
    outcome it;

    it.begun_at = now_us();
    CHECK((is_wait ? locjob_queue_wait : locjob_queue_get)(queue, job_id, tag) == LOCJOB_OK);
    CHECK(locjob_queue_pending(queue) == 1);
    it.result = locjob_queue_next(queue, moment / 1000);
    it.ended_at = now_us();
    if (it.result == NULL) {
        CHECK(locjob_queue_cancel(queue, tag) == LOCJOB_OK);
        it.result = locjob_queue_next(queue, -1);
    } else {
        CHECK(locjob_queue_cancel(queue, tag) == LOCJOB_UNKNOWN_TAG);
        it.ended_at = INT64_MAX;
    }
    it.returned_at = now_us();
    CHECK(locjob_result_tag(it.result) == tag && locjob_result_is_final(it.result) == 1);
    CHECK(locjob_queue_pending(queue) == 0);
    return it;
}

/* ---- All of them */

static int by_size(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static long long at_rank(const int64_t *sorted, int count, int percent)
{
    return count == 0 ? 0 : (long long)sorted[(int64_t)(count - 1) * percent / 100];
}

/* The longest of a few calls that are left alone, each on a connection of its own; but for the first, which takes many
 * times longer under valgrind. */
static int64_t time_of_calls(void)
{
    int64_t longest = 0;
    int i;

    for (i = 0; i < 6; i++) {
        locjob_client *client = new_client();
        int64_t begin = now_us();
        get_and_free(client, "whole");
        begin = now_us() - begin;
        locjob_client_free(client);
        if (i > 0 && begin > longest)
            longest = begin;
    }
    return longest;
}

int main(int argc, char **argv)
{
    int i, calls, is_free, is_deadline, is_queue, before_descriptors, before_threads, most_descriptors = 0;
    int ended = 0, others = 0, beyond = 0;
    int64_t window_us, limit_us, *latencies, *own;
    long long more_bytes;
    size_t before_bytes = 0, set_count = 0;
    unsigned short seed[3] = {0, 0, 0};
    const char *what, *way;
    ask *asking;
    pthread_t ender;
    struct sigaction action;
    locjob_client *client = NULL;
    locjob_queue *queue = NULL;

    CHECK(argc >= 8);
    what = argv[1];
    way = argv[2];
    calls = atoi(argv[3]);
    window_us = atoll(argv[4]);
    limit_us = atoll(argv[5]) * 1000;
    seed[0] = (unsigned short)atoi(argv[6]);
    job_id = argv[7];
    for (i = 8; i < argc; i++) {
        may_end |= strcmp(argv[i], "ends") == 0;
        is_refreshing |= strcmp(argv[i], "refresh") == 0;
        is_well |= strcmp(argv[i], "well") == 0;
        if (strcmp(argv[i], "answered") == 0)
            window_us += 3 * time_of_calls();
        if (strchr(argv[i], '=') != NULL) {
            CHECK(set_count + 2 < sizeof settings / sizeof settings[0]);
            settings[set_count++] = strtok(argv[i], "=");
            settings[set_count++] = strtok(NULL, "");
        }
    }
    is_free = strcmp(way, "free") == 0;
    is_deadline = strcmp(way, "deadline") == 0;
    is_queue = strcmp(way, "queue") == 0;
    asking = strcmp(what, "wait") == 0 ? locjob_wait : strcmp(what, "list") == 0 ? ask_list : locjob_get;
    latencies = calloc((size_t)calls, sizeof *latencies);
    own = calloc((size_t)calls, sizeof *own);
    CHECK(latencies != NULL && own != NULL && sem_init(&asked, 0, 0) == 0 && sem_init(&done, 0, 0) == 0);

    is_signal = strcmp(way, "signal") == 0;
    caller = pthread_self();
    CHECK(pthread_create(&ender, NULL, end_calls, NULL) == 0);
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);

    before_descriptors = open_descriptors();
    before_threads = threads_alive();
    for (i = 0; i < calls; i++) {
        int64_t moment = (int64_t)(erand48(seed) * (double)window_us), waited, late;
        int descriptors_of_client;
        locjob_code code;
        outcome it;

        if (client == NULL) {
            client = begin_client();
            if (is_queue) {
                locjob_result *failure = locjob_queue_new(client, &queue);
                if (failure != NULL)
                    CHECK_CODE(failure, LOCJOB_OK);
            }
        }
        descriptors_of_client = open_descriptors();

        waited = waited_for_processor_us();
        it = is_queue                      ? by_queue(queue, strcmp(what, "queue-wait") == 0, moment, (uint64_t)i + 1)
             : is_free                     ? by_free(asking, client, moment)
             : is_deadline                 ? by_deadline(asking, client, moment)
                                           : by_cancel(asking, client, moment);
        waited = waited_for_processor_us() - waited;
        code = locjob_result_code(it.result);
        if (code == (is_deadline ? LOCJOB_DEADLINE_EXCEEDED : LOCJOB_CANCELLED)) {
            late = it.returned_at - it.ended_at;
            /* Before its time only where a pause would have gone beyond the deadline. */
            CHECK(is_deadline || it.ended_at <= it.returned_at);
            own[ended] = late > waited ? late - waited : 0;
            latencies[ended++] = late > 0 ? late : 0;
            beyond += late > limit_us;
            if (late - waited > limit_us) {
                fprintf(stderr, "call %d ended %lld us after it was told to (%lld us without a processor)\n", i,
                        (long long)late, (long long)waited);
                return 2;
            }
        } else {
            if (!may_end || code == LOCJOB_INTERNAL_ERROR || code == LOCJOB_OUT_OF_MEMORY)
                CHECK_CODE(it.result, is_deadline ? LOCJOB_DEADLINE_EXCEEDED : LOCJOB_CANCELLED);
            others++;
        }
        note_milestones(it.result);
        locjob_free(it.result);

        CHECK(!has_children());
        if (!is_refreshing)
            await_threads(before_threads);
        if (is_free) {
            end_refresh();
            client = NULL;
            await_threads(before_threads);
            CHECK(open_descriptors() == before_descriptors);
        } else {
            int descriptors = open_descriptors() - descriptors_of_client;
            if (descriptors > most_descriptors)
                most_descriptors = descriptors;
        }
        if (client != NULL && ((i + 1) % CALLS_PER_CLIENT == 0 || i + 1 == calls)) {
            if (is_well)
                get_and_free(client, "whole"); /* it is none the worse for it all */
            locjob_queue_free(queue);
            queue = NULL;
            end_client(client);
            client = NULL;
            await_threads(before_threads);
            CHECK(open_descriptors() == before_descriptors);
        }
        /* What is allocated once has been by then. */
        if (i + 1 == (calls > 2 * CALLS_PER_CLIENT ? 2 * CALLS_PER_CLIENT : calls))
            before_bytes = bytes_in_use();
    }
    is_over = 1;
    sem_post(&asked);
    CHECK(pthread_join(ender, NULL) == 0);
    CHECK(open_descriptors() == before_descriptors);
    CHECK(!has_children());

    more_bytes = (long long)bytes_in_use() - (long long)before_bytes;
    qsort(latencies, (size_t)ended, sizeof *latencies, by_size);
    qsort(own, (size_t)ended, sizeof *own, by_size);
    printf("{\"calls\": %d, \"ended\": %d, \"others\": %d, \"beyond\": %d, ", calls, ended, others, beyond);
    printf("\"p99_us\": %lld, \"max_us\": %lld, ", at_rank(latencies, ended, 99), at_rank(latencies, ended, 100));
    printf("\"p99_own_us\": %lld, \"max_own_us\": %lld, ", at_rank(own, ended, 99), at_rank(own, ended, 100));
    printf("\"more_descriptors\": %d, \"more_bytes\": %lld, \"hung\": %ld, ", most_descriptors,
           more_bytes, hung);
    printf("\"attempts\": %ld, \"connected\": %ld, \"tls\": %ld, \"first_byte\": %ld}\n", reached[0], reached[1],
           reached[2], reached[3]);
    free(own);
    free(latencies);
    return 0;
}
