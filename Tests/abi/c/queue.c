/* The queue and its descriptor, in one thread: gets, waits and watches with their tags, in the order in which they
 * end; cancelling; what the client remembers and what requests share; and NULL for everything. */
#include "check.h"
#include "queues.h"

static void check_null(locjob_client *client)
{
    locjob_queue *queue = NULL;
    locjob_result *result = locjob_queue_new(client, NULL);

    CHECK_CODE(result, LOCJOB_INVALID_ARGUMENT);
    locjob_free(result);
    locjob_queue_free(NULL);
    CHECK(locjob_queue_get(NULL, "whole", 1) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_queue_wait(NULL, "whole", 1) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_queue_watch(NULL, "whole", 1) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_queue_get(NULL, NULL, 1) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_queue_next(NULL, -1) == NULL);
    CHECK(locjob_queue_fd(NULL) == -1);
    CHECK(locjob_queue_cancel(NULL, 1) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_queue_pending(NULL) == 0);
    CHECK(locjob_result_is_final(NULL) == 1);

    queue = new_queue(NULL); /* that of the process */
    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    take(queue, "bare", 1, LOCJOB_OK);
    locjob_queue_free(queue);
}

static void check_job_ids(locjob_queue *queue)
{
    static const char *const wrong[] = {NULL, "", ".", "..", "\xff"};
    char longer[202];
    size_t i;

    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(locjob_queue_get(queue, wrong[i], 1) == LOCJOB_INVALID_JOB_ID);
        CHECK(locjob_queue_wait(queue, wrong[i], 1) == LOCJOB_INVALID_JOB_ID);
        CHECK(locjob_queue_watch(queue, wrong[i], 1) == LOCJOB_INVALID_JOB_ID);
    }
    memset(longer, 'j', 201);
    longer[201] = '\0';
    CHECK(locjob_queue_get(queue, longer, 1) == LOCJOB_INVALID_JOB_ID);
    CHECK(locjob_queue_pending(queue) == 0);
    CHECK(locjob_queue_next(queue, -1) == NULL); /* without a limit, and nothing to wait for */
}

/* Each with its tag, the slow one last though it was the first. */
static void check_gets(locjob_queue *queue)
{
    CHECK(locjob_queue_get(queue, "slow", UINT64_MAX) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "bare", 0) == LOCJOB_OK);
    CHECK(locjob_queue_pending(queue) == 2);
    take(queue, "bare", 0, LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "no-such-job", 7) == LOCJOB_OK);
    CHECK(locjob_queue_pending(queue) == 2);
    take(queue, "no-such-job", 7, LOCJOB_NOT_FOUND);
    CHECK(locjob_queue_pending(queue) == 1);
    take(queue, "slow", UINT64_MAX, LOCJOB_OK);
    CHECK(locjob_queue_pending(queue) == 0);
    CHECK(locjob_queue_next(queue, 0) == NULL);
}

/* Nothing is sent before the first locjob_queue_next; equal jobs and equal tags each have a result. */
static void check_equals(locjob_queue *queue)
{
    int i;

    for (i = 0; i < 5; i++)
        CHECK(locjob_queue_get(queue, "equal", 5) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "numbers", 5) == LOCJOB_OK);
    CHECK(locjob_queue_pending(queue) == 6);
    for (i = 0; i < 6; i++) {
        locjob_result *result = locjob_queue_next(queue, 10000);
        CHECK_CODE(result, LOCJOB_OK);
        CHECK(locjob_result_tag(result) == 5 && locjob_result_is_final(result));
        locjob_free(result);
    }
    CHECK(locjob_queue_pending(queue) == 0);
}

static void check_waits(locjob_queue *queue)
{
    CHECK(locjob_queue_wait(queue, "ends-well", 1) == LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "ends-cancelled", 2) == LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "ends-badly", 3) == LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "no-such-job", 4) == LOCJOB_OK);
    take(queue, "no-such-job", 4, LOCJOB_NOT_FOUND);
    take(queue, "ends-badly", 3, LOCJOB_JOB_FAILED);
    take(queue, "ends-well", 1, LOCJOB_OK);
    take(queue, "ends-cancelled", 2, LOCJOB_JOB_CANCELLED);
    CHECK(locjob_queue_pending(queue) == 0);

    /* The client knows their ends, so that nothing is sent, not even by the first look at them. */
    CHECK(locjob_queue_get(queue, "ends-badly", 1) == LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "ends-badly", 2) == LOCJOB_OK);
    CHECK(locjob_queue_watch(queue, "ends-badly", 3) == LOCJOB_OK);
    CHECK(locjob_queue_pending(queue) == 3);
    take_unasked(queue, "ends-badly", 1, LOCJOB_OK);
    take_unasked(queue, "ends-badly", 2, LOCJOB_JOB_FAILED);
    take_unasked(queue, "ends-badly", 3, LOCJOB_JOB_FAILED);
}

