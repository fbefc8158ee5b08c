/* A forked child goes on with the queue that it inherited, by connections and a descriptor of its own; the parent's
 * requests and connections are none the worse for it. */
#include "queues.h"

#include <sys/wait.h>

static locjob_client *client;
static locjob_queue *queue;

/* By a connection that was there before. */
static void get_as_before(void)
{
    locjob_result *result;

    CHECK(locjob_queue_get(queue, "bare", 3) == LOCJOB_OK);
    result = locjob_queue_next(queue, 10000);
    CHECK_CODE(result, LOCJOB_OK);
    CHECK(strstr(locjob_result_trace(result), "\"connect_us\":0,") != NULL);
    locjob_free(result);
}

/* What was in flight, or waited, comes back in whatever order. */
static void go_on(void)
{
    int wakes, seen[3] = {0, 0, 0}, i;

    for (i = 0; i < 2; i++) {
        locjob_result *result = drive_by_descriptor(queue, 10000, &wakes);
        uint64_t tag = locjob_result_tag(result);

        CHECK_CODE(result, LOCJOB_OK);
        CHECK((tag == 1 || tag == 2) && !seen[tag]);
        CHECK_TEXT(locjob_result_job_id(result), tag == 1 ? "slow" : "ends-well");
        CHECK(locjob_result_attempts(result) == 1);
        seen[tag] = 1;
        locjob_free(result);
    }
    CHECK(locjob_queue_pending(queue) == 0);
    get_as_before();
}

static void go_on_and_free(void)
{
    CHECK(locjob_queue_pending(queue) == 2);
    go_on();
    locjob_queue_free(queue);
    locjob_client_free(client);
}

static void free_at_once(void)
{
    locjob_queue_free(queue);
    locjob_client_free(client);
}

static void leave(void)
{
}

/* "slow" is on its way, answered after 400 ms; "ends-well" is between two looks. */
static void beside_a_child(void (*work)(void))
{
    int status, wakes;
    pid_t child;

    client = waiting_client();
    queue = new_queue(client);
    CHECK(locjob_queue_get(queue, "bare", 0) == LOCJOB_OK);
    take(queue, "bare", 0, LOCJOB_OK);
    CHECK(locjob_queue_get(queue, "slow", 1) == LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "ends-well", 2) == LOCJOB_OK);
    CHECK(drive_by_descriptor(queue, 200, &wakes) == NULL);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        work();
        _exit(0);
    }
    go_on();
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    get_as_before();
    locjob_queue_free(queue);
    locjob_client_free(client);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    if (strcmp(argv[1], "leave") == 0)
        beside_a_child(leave);
    else if (strcmp(argv[1], "free") == 0)
        beside_a_child(free_at_once);
    else
        beside_a_child(go_on_and_free);
    return 0;
}
