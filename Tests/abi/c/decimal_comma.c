/* A host whose locale writes 1,5 for 1.5 gets the same numbers. The name of the locale is the argument. */
#include "check.h"

#include <locale.h>

int main(int argc, char **argv)
{
    locjob_client *client;
    locjob_result *result;
    const locjob_job *job;

    CHECK(argc == 2);
    CHECK(setlocale(LC_ALL, argv[1]) != NULL);
    CHECK(strtod("1,5", NULL) == 1.5); /* the locale is what it is said to be */

    client = new_client();
    result = locjob_get(client, "numbers", NULL); /* a job whose times are numbers, such as 1795163400.25 */
    CHECK_CODE(result, LOCJOB_OK);
    job = locjob_result_job(result);
    CHECK(job->created_at.seconds == 1795163400 && job->created_at.nanoseconds == 250000000);
    CHECK(job->updated_at.seconds == 1795163400 && job->updated_at.nanoseconds == 0);
    CHECK(strstr(locjob_result_json(result), "1795163400.25") != NULL);
    locjob_free(result);
    locjob_client_free(client);
    CHECK_TEXT(setlocale(LC_ALL, NULL), argv[1]);
    return 0;
}
