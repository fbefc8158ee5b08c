/* A host that forks while its other threads are anywhere inside the library. The children, in which those
 * threads do not exist, use and free what they inherited, and what they make themselves. The argument is
 * how many children there are. */
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>

#define THREADS 6

static locjob_client *client;
static int is_over;

static void *use_the_client(void *unused)
{
    while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE))
        get_and_free(client, "whole");
    return unused;
}

static void *make_clients(void *unused)
{
    while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
        locjob_client *own = new_client();
        get_and_free(own, "whole");
        locjob_client_free(own);
    }
    return unused;
}

static void in_a_child(int number)
{
    locjob_client *own;

    alarm(10);
    if (number % 3 == 0)
        get_and_free(client, "whole");
    if (number % 3 != 2)
        locjob_client_free(client);
    own = new_client();
    get_and_free(own, "whole");
    locjob_client_free(own);
    get_and_free(NULL, "whole");
    _exit(0);
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int i, status;

    CHECK(argc == 2);
    client = new_client();
    get_and_free(client, "whole");
    get_and_free(NULL, "whole");
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, i % 2 ? use_the_client : make_clients, NULL) == 0);
    for (i = 0; i < atoi(argv[1]); i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            in_a_child(i);
        CHECK(waitpid(child, &status, 0) == child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            fprintf(stderr, "child %d: status %#x\n", i, (unsigned)status);
            exit(1);
        }
    }
    __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    locjob_client_free(client);
    return 0;
}
