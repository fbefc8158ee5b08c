/* What becomes of the host when an allocation fails. malloc and its kin are this program's: the n-th call of
 * them, counted from when a child begins to use the library, gets nothing, once or from then on. For every
 * such case one line is printed: how many, "once" or "on", how the child ended, and the offset in the library
 * of who asked for that memory (0: another library). The arguments are the job that is asked for, what is done ("get",
 * "wait", "list" or "queue"), "warm" or "cold" for whether the library was used before, and how many allocations to go
 * on by. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* Shared with the children: the one that is to fail, and who asked for it. */
typedef struct plan {
    long number, count;
    int is_lasting, is_armed;
    uintptr_t caller;
} plan;

static plan *shared;

/* How a child ends that was given no JSON where there always is some, and one whose client is of no use afterwards. */
enum { EMPTY_TEXT = 4, SPOILT = 5 };

static int fails(void *caller)
{
    if (shared == NULL || !shared->is_armed)
        return 0;
    shared->count++;
    if (shared->count == shared->number)
        shared->caller = (uintptr_t)caller;
    if (shared->count != shared->number && !(shared->is_lasting && shared->count > shared->number))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size)
{
    if (fails(__builtin_return_address(0)))
        return ENOMEM;
    *pointer = __libc_memalign(alignment, size);
    return *pointer == NULL ? ENOMEM : 0;
}

static void look_at(const locjob_result *result)
{
    locjob_code code = locjob_result_code(result);
    int is_whole = locjob_result_job(result) != NULL || locjob_result_entry_count(result) > 0;

    CHECK(is_whole == (code == LOCJOB_OK || code == LOCJOB_JOB_FAILED || code == LOCJOB_JOB_CANCELLED));
    CHECK(locjob_result_message(result) != NULL && locjob_result_json(result) != NULL);
    if (locjob_result_trace(result)[0] != '[' || locjob_result_metadata(result)[0] != '{')
        _exit(EMPTY_TEXT);
}

/* What was taken comes to an end, even if that is no result. */
static void use_queue(locjob_client *client, const char *job_id)
{
    locjob_queue *queue = NULL;
    locjob_result *result = locjob_queue_new(client, &queue);
    size_t taken = 0;
    int rounds = 0;
    locjob_code code;

    CHECK(queue == NULL || result == NULL);
    locjob_free(result);
    taken += locjob_queue_get(queue, job_id, 1) == LOCJOB_OK;
    taken += locjob_queue_wait(queue, job_id, 2) == LOCJOB_OK;
    taken += locjob_queue_watch(queue, job_id, 3) == LOCJOB_OK;
    taken += locjob_queue_get(queue, "no-such-job", 4) == LOCJOB_OK;
    CHECK(locjob_queue_pending(queue) == taken);
    locjob_queue_cancel(queue, 3);
    while (locjob_queue_pending(queue) > 0) {
        CHECK(++rounds < 20);
        result = locjob_queue_next(queue, 1000);
        if (result != NULL)
            look_at(result);
        locjob_free(result);
    }
    code = locjob_queue_get(queue, job_id, 5);
    CHECK(code == LOCJOB_OK || code == (queue == NULL ? LOCJOB_INVALID_ARGUMENT : LOCJOB_OUT_OF_MEMORY));
    locjob_queue_free(queue); /* with what it has not done */
}

static const char *job_id, *way;

/* When memory is back, the client is as good as new: nothing half made was kept, such as a key to sign with. */
static void use_again(locjob_client *client)
{
    locjob_result *result;
    locjob_code code;

    shared->is_armed = 0;
    result = locjob_get(client, job_id, NULL);
    code = locjob_result_code(result);
    locjob_free(result);
    shared->is_armed = 1;
    if (code != LOCJOB_OK)
        _exit(SPOILT);
}

static void use(void)
{
    static const char *const settings[] = {"call_timeout_ms",   "3000", "wait_timeout_ms",   "3000",
                                           "wait_min_delay_ms", "20",   "wait_max_delay_ms", "40",
                                           "max_attempts",      "2",    "max_requests_per_second", "1000", NULL};
    locjob_config *config = locjob_config_new();
    locjob_client *client;
    locjob_call *call = locjob_call_new();
    locjob_result *result;

    size_t i;

    /* A handshake that OpenSSL had no memory for may just never go on. */
    locjob_call_set_timeout_ms(call, 3000);
    for (i = 0; settings[i] != NULL; i += 2)
        locjob_config_set(config, settings[i], settings[i + 1]);
    result = locjob_client_new(config, &client);
    locjob_config_free(config);
    if (result == NULL && client != NULL) {
        if (strcmp(way, "queue") == 0)
            use_queue(client, job_id);
        else if (strcmp(way, "wait") == 0)
            result = locjob_wait(client, job_id, call);
        else if (strcmp(way, "list") == 0)
            result = locjob_list(client, NULL, 0, NULL, call);
        else
            result = locjob_get(client, job_id, call);
        if (result != NULL)
            look_at(result);
        locjob_free(result);
        result = locjob_client_explain(client);
    }
    CHECK(locjob_result_message(result) != NULL && locjob_result_json(result) != NULL);
    locjob_free(result);
    locjob_call_free(call);
    if (client != NULL)
        use_again(client);
    locjob_client_free(client);
}

/* Where the library begins and ends. */
static uintptr_t first, last;

static void find_library(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096];

    CHECK(maps != NULL);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        if (strstr(line, "/liblocjob") != NULL && sscanf(line, "%lx-%lx", &from, &to) == 2) {
            if (first == 0)
                first = from;
            last = to;
        }
    }
    fclose(maps);
    CHECK(first != 0);
}

/* Whether the allocation was made at all. */
static int try_one(long number, int is_lasting)
{
    const struct rlimit no_core = {0, 0};
    int status;
    pid_t child;

    shared->number = number;
    shared->is_lasting = is_lasting;
    shared->count = 0;
    shared->caller = 0;
    fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        alarm(20);
        shared->is_armed = 1;
        use();
        shared->is_armed = 0;
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    shared->is_armed = 0;
    if (shared->count >= number)
        printf("%ld %s %s %d %lx\n", number, is_lasting ? "on" : "once", WIFEXITED(status) ? "status" : "signal",
               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
               shared->caller >= first && shared->caller < last ? (unsigned long)(shared->caller - first) : 0);
    else
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return shared->count >= number;
}

int main(int argc, char **argv)
{
    long number;
    long step;

    CHECK(argc == 5);
    job_id = argv[1];
    way = argv[2];
    step = atol(argv[4]);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    find_library();
    /* What libcurl and OpenSSL keep for the life of the process is theirs to get; with "cold" they are tried too. */
    if (strcmp(argv[3], "warm") == 0)
        use();
    for (number = 1; try_one(number, 0); number += step)
        ;
    for (number = 1; try_one(number, 1); number += 5 * step)
        ;
    return 0;
}
