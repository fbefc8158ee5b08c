/* 64 threads do at once all that the header allows them: they share a client whose credentials are renewed all
 * the time, make and free clients of their own, cancel one another's calls, read one another's results, and at
 * the end the client is freed under the calls that still run. For the thread and address sanitizers, which tell
 * what goes wrong. The argument is for how many seconds. */
#include "../abi/c/check.h"

#include <pthread.h>

#define SHARING 48
#define OWN 8
#define CANCELLING 4
#define READING 4

static locjob_client *client;
static int is_over;

/* Calls that may be cancelled, and a result that may be read, by others. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static locjob_call *calls[SHARING];
static locjob_result *shown;
static int readers;
static long calls_made, cancelled, logged, provided;

static const char *const jobs[] = {"whole", "no-such-job", "reset", "denied", "truncated", "bare", "not-json", "stalled"};

static int goes_on(void) { return !__atomic_load_n(&is_over, __ATOMIC_ACQUIRE); }

static void count(long *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED); }

static int32_t provide(void *user, locjob_credentials *credentials)
{
    count(user);
    /* So near to their end that every call would rather have others. */
    return locjob_credentials_set(credentials, getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), NULL,
                                  (int64_t)time(NULL) + 90);
}

static void log_line(void *user, int32_t level, const char *message)
{
    CHECK(level >= LOCJOB_LOG_WARNING && message[0] != 0);
    count(user);
}

static locjob_client *configured_client(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *made;
    locjob_result *failure;

    CHECK(locjob_config_set(config, "max_attempts", "2") == LOCJOB_OK);
    CHECK(locjob_config_set(config, "read_timeout_ms", "200") == LOCJOB_OK);
    CHECK(locjob_config_set_credentials_provider(config, provide, &provided) == LOCJOB_OK);
    CHECK(locjob_config_set_logger(config, log_line, &logged, LOCJOB_LOG_DEBUG) == LOCJOB_OK);
    failure = locjob_client_new(config, &made);
    if (failure != NULL)
        CHECK_CODE(failure, LOCJOB_OK);
    locjob_config_free(config);
    return made;
}

static void look_at(const locjob_result *result)
{
    const locjob_job *job = locjob_result_job(result);

    CHECK((job != NULL) == (locjob_result_code(result) == LOCJOB_OK));
    CHECK(job == NULL || job->job_id.length == strlen(job->job_id.data));
    CHECK(strlen(locjob_result_json(result)) == locjob_result_json_length(result));
    CHECK(locjob_result_trace(result)[0] == '[' && locjob_result_metadata(result)[0] == '{');
    if (locjob_result_code(result) == LOCJOB_CANCELLED)
        count(&cancelled);
    count(&calls_made);
}

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

static void *share(void *slot)
{
    unsigned number = (unsigned)((locjob_call **)slot - calls);

    while (goes_on()) {
        locjob_call *call = locjob_call_new();
        locjob_result *result;

        locjob_call_set_timeout_ms(call, 50 + number % 7 * 100);
        pthread_mutex_lock(&lock);
        *(locjob_call **)slot = call;
        pthread_mutex_unlock(&lock);
        result = locjob_get(client, jobs[number++ % (sizeof jobs / sizeof jobs[0])], call);
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
        sleep_milliseconds(3);
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

static void *wait_for_nothing(void *unused)
{
    locjob_result *result = locjob_get(client, "stalled", NULL);
    CHECK_CODE(result, LOCJOB_CANCELLED);
    locjob_free(result);
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t threads[SHARING + OWN + CANCELLING + READING];
    int i, started = 0;

    CHECK(argc == 2);
    client = configured_client();
    for (i = 0; i < SHARING; i++)
        CHECK(pthread_create(&threads[started++], NULL, share, &calls[i]) == 0);
    for (i = 0; i < OWN; i++)
        CHECK(pthread_create(&threads[started++], NULL, have_own, NULL) == 0);
    for (i = 0; i < CANCELLING; i++)
        CHECK(pthread_create(&threads[started++], NULL, cancel, NULL) == 0);
    for (i = 0; i < READING; i++)
        CHECK(pthread_create(&threads[started++], NULL, read_shown, NULL) == 0);
    sleep_milliseconds(atoi(argv[1]) * 1000);
    __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
    for (i = 0; i < started; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    locjob_free(shown);

    for (i = 0; i < 8; i++)
        CHECK(pthread_create(&threads[i], NULL, wait_for_nothing, NULL) == 0);
    sleep_milliseconds(100);
    locjob_client_free(client);
    for (i = 0; i < 8; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    printf("%ld calls, %ld cancelled, %ld times credentials, %ld lines logged\n", calls_made, cancelled, provided, logged);
    CHECK(calls_made > 100 && cancelled > 10 && provided > 10);
    return 0;
}
