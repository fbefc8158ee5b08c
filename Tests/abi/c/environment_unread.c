/* The environment is read when a client is made, and at no other time: a host may change it while calls run, which is
 * undefined for who reads it then. Here it is nothing that could be read. The argument is the job that is asked for. */
#define _GNU_SOURCE
#include "queues.h"

extern char **environ;

static void use(locjob_client *client, const char *job_id)
{
    locjob_result *result;
    locjob_queue *queue = new_queue(client);

    get_and_free(client, job_id);
    CHECK(locjob_queue_get(queue, job_id, 1) == LOCJOB_OK);
    take(queue, job_id, 1, LOCJOB_OK);
    CHECK(locjob_queue_wait(queue, "no-such-job", 2) == LOCJOB_OK);
    take(queue, "no-such-job", 2, LOCJOB_NOT_FOUND);
    locjob_queue_free(queue);
    result = locjob_wait(client, "no-such-job", NULL);
    CHECK_CODE(result, LOCJOB_NOT_FOUND);
    locjob_free(result);
    result = locjob_list(client, NULL, 10, NULL, NULL);
    CHECK_CODE(result, LOCJOB_OK);
    locjob_free(result);
    result = locjob_client_explain(client);
    CHECK_CODE(result, LOCJOB_OK);
    locjob_free(result);
}

int main(int argc, char **argv)
{
    locjob_client *client = new_client();
    char **environment = environ;
    static char *unreadable[] = {(char *)16, NULL};

    CHECK(argc == 2);
    environ = unreadable;
    use(client, argv[1]);
    use(client, argv[1]);
    locjob_client_free(client);
    environ = environment;
    return 0;
}
