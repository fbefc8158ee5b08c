/* When everything is freed, no descriptor is left, whatever happened to the calls. */
#include "check.h"

static void use_once(void)
{
    locjob_client *client = new_client();
    locjob_call *call = locjob_call_new();

    get_and_free(client, "whole");
    locjob_free(locjob_get(client, "reset", call));
    locjob_call_set_timeout_ms(call, 50);
    locjob_free(locjob_get(client, "stalled", call));
    locjob_call_cancel(call);
    locjob_free(locjob_get(client, "whole", call));
    locjob_call_free(call);
    locjob_client_free(client);
}

int main(void)
{
    int before, round;

    use_once(); /* what libcurl and OpenSSL keep for the life of the process */
    before = open_descriptors();
    for (round = 0; round < 10; round++)
        use_once();
    CHECK(open_descriptors() == before);
    return 0;
}
