/* Calls locjob_get so many times on one client, whose configuration comes from the environment.
 *
 *     locjob JOB_ID CALLS
 */
#define _XOPEN_SOURCE 700

#include <locjob.h>
#include <stdlib.h>

#include "measure.h"

static void get(locjob_client *client, const char *job_id)
{
    locjob_result *result = locjob_get(client, job_id, NULL);

    if (locjob_result_code(result) != LOCJOB_OK) {
        fprintf(stderr, "locjob: %s\n", locjob_result_message(result));
        exit(1);
    }
    locjob_free(result);
}

int main(int argc, char **argv)
{
    locjob_client *client;
    locjob_result *failure;
    struct moment begin;
    long calls, i;

    if (argc != 3)
        return 2;
    calls = atol(argv[2]);
    failure = locjob_client_new(NULL, &client);
    if (failure != NULL) {
        fprintf(stderr, "locjob: %s\n", locjob_result_message(failure));
        return 1;
    }

    get(client, argv[1]); /* opens the connection, which is kept */
    begin = moment_now();
    for (i = 0; i < calls; i++)
        get(client, argv[1]);
    report(begin, calls, locjob_version());

    locjob_client_free(client);
    return 0;
}
