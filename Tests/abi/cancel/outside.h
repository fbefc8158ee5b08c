/* What cancel_anywhere.c sees of its calls from outside: when they end, how far they came, what they leave behind. */
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include "../c/check.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/wait.h>

/* ---- Time */

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void sleep_until(int64_t time_us)
{
    struct timespec end;
    end.tv_sec = (time_t)(time_us / 1000000);
    end.tv_nsec = (long)(time_us % 1000000) * 1000;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR) {
    }
}

/* How long this thread has been ready to run without a processor to run on: no fault of the library. */
static int64_t waited_for_processor_us(void)
{
    char text[96];
    long long running = 0, waiting = 0;
    int file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (file < 0)
        return 0;
    length = read(file, text, sizeof text - 1);
    close(file);
    text[length > 0 ? length : 0] = 0;
    return sscanf(text, "%lld %lld", &running, &waiting) == 2 ? waiting / 1000 : 0;
}

/* ---- What is left behind */

static int threads_alive(void)
{
    DIR *directory = opendir("/proc/self/task");
    struct dirent *entry;
    int count = 0;

    CHECK(directory != NULL);
    while ((entry = readdir(directory)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

/* Neither a child that lives nor one that nobody has waited for. */
static int has_children(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

static size_t bytes_in_use(void)
{
#ifdef __SANITIZE_THREAD__
    return 0;
#else
    return mallinfo2().uordblks;
#endif
}

/* ---- How far the calls came, by their last attempt */

static const char *const milestones[] = {"attempts", "connect_us", "tls_us", "first_byte_us"};
static long reached[4];

static void note_milestones(const locjob_result *result)
{
    const char *trace = locjob_result_trace(result), *last = strrchr(trace, '{');
    int i;

    if (last == NULL)
        return;
    reached[0]++;
    for (i = 1; i < 4; i++) {
        const char *at = strstr(last, milestones[i]);
        CHECK(at != NULL);
        reached[i] += atoll(at + strcspn(at, "0123456789")) > 0;
    }
}

#endif
