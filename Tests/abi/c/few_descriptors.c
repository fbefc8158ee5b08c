/* A host that has used up its descriptors: for every number of them, from none left to plenty, each step of
 * making a client and using it succeeds or fails with a code, soon, and when there are descriptors again
 * everything works. Every number has a process of its own, in which libcurl and OpenSSL start from nothing. */
#include "check.h"

#include <sys/resource.h>
#include <sys/wait.h>

enum { OK_STATUS = 0, FAILED_STATUS = 3 };

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

static int use(void)
{
    locjob_client *client;
    locjob_call *call = locjob_call_new();
    locjob_result *failure = locjob_client_new(NULL, &client);
    int is_well = 1;

    if (failure != NULL) {
        CHECK(client == NULL);
        is_well = works(failure);
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

int main(void)
{
    rlim_t number;

    CHECK(!in_a_process(0) && !in_a_process(3));
    for (number = 4; number <= 40; number++) {
        int is_well = in_a_process(number);
        CHECK(is_well || number < 12);
    }
    return 0;
}
