/* Two plug-ins of one host bring a copy of the library each: both work, side by side and by turns, and one
 * goes without a harm to the other. The arguments are the paths of the copies. */
#include "check.h"

#include <dlfcn.h>
#include <pthread.h>

#define CALLS 40

typedef struct copy {
    void *library;
    locjob_result *(*client_new)(const locjob_config *, locjob_client **);
    void (*client_free)(locjob_client *);
    locjob_result *(*get)(locjob_client *, const char *, locjob_call *);
    locjob_code (*result_code)(const locjob_result *);
    const locjob_job *(*result_job)(const locjob_result *);
    void (*result_free)(locjob_result *);
} copy;

/* C has no conversion from an object pointer to a function pointer; POSIX wants it done like this. */
#define FIND(copy, member, name) \
    (*(void **)&(copy)->member = dlsym((copy)->library, name), CHECK((copy)->member != NULL))

static void find_functions(copy *copy)
{
    if (copy->library == NULL)
        fprintf(stderr, "%s\n", dlerror());
    CHECK(copy->library != NULL);
    FIND(copy, client_new, "locjob_client_new");
    FIND(copy, client_free, "locjob_client_free");
    FIND(copy, get, "locjob_get");
    FIND(copy, result_code, "locjob_result_code");
    FIND(copy, result_job, "locjob_result_job");
    FIND(copy, result_free, "locjob_free");
}

static void *use(void *given)
{
    copy *copy = given;
    locjob_client *client;
    int i;

    CHECK(copy->client_new(NULL, &client) == NULL);
    for (i = 0; i < CALLS; i++) {
        /* By turns a client of its own and the one of the process, of which each copy has its own. */
        locjob_result *result = copy->get(i % 2 ? NULL : client, "whole", NULL);
        CHECK(copy->result_code(result) == LOCJOB_OK);
        CHECK_TEXT(copy->result_job(result)->job_id.data, "whole");
        copy->result_free(result);
        result = copy->get(client, "no-such-job", NULL);
        CHECK(copy->result_code(result) == LOCJOB_NOT_FOUND);
        copy->result_free(result);
    }
    copy->client_free(client);
    return NULL;
}

static void use_both(copy *first, copy *second)
{
    pthread_t threads[4];
    int i;

    for (i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, use, i % 2 ? first : second) == 0);
    for (i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(int argc, char **argv)
{
    copy first, second;

    CHECK(argc == 3);
    first.library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    find_functions(&first);
    second.library = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
    find_functions(&second);
    CHECK(*(void **)&first.get != *(void **)&second.get); /* they are two */
    use_both(&first, &second);
    CHECK(dlclose(first.library) == 0);
    use(&second);
    CHECK(dlclose(second.library) == 0);
    return 0;
}
