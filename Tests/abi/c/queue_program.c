/* Credentials come from a program that takes two seconds: the queue's calls wait for it, the host does not. */
#include "queues.h"

int main(void)
{
    locjob_client *client = waiting_client();
    locjob_queue *queue = new_queue(client);
    int64_t begin = milliseconds_now();
    int wakes;

    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "numbers", 2) == LOCJOB_OK);
    while (milliseconds_now() - begin < 1500) {
        int64_t before = milliseconds_now();

        CHECK(locjob_queue_next(queue, 0) == NULL);
        CHECK(milliseconds_now() - before < 50);
        CHECK(drive_by_descriptor(queue, 100, &wakes) == NULL);
        CHECK(wakes < 40); /* it does not spin meanwhile */
    }
    CHECK(locjob_queue_pending(queue) == 2);
    take(queue, "bare", 1, LOCJOB_OK);
    CHECK(milliseconds_now() - begin >= 2000);
    take(queue, "numbers", 2, LOCJOB_OK);

    /* Another queue's program is given up with it. */
    locjob_queue_free(queue);
    locjob_client_free(client);
    client = waiting_client();
    queue = new_queue(client);
    begin = milliseconds_now();
    CHECK(locjob_queue_get(queue, "bare", 1) == LOCJOB_OK);
    CHECK(locjob_queue_next(queue, 100) == NULL);
    CHECK(locjob_queue_cancel(queue, 1) == LOCJOB_OK);
    take(queue, "bare", 1, LOCJOB_CANCELLED);
    locjob_queue_free(queue);
    locjob_client_free(client);
    CHECK(milliseconds_now() - begin < 1000);
    return 0;
}
