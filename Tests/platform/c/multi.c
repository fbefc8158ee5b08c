/* lj_multi in a forked child that has not left the function of the host's that forked. */
#define _GNU_SOURCE
#include "check.h"

#include <lj_multi.h>
#include <lj_process.h>

#include <poll.h>
#include <sys/wait.h>

static int is_readable(lj_multi *multi, int timeout_ms)
{
    struct pollfd wanted;

    wanted.fd = lj_multi_descriptor(multi);
    wanted.events = POLLIN;
    return poll(&wanted, 1, timeout_ms) == 1;
}

static void in_a_child(void (*use)(lj_multi *), lj_multi *multi)
{
    pid_t child = fork();
    int status;

    CHECK(child >= 0);
    if (child == 0) {
        use(multi);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK_NUMBER(status, 0);
}

static void drive(lj_multi *multi) { CHECK_NUMBER(lj_multi_drive(multi, 0), -1); }

static void turn_off(lj_multi *multi) { lj_multi_set_alarm(multi, INT64_MAX); }

/* The timer is one for both. */
static void child_leaves_the_alarm(void)
{
    lj_multi *multi = lj_multi_new(1);

    CHECK(multi != NULL);
    lj_multi_set_alarm(multi, lj_monotonic_ns() + 300000000);
    CHECK(!is_readable(multi, 0));
    in_a_child(turn_off, multi);
    CHECK(is_readable(multi, 5000));
    in_a_child(drive, multi);
    CHECK(is_readable(multi, 0));
    CHECK_NUMBER(lj_multi_drive(multi, 0), 0);
    CHECK(!is_readable(multi, 0));
    lj_multi_free(multi);
}

int main(int argc, char **argv)
{
    static const test tests[] = {
#define TEST(name) {#name, name}
        TEST(child_leaves_the_alarm),
    };
    return run_test(tests, sizeof tests / sizeof tests[0], argc, argv);
}
