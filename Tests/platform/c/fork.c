/* The gate that keeps a process from forking (lj_fork.h), and signal handlers that fork wherever they come. */
#define _GNU_SOURCE
#include "check.h"

#include <lj_fork.h>

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

static int status_of(pid_t child)
{
    int status = -1;

    while (waitpid(child, &status, 0) < 0)
        ;
    return status;
}

static void go_through(void)
{
    lj_fork_delay();
    lj_fork_allow();
}

/* The child comes back from the handler into what the gate is for, leaves it, and forks in turn. */
static void child_goes_on(void)
{
    pid_t child;

    go_through();
    lj_fork_delay();
    child = fork();
    CHECK(child >= 0);
    if (child == 0)
        alarm(5);
    lj_fork_allow();
    if (child == 0) {
        go_through();
        child = fork();
        if (child == 0)
            go_through();
        _exit(child == 0 ? 0 : status_of(child));
    }
    CHECK_NUMBER(status_of(child), 0);
    child = fork();
    if (child == 0)
        _exit(0);
    CHECK_NUMBER(status_of(child), 0);
}

static volatile sig_atomic_t forks;

static void fork_now(int number)
{
    pid_t child = fork();

    (void)number;
    if (child == 0)
        _exit(0);
    if (child > 0)
        status_of(child);
    forks++;
}

/* Also in the middle of taking the gate and of giving it back. */
static void at_the_gate(void)
{
    struct sigaction action;
    struct itimerval often = {{0, 5000}, {0, 5000}}, never = {{0, 0}, {0, 0}};
    int64_t end = milliseconds_now() + 1000;

    go_through();
    memset(&action, 0, sizeof action);
    action.sa_handler = fork_now;
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    while (milliseconds_now() < end) {
        int i;
        for (i = 0; i < 10000; i++)
            go_through();
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(forks > 0);
}

int main(int argc, char **argv)
{
    static const test tests[] = {
#define TEST(name) {#name, name}
        TEST(child_goes_on), TEST(at_the_gate),
    };
    return run_test(tests, sizeof tests / sizeof tests[0], argc, argv);
}
