/* A host that has used up its descriptors: for every number of them, from none left to plenty, each step of
 * making a client and using it succeeds or fails with a code, soon, and when there are descriptors again
 * everything works. Every number has a process of its own, in which libcurl and OpenSSL start from nothing. With the
 * argument "queue" it is a queue that is used. */
#include "queues.h"

#include <sys/resource.h>
#include <sys/wait.h>

enum { OK_STATUS = 0, FAILED_STATUS = 3 };

/* Of a queue, each on a connection of its own. */
enum { GETS = 6 };

static int uses_queue;

static void allow_descriptors(rlim_t number)
{
    struct rlimit limit;

    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = number;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

/* What a lack of descriptors may be reported as. */
static int is_expected(locjob_code code)
{
    switch (code) {
    case LOCJOB_OUT_OF_MEMORY:
    case LOCJOB_INTERNAL_ERROR:
    case LOCJOB_INVALID_FILE:        /* a configuration file, or the certificates */
    case LOCJOB_NO_CREDENTIALS:
    case LOCJOB_CREDENTIALS_FAILED:  /* no pipe to a program */
    case LOCJOB_RESOLVE_FAILED:
    case LOCJOB_CONNECT_FAILED:
    case LOCJOB_TLS_FAILED:
    case LOCJOB_CERTIFICATE_REJECTED:
        return 1;
    default:
        return 0;
    }
}

static int works(locjob_result *result)
{
    locjob_code code = locjob_result_code(result);

    if (code != LOCJOB_OK && !is_expected(code))
        CHECK_CODE(result, LOCJOB_OK);
    if (code != LOCJOB_OK)
        CHECK(locjob_result_message(result)[0] != 0);
    locjob_free(result);
    return code == LOCJOB_OK;
}

/* All that was taken comes to an end. */
static int queue_works(locjob_client *client)
{
    locjob_queue *queue;
    locjob_result *failure = locjob_queue_new(client, &queue);
    int i, is_well = 1;

    if (failure != NULL) {
        CHECK(queue == NULL);
        return works(failure);
    }
    CHECK(queue != NULL);
    for (i = 0; i < GETS; i++)
        CHECK(locjob_queue_get(queue, "whole", 1) == LOCJOB_OK);
    for (i = 0; i < GETS; i++) {
        int wakes;
        locjob_result *result =
            i % 2 == 0 ? locjob_queue_next(queue, 10000) : drive_by_descriptor(queue, 10000, &wakes);
        CHECK(result != NULL);
        is_well = works(result) && is_well;
    }
    CHECK(locjob_queue_pending(queue) == 0);
    locjob_queue_free(queue);
    return is_well;
}

static int use(void)
{
    static const char *const settings[] = {"share_requests", "false", "remembered_jobs", "0", NULL};
    locjob_config *config = locjob_config_new();
    int setting;
    locjob_client *client;
    locjob_call *call = locjob_call_new();
    locjob_result *failure;
    int is_well = 1;

    for (setting = 0; settings[setting] != NULL; setting += 2)
        locjob_config_set(config, settings[setting], settings[setting + 1]);
    failure = locjob_client_new(config, &client);
    locjob_config_free(config);
    if (failure != NULL) {
        CHECK(client == NULL);
        is_well = works(failure);
    } else if (uses_queue) {
        is_well = queue_works(client);
        is_well = queue_works(client) && is_well;
        locjob_client_free(client);
    } else {
        /* The second call takes what the first has left. */
        is_well = works(locjob_get(client, "whole", call));
        is_well = works(locjob_get(client, "whole", NULL)) && is_well;
        locjob_client_free(client);
    }
    is_well = is_well && call != NULL;
    locjob_call_free(call);
    return is_well;
}

static int in_a_process(rlim_t number)
{
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        int is_well;
        alarm(20);
        allow_descriptors(number);
        is_well = use();
        allow_descriptors(1024);
        CHECK(use());
        _exit(is_well ? OK_STATUS : FAILED_STATUS);
    }
    CHECK(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != OK_STATUS && WEXITSTATUS(status) != FAILED_STATUS)) {
        fprintf(stderr, "with %d descriptors: status %#x\n", (int)number, (unsigned)status);
        exit(1);
    }
    return WEXITSTATUS(status) == OK_STATUS;
}

int main(int argc, char **argv)
{
    rlim_t number;

    uses_queue = argc > 1 && strcmp(argv[1], "queue") == 0;
    CHECK(!in_a_process(0) && !in_a_process(3));
    for (number = 4; number <= 40; number++) {
        int is_well = in_a_process(number);
        CHECK(is_well || number < 12 + (uses_queue ? GETS : 0));
    }
    return 0;
}
