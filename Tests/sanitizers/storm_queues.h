/* The storm's queues: each is one thread's, which fills, drives, cancels and releases it in turn, while others call its
 * functions though they must not. */
#ifndef STORM_QUEUES_H
#define STORM_QUEUES_H

#include "storm.h"

#define QUEUES 12
#define RIVALS 4

/* Tags: of gets, of waits that end by themselves, and of one that does not. */
enum { SOON = 1, SOME_TIME = 2, WATCHED = 3, NEVER = UINT8_MAX };

typedef struct place {
    pthread_rwlock_t lock; /* read by who is in the queue without having it, written by who releases it */
    locjob_queue *queue;
    long added, ended;
} place;

static place places[QUEUES];
static long queues_made, found_busy, watched, clients_released_first;

/* Of the owner or of a rival; 0 when it was none. */
static int take_result(place *at, locjob_result *result)
{
    int is_busy = result != NULL && locjob_result_code(result) == LOCJOB_BUSY;

    if (is_busy) {
        count(&found_busy);
        sleep_milliseconds(1);
    }
    if (result != NULL && !is_busy)
        count(locjob_result_is_final(result) ? &at->ended : &watched);
    if (result != NULL)
        look_at(result);
    locjob_free(result);
    return result != NULL;
}

static void *quarrel(void *unused)
{
    unsigned number;

    for (number = 0; goes_on(); number++) {
        place *at = &places[number % QUEUES];

        CHECK(pthread_rwlock_rdlock(&at->lock) == 0);
        if (at->queue != NULL) {
            take_result(at, locjob_queue_next(at->queue, number % 2));
            if (number % 64 == 0)
                locjob_queue_cancel(at->queue, SOON);
            locjob_queue_pending(at->queue);
            locjob_queue_fd(at->queue);
        }
        pthread_rwlock_unlock(&at->lock);
        sleep_milliseconds(1);
    }
    return unused;
}

static void add(place *at, locjob_code (*function)(locjob_queue *, const char *, uint64_t), const char *job_id,
                uint64_t tag)
{
    locjob_code code;

    while ((code = function(at->queue, job_id, tag)) == LOCJOB_BUSY)
        sleep_milliseconds(1);
    CHECK(code == LOCJOB_OK);
    at->added++;
}

static void cancel_tag(place *at, uint64_t tag)
{
    locjob_code code;

    while ((code = locjob_queue_cancel(at->queue, tag)) == LOCJOB_BUSY)
        sleep_milliseconds(1);
    CHECK(code == LOCJOB_OK || code == LOCJOB_UNKNOWN_TAG);
}

static void fill(place *at, unsigned number)
{
    unsigned i;

    for (i = 0; i < COUNT(jobs); i++)
        add(at, locjob_queue_get, jobs[(number + i) % COUNT(jobs)], SOON);
    for (i = 0; i < COUNT(waited_for); i++)
        add(at, i % 3 ? locjob_queue_wait : locjob_queue_watch, waited_for[i], i % 3 ? SOME_TIME : WATCHED);
    add(at, locjob_queue_wait, "my-job-id", NEVER);
}

static void drive(place *at, int64_t milliseconds, int by_descriptor)
{
    int64_t end = milliseconds_now() + milliseconds;

    while (milliseconds_now() < end)
        if (!by_descriptor || is_readable(locjob_queue_fd(at->queue), 10))
            take_result(at, locjob_queue_next(at->queue, by_descriptor ? 0 : 10));
}

/* Every get and wait has come back, to the owner or to a rival. */
static void drain(place *at)
{
    while (take_result(at, locjob_queue_next(at->queue, -1)))
        ;
    CHECK(pthread_rwlock_wrlock(&at->lock) == 0);
    CHECK(locjob_queue_pending(at->queue) == 0 && at->ended == at->added);
    pthread_rwlock_unlock(&at->lock);
}

static void *have_queue(void *given)
{
    place *at = given;
    unsigned number;

    for (number = (unsigned)(at - places); goes_on(); number++) {
        int client_goes_first = number % 5 == 0;
        locjob_client *own = client_goes_first ? configured_client() : client;

        CHECK(pthread_rwlock_wrlock(&at->lock) == 0);
        at->queue = new_queue(own);
        at->added = at->ended = 0;
        pthread_rwlock_unlock(&at->lock);
        count(&queues_made);
        fill(at, number);
        drive(at, 100 + number % 3 * 150, number % 2);
        cancel_tag(at, NEVER);
        if (number % 3 == 0)
            cancel_tag(at, SOME_TIME);
        if (client_goes_first) {
            locjob_client_free(own);
            count(&clients_released_first);
        }
        if (client_goes_first || number % 4 < 2)
            drain(at);
        CHECK(pthread_rwlock_wrlock(&at->lock) == 0);
        locjob_queue_free(at->queue); /* with whatever is in it */
        at->queue = NULL;
        pthread_rwlock_unlock(&at->lock);
    }
    return NULL;
}

#endif
