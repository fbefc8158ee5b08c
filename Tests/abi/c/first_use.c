/* Many threads use the library for the first time at once: some make clients, some use the one of the process. */
#include "check.h"

#include <pthread.h>

#define THREADS 32

static pthread_barrier_t barrier;

static void *begin(void *number)
{
    pthread_barrier_wait(&barrier);
    if (*(int *)number % 2 == 0) {
        get_and_free(NULL, "whole");
    } else {
        locjob_client *client = new_client();
        size_t count = 0;
        get_and_free(client, "whole");
        CHECK(locjob_codes(&count) != NULL && count > 20);
        locjob_client_free(client);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    int numbers[THREADS], i;

    CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, begin, &numbers[i]) == 0);
    }
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    return 0;
}