/* Every status once, and none after the final one. */
static void check_watch(locjob_queue *queue)
{
    static const char *const statuses[] = {"Pending", "Running", "Cancelling", "Cancelled"};
    size_t i;

    CHECK(locjob_queue_watch(queue, "watched", 9) == LOCJOB_OK);
    for (i = 0; i < 4; i++) {
        locjob_result *result = locjob_queue_next(queue, 10000);

        CHECK_CODE(result, i < 3 ? LOCJOB_OK : LOCJOB_JOB_CANCELLED);
        CHECK_TEXT(locjob_result_job(result)->status.text.data, statuses[i]);
        CHECK(locjob_result_tag(result) == 9);
        CHECK(locjob_result_is_final(result) == (i == 3));
        CHECK(locjob_queue_pending(queue) == (i < 3));
        locjob_free(result);
    }
    CHECK(locjob_queue_next(queue, 200) == NULL);
}

static void check_cancel(locjob_queue *queue)
{
    locjob_result *result;
    int64_t begin;

    CHECK(locjob_queue_cancel(queue, 1) == LOCJOB_UNKNOWN_TAG);

    /* Not yet sent, or waiting for its next look. */
    CHECK(locjob_queue_get(queue, "stalled", 1) == LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "for-ever", 1) == LOCJOB_OK);
    CHECK(locjob_queue_watch(queue, "for-ever", 2) == LOCJOB_OK);
    CHECK(locjob_queue_cancel(queue, 1) == LOCJOB_OK);
    CHECK(locjob_queue_cancel(queue, 1) == LOCJOB_UNKNOWN_TAG);
    CHECK(locjob_queue_pending(queue) == 3); /* the results are still to come */
    take_unasked(queue, "stalled", 1, LOCJOB_CANCELLED);
    take_unasked(queue, "for-ever", 1, LOCJOB_CANCELLED);
    result = locjob_queue_next(queue, 10000);
    CHECK_CODE(result, LOCJOB_OK);
    CHECK_TEXT(locjob_result_job(result)->status.text.data, "Running");
    CHECK(!locjob_result_is_final(result));
    locjob_free(result);
    CHECK(locjob_queue_cancel(queue, 2) == LOCJOB_OK);
    take_unasked(queue, "for-ever", 2, LOCJOB_CANCELLED);

    /* In flight: the response never comes, and nobody waits for it. */
    CHECK(locjob_queue_get(queue, "stalled", 3) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "stalled", 4) == LOCJOB_OK); /* shares the request */
    CHECK(locjob_queue_wait(queue, "stalled-too", 5) == LOCJOB_OK);
    CHECK(locjob_queue_next(queue, 100) == NULL);
    begin = milliseconds_now();
    CHECK(locjob_queue_cancel(queue, 3) == LOCJOB_OK);
    take(queue, "stalled", 3, LOCJOB_CANCELLED);
    CHECK(locjob_queue_next(queue, 100) == NULL);
    CHECK(locjob_queue_cancel(queue, 4) == LOCJOB_OK);
    CHECK(locjob_queue_cancel(queue, 5) == LOCJOB_OK);
    take(queue, "stalled", 4, LOCJOB_CANCELLED);
    take(queue, "stalled-too", 5, LOCJOB_CANCELLED);
    CHECK(milliseconds_now() - begin < 1000);
    CHECK(locjob_queue_pending(queue) == 0);
    CHECK(locjob_queue_next(queue, -1) == NULL);
    CHECK(locjob_queue_get(queue, "bare", 6) == LOCJOB_OK); /* the queue is none the worse for it */
    take(queue, "bare", 6, LOCJOB_OK);
}

/* Not at all, so long, and as long as it takes. */
static void check_timeouts(locjob_queue *queue)
{
    static const int64_t long_ones[] = {-1, INT64_MIN, 86400000, INT64_MAX};
    int64_t begin, elapsed;
    size_t i;

    CHECK(locjob_queue_get(queue, "slow", 1) == LOCJOB_OK);
    begin = milliseconds_now();
    CHECK(locjob_queue_next(queue, 0) == NULL);
    CHECK(milliseconds_now() - begin < 50);
    begin = milliseconds_now();
    CHECK(locjob_queue_next(queue, 100) == NULL);
    elapsed = milliseconds_now() - begin;
    CHECK(elapsed >= 100 && elapsed < 250);
    take(queue, "slow", 1, LOCJOB_OK);
    for (i = 0; i < sizeof long_ones / sizeof *long_ones; i++) {
        locjob_result *result;

        CHECK(locjob_queue_get(queue, "bare", i) == LOCJOB_OK);
        result = locjob_queue_next(queue, long_ones[i]);
        CHECK_CODE(result, LOCJOB_OK);
        CHECK(locjob_result_tag(result) == i);
        locjob_free(result);
        CHECK(locjob_queue_next(queue, long_ones[i]) == NULL);
    }
}

