/* A forked child may use and free the client that it inherited; the parent's calls and connection are none
 * the worse for it. */
#include "check.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

static locjob_client *client;
static locjob_call *call;

static void use_and_free(void)
{
    get_and_free(client, "whole"); /* at the same time as the parent, and not by its connection */
    locjob_client_free(client);
}

static void free_at_once(void)
{
    locjob_client_free(client);
}

/* The parent's call goes by the connection that it had before. */
static void get_as_before(void)
{
    locjob_result *result = locjob_get(client, "whole", NULL);
    CHECK_CODE(result, LOCJOB_OK);
    CHECK(strstr(locjob_result_trace(result), "\"connect_us\":0,") != NULL);
    locjob_free(result);
}

static void beside_a_child(void (*work)(void))
{
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        work();
        _exit(0);
    }
    get_as_before();
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    get_as_before();
}

/* Cancels a call of the parent's when there is no descriptor to be had: errno is left alone, and once there are some
 * the call is a cancelled one. */
static void cancel_without_descriptors(void)
{
    struct rlimit before, none;
    locjob_result *result;

    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    none = before;
    none.rlim_cur = 0;
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    errno = 0;
    locjob_call_cancel(call);
    CHECK(errno == 0);
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    result = locjob_get(client, "whole", call);
    CHECK_CODE(result, LOCJOB_CANCELLED);
    locjob_free(result);
}

int main(void)
{
    client = new_client();
    call = locjob_call_new();
    CHECK(call != NULL);
    get_and_free(client, "whole");
    beside_a_child(free_at_once);
    beside_a_child(use_and_free);
    beside_a_child(use_and_free);
    beside_a_child(cancel_without_descriptors);
    locjob_call_free(call);
    locjob_client_free(client);
    return 0;
}
