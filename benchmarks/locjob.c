/* Calls locjob_get so many times on one client, whose configuration comes from the environment; measured in as many
 * parts as wanted, one after the other.
 *
 *     locjob JOB_ID CALLS [PARTS]
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
    long calls, parts, part, i;

    if (argc < 3)
        return 2;
    parts = argc > 3 ? atol(argv[3]) : 1;
    calls = atol(argv[2]) / parts;
    failure = locjob_client_new(NULL, &client);
    if (failure != NULL) {
        fprintf(stderr, "locjob: %s\n", locjob_result_message(failure));
        return 1;
    }

    get(client, argv[1]); /* opens the connection, which is kept */
    for (part = 0; part < parts; part++) {
        begin = moment_now();
        for (i = 0; i < calls; i++)
            get(client, argv[1]);
        report(begin, calls);
    }

    locjob_client_free(client);
    return 0;
}