/* The descriptor calls for the queue when there is something to do, and at no other time. */
static void check_descriptor(locjob_queue *queue)
{
    int descriptor = locjob_queue_fd(queue), wakes;
    locjob_result *result;

    CHECK(descriptor >= 0 && locjob_queue_fd(queue) == descriptor);
    CHECK(!is_readable(descriptor, 50));

    CHECK(locjob_queue_get(queue, "slow", 1) == LOCJOB_OK); /* answered after 400 ms */
    CHECK(is_readable(descriptor, 1000));
    result = drive_by_descriptor(queue, 10000, &wakes);
    CHECK_CODE(result, LOCJOB_OK);
    CHECK(wakes > 0 && wakes < 20);
    locjob_free(result);
    CHECK(locjob_queue_next(queue, 0) == NULL);
    CHECK(!is_readable(descriptor, 50));

    /* A wait between two looks, and a request whose answer does not come, are idle. */
    CHECK(locjob_queue_wait(queue, "for-ever", 2) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "stalled", 3) == LOCJOB_OK);
    CHECK(drive_by_descriptor(queue, 1000, &wakes) == NULL);
    CHECK(wakes < 60); /* a look each 50 to 100 ms, and its few steps */

    CHECK(locjob_queue_cancel(queue, 2) == LOCJOB_OK);
    CHECK(is_readable(descriptor, 1000));
    take(queue, "for-ever", 2, LOCJOB_CANCELLED);
    CHECK(drive_by_descriptor(queue, 1000, &wakes) == NULL);
    CHECK(wakes <= 2);
    CHECK(!is_readable(descriptor, 0));
    CHECK(locjob_queue_cancel(queue, 3) == LOCJOB_OK);
    take(queue, "stalled", 3, LOCJOB_CANCELLED);

    /* Of several results that are there it calls for each. */
    CHECK(locjob_queue_get(queue, "bare", 4) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "bare", 5) == LOCJOB_OK);
    take(queue, "bare", 4, LOCJOB_OK);
    CHECK(is_readable(descriptor, 1000));
    take(queue, "bare", 5, LOCJOB_OK);
}

/* Nor does it forget gets that had no connection yet, when its caller comes back only at its call. */
static void check_descriptor_of_few_connections(void)
{
    static const char *const settings[] = {"max_connections", "2", "share_requests", "false", NULL};
    locjob_client *client = client_with_settings(settings);
    locjob_queue *queue = new_queue(client);
    int i, wakes;

    for (i = 0; i < 7; i++)
        CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    for (i = 0; i < 7; i++) {
        locjob_result *result = drive_by_descriptor(queue, 10000, &wakes);
        CHECK_CODE(result, LOCJOB_OK);
        CHECK(result != NULL && wakes < 20);
        locjob_free(result);
    }
    CHECK(locjob_queue_next(queue, 0) == NULL);
    CHECK(!is_readable(locjob_queue_fd(queue), 50));

    /* Released with gets that had none: no call for what will not be done. */
    for (i = 0; i < 4; i++)
        CHECK(locjob_queue_get(queue, "stalled", 1) == LOCJOB_OK);
    CHECK(drive_by_descriptor(queue, 100, &wakes) == NULL);
    CHECK(wakes < 20);
    locjob_client_free(client);
    for (i = 0; i < 4; i++) {
        locjob_result *result = drive_by_descriptor(queue, 10000, &wakes);
        CHECK_CODE(result, LOCJOB_CANCELLED);
        locjob_free(result);
    }
    CHECK(locjob_queue_next(queue, 0) == NULL);
    CHECK(!is_readable(locjob_queue_fd(queue), 50));
    locjob_queue_free(queue);
}

static void expect_by_descriptor(locjob_queue *queue, uint64_t tag, locjob_code code)
{
    int wakes;
    locjob_result *result = drive_by_descriptor(queue, 10000, &wakes);

    CHECK(result != NULL);
    CHECK(locjob_result_tag(result) == tag);
    CHECK_CODE(result, code);
    locjob_free(result);
}

