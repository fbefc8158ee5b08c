/* OpenSSL keeps a queue of errors for each thread. One that the library left there would be taken by the host
 * for an error of its own next connection. The arguments are endpoints whose TLS fails. */
#include "check.h"

unsigned long ERR_peek_error(void);

static void check_queue(const char *what)
{
    if (ERR_peek_error() != 0) {
        fprintf(stderr, "after %s the queue holds %#lx\n", what, ERR_peek_error());
        exit(1);
    }
}

int main(int argc, char **argv)
{
    locjob_client *client = new_client();
    locjob_config *config = locjob_config_new();
    static const char *const jobs[] = {"whole", "no-such-job", "reset", "truncated", "not-json", "reset-after", "whole"};
    size_t i;
    int given;

    check_queue("making a client");
    for (i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        locjob_free(locjob_get(client, jobs[i], NULL));
        check_queue(jobs[i]);
    }
    locjob_client_free(client);
    check_queue("freeing a client");
    CHECK(locjob_config_set(config, "max_attempts", "1") == LOCJOB_OK);
    for (given = 1; given < argc; given++) {
        locjob_result *result;

        CHECK(locjob_config_set(config, "endpoint_url", argv[given]) == LOCJOB_OK);
        CHECK(locjob_client_new(config, &client) == NULL);
        result = locjob_get(client, "whole", NULL);
        CHECK(locjob_result_code(result) == LOCJOB_CERTIFICATE_REJECTED || locjob_result_code(result) == LOCJOB_TLS_FAILED);
        locjob_free(result);
        check_queue(argv[given]);
        locjob_client_free(client);
        check_queue(argv[given]);
    }
    /* And certificates that are none. */
    CHECK(locjob_config_set(config, "ca_bundle", "/proc/self/exe") == LOCJOB_OK);
    CHECK(locjob_client_new(config, &client) == NULL);
    locjob_free(locjob_get(client, "whole", NULL));
    check_queue("certificates that are none");
    locjob_client_free(client);
    locjob_config_free(config);
    return 0;
}
