/* A plug-in host loads, uses and unloads the library again and again; its path is the argument. */
#include "check.h"

#include <dlfcn.h>

typedef locjob_result *client_new_function(const locjob_config *, locjob_client **);
typedef void client_free_function(locjob_client *);
typedef locjob_result *get_function(locjob_client *, const char *, locjob_call *);
typedef locjob_code result_code_function(const locjob_result *);
typedef void free_function(locjob_result *);

/* C has no conversion from an object pointer to a function pointer; POSIX wants it done like this. */
#define LOAD(function, name) (*(void **)&(function) = dlsym(library, name), CHECK((function) != NULL))

static void load_and_use(const char *path, const char *job_id, locjob_code expected)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    client_new_function *client_new;
    client_free_function *client_free;
    get_function *get;
    result_code_function *result_code;
    free_function *result_free;
    locjob_client *client;
    locjob_result *result;

    if (library == NULL)
        fprintf(stderr, "%s\n", dlerror());
    CHECK(library != NULL);
    LOAD(client_new, "locjob_client_new");
    LOAD(client_free, "locjob_client_free");
    LOAD(get, "locjob_get");
    LOAD(result_code, "locjob_result_code");
    LOAD(result_free, "locjob_free");

    CHECK(client_new(NULL, &client) == NULL);
    result = get(client, job_id, NULL);
    CHECK(result_code(result) == expected);
    result_free(result);
    client_free(client);
    CHECK(dlclose(library) == 0);
}

static int lines(const char *path)
{
    FILE *file = fopen(path, "r");
    int character, count = 0;

    CHECK(file != NULL);
    while ((character = getc(file)) != EOF)
        count += character == '\n';
    fclose(file);
    return count;
}

int main(int argc, char **argv)
{
    int round, descriptors = 0, mappings = 0;

    CHECK(argc == 2);
    for (round = 0; round < 1000; round++) {
        if (round % 2 == 0)
            load_and_use(argv[1], "whole", LOCJOB_OK);
        else
            load_and_use(argv[1], "no-such-job", LOCJOB_NOT_FOUND);
        if (round == 9) {
            descriptors = open_descriptors();
            mappings = lines("/proc/self/maps");
        }
    }
    CHECK(open_descriptors() == descriptors);
    CHECK(lines("/proc/self/maps") <= mappings + 10); /* one more each round would be 990 */
    return 0;
}