/* Nor a wait that came, or has got a connection, while there were results to be taken. */
static void check_descriptor_of_waits(void)
{
    static const char *const settings[] = {"max_connections", "1", NULL};
    locjob_client *client = client_with_settings(settings);
    locjob_queue *queue = new_queue(client);
    int wakes;

    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "bare", 2) == LOCJOB_OK);
    expect_by_descriptor(queue, 1, LOCJOB_OK);
    CHECK(locjob_queue_watch(queue, "for-ever", 3) == LOCJOB_OK);
    expect_by_descriptor(queue, 2, LOCJOB_OK);
    expect_by_descriptor(queue, 3, LOCJOB_OK);
    CHECK(locjob_queue_cancel(queue, 3) == LOCJOB_OK);
    expect_by_descriptor(queue, 3, LOCJOB_CANCELLED);

    CHECK(locjob_queue_get(queue, "stalled", 1) == LOCJOB_OK);
    CHECK(drive_by_descriptor(queue, 100, &wakes) == NULL);
    CHECK(locjob_queue_watch(queue, "for-ever", 2) == LOCJOB_OK);
    CHECK(drive_by_descriptor(queue, 100, &wakes) == NULL);
    CHECK(locjob_queue_cancel(queue, 1) == LOCJOB_OK);
    expect_by_descriptor(queue, 1, LOCJOB_CANCELLED);
    expect_by_descriptor(queue, 2, LOCJOB_OK);
    locjob_queue_free(queue);
    locjob_client_free(client);
}

/* A queue is released with all that a queue can be doing. */
static void check_free(locjob_client *client)
{
    locjob_queue *queue = new_queue(client);
    int before, i;

    CHECK(locjob_queue_get(queue, "ends-well", 1) == LOCJOB_OK); /* a result that nobody takes */
    locjob_queue_free(queue);
    before = open_descriptors();
    for (i = 0; i < 3; i++) {
        queue = new_queue(client);
        CHECK(locjob_queue_get(queue, "stalled", 1) == LOCJOB_OK);
        CHECK(locjob_queue_wait(queue, "stalled-too", 2) == LOCJOB_OK);
        CHECK(locjob_queue_wait(queue, "for-ever", 3) == LOCJOB_OK);
        CHECK(locjob_queue_get(queue, "bare", 4) == LOCJOB_OK);
        take(queue, "bare", 4, LOCJOB_OK); /* the others are on their way */
        locjob_queue_free(queue);
    }
    CHECK(open_descriptors() == before);
}

/* The client first: what is under way ends, and nothing can be added. */
static void check_free_client_first(void)
{
    locjob_client *client = waiting_client();
    locjob_queue *queue = new_queue(client);
    int descriptor = locjob_queue_fd(queue), i;

    CHECK(locjob_queue_get(queue, "stalled", 1) == LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "for-ever", 2) == LOCJOB_OK);
    CHECK(drive_by_descriptor(queue, 100, &i) == NULL);
    CHECK(locjob_queue_get(queue, "bare", 3) == LOCJOB_OK);
    locjob_client_free(client);
    CHECK(is_readable(descriptor, 1000));
    CHECK(locjob_queue_get(queue, "bare", 4) == LOCJOB_CANCELLED);
    CHECK(locjob_queue_wait(queue, "bare", 4) == LOCJOB_CANCELLED);
    CHECK(locjob_queue_watch(queue, "bare", 4) == LOCJOB_CANCELLED);
    CHECK(locjob_queue_pending(queue) == 3);
    for (i = 0; i < 3; i++) {
        locjob_result *result = locjob_queue_next(queue, 10000);
        CHECK_CODE(result, LOCJOB_CANCELLED);
        locjob_free(result);
    }
    CHECK(locjob_queue_next(queue, -1) == NULL);
    CHECK(!is_readable(descriptor, 50));
    CHECK(locjob_queue_get(queue, "bare", 5) == LOCJOB_CANCELLED);
    locjob_queue_free(queue);
}

int main(void)
{
    locjob_client *client = waiting_client();
    locjob_queue *queue = new_queue(client);

    check_null(client);
    check_job_ids(queue);
    check_gets(queue);
    check_equals(queue);
    check_waits(queue);
    check_watch(queue);
    check_cancel(queue);
    check_timeouts(queue);
    check_descriptor(queue);
    locjob_queue_free(queue);
    check_free(client);
    locjob_client_free(client);
    check_free_client_first();
    check_descriptor_of_few_connections();
    check_descriptor_of_waits();
    return 0;
}
