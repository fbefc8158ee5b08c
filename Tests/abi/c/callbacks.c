/* Credentials that the caller's own function gives: asked for once while they live, by one thread at a time,
 * refused when they are not whole; and NULL everywhere. */
#include "check.h"

#include <pthread.h>

enum { THREADS = 32 };

struct provider {
    int calls, running, status;
    const char *key, *secret, *token;
    int64_t lifetime; /* seconds; 0: for ever */
    int32_t code;     /* what locjob_credentials_set said last */
};

static int32_t provide(void *user, locjob_credentials *credentials)
{
    struct provider *provider = user;

    CHECK(__atomic_add_fetch(&provider->running, 1, __ATOMIC_SEQ_CST) == 1); /* never two at once */
    __atomic_add_fetch(&provider->calls, 1, __ATOMIC_SEQ_CST);
    sleep_milliseconds(50);
    provider->code = locjob_credentials_set(credentials, provider->key, provider->secret, provider->token,
                                            provider->lifetime ? time(NULL) + provider->lifetime : 0);
    __atomic_sub_fetch(&provider->running, 1, __ATOMIC_SEQ_CST);
    return provider->status;
}

static locjob_client *client_with(struct provider *provider)
{
    locjob_config *config = locjob_config_new();
    locjob_client *client;

    CHECK(locjob_config_set_credentials_provider(config, provide, provider) == LOCJOB_OK);
    CHECK(locjob_client_new(config, &client) == NULL);
    locjob_config_free(config);
    return client;
}

static void *get(void *client)
{
    get_and_free(client, "whole");
    return NULL;
}

/* Many threads want the first credentials at once. */
static void check_one_at_a_time(int64_t lifetime)
{
    struct provider provider = {0, 0, 0, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NULL, lifetime, 0};
    locjob_client *client = client_with(&provider);
    pthread_t threads[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, get, client) == 0);
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(provider.calls == 1);
    CHECK(provider.code == LOCJOB_OK);
    get_and_free(client, "whole");
    CHECK(provider.calls == 1);
    locjob_client_free(client);
}

static void check_refused(struct provider provider, int32_t code)
{
    locjob_client *client = client_with(&provider);
    locjob_result *result = locjob_get(client, "whole", NULL);

    CHECK_CODE(result, LOCJOB_CREDENTIALS_FAILED);
    CHECK(locjob_result_attempts(result) == 0);
    CHECK(strstr(locjob_result_json(result), "hush") == NULL);
    CHECK(provider.code == code);
    locjob_free(result);
    locjob_client_free(client);
}

int main(void)
{
    locjob_config *config = locjob_config_new();

    CHECK(locjob_config_set_credentials_provider(NULL, provide, NULL) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_config_set_credentials_provider(config, NULL, NULL) == LOCJOB_OK);
    CHECK(locjob_config_set_mfa_provider(NULL, NULL, NULL) == LOCJOB_INVALID_ARGUMENT);
    CHECK(locjob_config_set_mfa_provider(config, NULL, NULL) == LOCJOB_OK);
    CHECK(locjob_credentials_set(NULL, "a", "b", NULL, 0) == LOCJOB_INVALID_ARGUMENT);
    locjob_config_free(config);

    check_one_at_a_time(0);
    check_one_at_a_time(3600);
    check_one_at_a_time(300); /* due at once, but not for every call */
    check_refused((struct provider){0, 0, 0, "hush", NULL, NULL, 0, 0}, LOCJOB_PARTIAL_CREDENTIALS);
    check_refused((struct provider){0, 0, 0, NULL, "hush", NULL, 0, 0}, LOCJOB_PARTIAL_CREDENTIALS);
    check_refused((struct provider){0, 0, 0, "a\r\nX: hush", "hush", NULL, 0, 0}, LOCJOB_INVALID_SETTING);
    check_refused((struct provider){0, 0, 0, "a", "hush", "hush\x80", 0, 0}, LOCJOB_INVALID_SETTING);
    check_refused((struct provider){0, 0, 0, "a", "hush", NULL, -10, 0}, LOCJOB_OK);
    check_refused((struct provider){0, 0, 7, "a", "hush", NULL, 0, 0}, LOCJOB_OK);
    return 0;
}
