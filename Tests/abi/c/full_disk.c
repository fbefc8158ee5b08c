/* Calls whose credentials come with a token that is refreshed, and whose file cannot be replaced. The
 * argument, if any, is how large this process may make a file: the system's answer to more is SIGXFSZ. */
#include "check.h"

#include <sys/resource.h>

int main(int argc, char **argv)
{
    locjob_client *client;

    if (argc > 1) {
        struct rlimit limit;
        CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
        limit.rlim_cur = (rlim_t)atoi(argv[1]);
        CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    client = new_client();
    get_and_free(client, "whole");
    get_and_free(client, "whole");
    locjob_client_free(client);
    return 0;
}
