/* The limits of calls and waits in a queue, and what a wait survives. */
#include "queues.h"

/* Two settings, and the usual ones of a test. */
static locjob_client *client_with(const char *name, const char *value, const char *other, const char *other_value)
{
    const char *settings[12];
    int count = 0;

    settings[count++] = "wait_min_delay_ms", settings[count++] = "50";
    settings[count++] = "wait_max_delay_ms", settings[count++] = "100";
    settings[count++] = "max_requests_per_second", settings[count++] = "0";
    settings[count++] = name, settings[count++] = value;
    if (other != NULL)
        settings[count++] = other, settings[count++] = other_value;
    settings[count] = NULL;
    return client_with_settings(settings);
}

/* The next result must come within this time from `begin`, and not before. */
#define take_between(queue, job_id, tag, code, begin, least, most)   \
    do {                                                             \
        int64_t elapsed_;                                            \
        take((queue), (job_id), (tag), (code));                      \
        elapsed_ = milliseconds_now() - (begin);                     \
        CHECK(elapsed_ >= (least));                                  \
        CHECK(elapsed_ < (most));                                    \
    } while (0)

static void check_read_timeout(void)
{
    locjob_client *client = client_with("read_timeout_ms", "300", "max_attempts", "1");
    locjob_queue *queue = new_queue(client);
    int64_t begin = milliseconds_now();

    CHECK(locjob_queue_get(queue, "stalled", 1) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "dripping", 2) == LOCJOB_OK); /* 20 bytes in every 100 ms: never silent so long */
    CHECK(locjob_queue_get(queue, "bare", 3) == LOCJOB_OK);
    take_between(queue, "bare", 3, LOCJOB_OK, begin, 0, 300);
    take_between(queue, "stalled", 1, LOCJOB_READ_TIMEOUT, begin, 300, 600);
    take_between(queue, "dripping", 2, LOCJOB_OK, begin, 700, 5000);
    locjob_queue_free(queue);
    locjob_client_free(client);
}

static void check_call_timeout(void)
{
    locjob_client *client = client_with("call_timeout_ms", "300", NULL, NULL);
    locjob_queue *queue = new_queue(client);
    int64_t begin = milliseconds_now();

    CHECK(locjob_queue_get(queue, "stalled", 1) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "dripping", 2) == LOCJOB_OK);
    take_between(queue, "stalled", 1, LOCJOB_DEADLINE_EXCEEDED, begin, 300, 500);
    take_between(queue, "dripping", 2, LOCJOB_DEADLINE_EXCEEDED, begin, 300, 500);
    locjob_queue_free(queue);
    locjob_client_free(client);
}

/* It ends waits between looks and in the middle of one, and has no part in gets. */
static void check_wait_timeout(void)
{
    locjob_client *client = client_with("wait_timeout_ms", "300", NULL, NULL);
    locjob_queue *queue = new_queue(client);
    int64_t begin = milliseconds_now();

    CHECK(locjob_queue_wait(queue, "for-ever", 1) == LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "stalled", 2) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "slow", 3) == LOCJOB_OK);
    take_between(queue, "for-ever", 1, LOCJOB_DEADLINE_EXCEEDED, begin, 290, 450);
    take_between(queue, "stalled", 2, LOCJOB_DEADLINE_EXCEEDED, begin, 290, 450);
    take_between(queue, "slow", 3, LOCJOB_OK, begin, 400, 1000);
    locjob_queue_free(queue);
    locjob_client_free(client);
}

/* What may pass ends a get and does not end a wait. */
static void check_blips(void)
{
    locjob_client *client = client_with("max_attempts", "1", NULL, NULL);
    locjob_queue *queue = new_queue(client);

    CHECK(locjob_queue_get(queue, "throttled", 1) == LOCJOB_OK);
    take(queue, "throttled", 1, LOCJOB_THROTTLED);
    CHECK(locjob_queue_wait(queue, "ends-after-blips", 2) == LOCJOB_OK);
    take(queue, "ends-after-blips", 2, LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "denied", 3) == LOCJOB_OK);
    take(queue, "denied", 3, LOCJOB_ACCESS_DENIED);
    locjob_queue_free(queue);
    locjob_client_free(client);
}

/* Nobody listens: that is reported for a get, and may pass for a wait, whose time ends it. */
static void check_unreachable(const char *nobody)
{
    locjob_client *client = client_with("endpoint_url", nobody, "wait_timeout_ms", "500");
    locjob_queue *queue = new_queue(client);
    locjob_result *result;

    CHECK(locjob_queue_wait(queue, "a-job", 1) == LOCJOB_OK);
    result = locjob_queue_next(queue, 10000);
    CHECK_CODE(result, LOCJOB_DEADLINE_EXCEEDED);
    CHECK(strstr(locjob_result_message(result), "the last look at it failed") != NULL);
    locjob_free(result);
    CHECK(locjob_queue_get(queue, "a-job", 2) == LOCJOB_OK);
    take(queue, "a-job", 2, LOCJOB_CONNECT_FAILED);
    locjob_queue_free(queue);
    locjob_client_free(client);
}

static int asked;

static int32_t provide_slowly(void *user, locjob_credentials *credentials)
{
    (void)user;
    if (++asked == 2)
        poll(NULL, 0, 500);
    return locjob_credentials_set(credentials, getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), NULL,
                                  4102444800);
}

/* Time that a provider takes in the middle of a call counts once. */
static void check_slow_provider(void)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client = NULL;
    locjob_queue *queue;
    locjob_result *result;
    int64_t begin;

    CHECK(locjob_config_set_credentials_provider(config, provide_slowly, NULL) == LOCJOB_OK);
    CHECK(locjob_client_new(config, &client) == NULL);
    locjob_config_free(config);
    queue = new_queue(client);
    begin = milliseconds_now();
    CHECK(locjob_queue_get(queue, "expires-once", 1) == LOCJOB_OK);
    result = locjob_queue_next(queue, -1);
    CHECK_CODE(result, LOCJOB_OK);
    CHECK(locjob_result_attempts(result) == 2 && asked == 2);
    CHECK(milliseconds_now() - begin >= 500 && milliseconds_now() - begin < 850);
    locjob_free(result);
    locjob_queue_free(queue);
    locjob_client_free(client);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    check_read_timeout();
    check_call_timeout();
    check_wait_timeout();
    check_blips();
    check_unreachable(argv[1]);
    check_slow_provider();
    return 0;
}
