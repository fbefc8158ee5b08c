/* lj_program_run with programs that behave and programs that do not. */
#define _GNU_SOURCE
#include "check.h"

#include <lj_process.h>
#include <lj_program.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

enum { LONG = 20000 };

static lj_program_result *run_words(const char *words, size_t count, int milliseconds, int first, int second)
{
    int64_t deadline = lj_monotonic_ns() + (int64_t)milliseconds * 1000000;
    lj_program_result *result;

    errno = 77;
    result = lj_program_run(words, count, deadline, first, second);
    CHECK_NUMBER(errno, 77);
    CHECK(result != NULL);
    CHECK(result->output_length <= LJ_PROGRAM_OUTPUT && result->errors_length <= LJ_PROGRAM_ERRORS);
    return result;
}

static lj_program_result *run_program(const char *program)
{
    return run_words(program, 1, LONG, -1, -1);
}

/* Runs a command line by the shell. */
static lj_program_result *run_shell(const char *line, int milliseconds, int first, int second)
{
    char words[1000];
    int length = snprintf(words, sizeof words, "sh%c-c%c%s", 0, 0, line);
    CHECK(length > 0 && (size_t)length < sizeof words);
    return run_words(words, 3, milliseconds, first, second);
}

/* What a program wrote, as text. */
static const char *text(const uint8_t *bytes, size_t length)
{
    static char memory[LJ_PROGRAM_OUTPUT + 1];
    memcpy(memory, bytes, length);
    memory[length] = 0;
    return memory;
}

#define CHECK_OUTPUT(result, expected) CHECK_TEXT(text((result)->output, (result)->output_length), expected)
#define CHECK_ERRORS(result, expected) CHECK_TEXT(text((result)->errors, (result)->errors_length), expected)

static void check_end(lj_program_result *result, int end, int status)
{
    CHECK_NUMBER(result->end, end);
    CHECK_NUMBER(result->status, status);
    lj_program_release(result);
}

/* Whether a process lives; one that is dead and not reaped by whoever must does not. */
static int lives(pid_t pid)
{
    char path[64], line[512];
    FILE *file;
    const char *state;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    file = fopen(path, "re");
    if (file == NULL)
        return 0;
    state = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    fclose(file);
    return state != NULL && state[2] != 'Z' && state[2] != 'X';
}

static int ends_soon(pid_t pid)
{
    int64_t latest = milliseconds_now() + 2000;
    while (lives(pid) && milliseconds_now() < latest)
        sleep_milliseconds(5);
    return !lives(pid);
}

static void no_children_left(void)
{
    CHECK_NUMBER(waitpid(-1, NULL, WNOHANG), -1);
    CHECK_NUMBER(errno, ECHILD);
}

/* ---- how a program ends */

static void exit_status(void)
{
    check_end(run_shell("exit 0", LONG, -1, -1), LJ_PROGRAM_EXITED, 0);
    check_end(run_shell("exit 7", LONG, -1, -1), LJ_PROGRAM_EXITED, 7);
    check_end(run_shell("exit 255", LONG, -1, -1), LJ_PROGRAM_EXITED, 255);
    no_children_left();
}

static void both_streams(void)
{
    lj_program_result *result = run_shell("echo to output; echo to errors >&2; echo more", LONG, -1, -1);
    CHECK_OUTPUT(result, "to output\nmore\n");
    CHECK_ERRORS(result, "to errors\n");
    check_end(result, LJ_PROGRAM_EXITED, 0);
}

static void arguments(void)
{
    static const char words[] = "printf\0[%s]\0a b\0\0$HOME *\0'\"\\";
    lj_program_result *result = run_words(words, 6, LONG, -1, -1);
    CHECK_OUTPUT(result, "[a b][][$HOME *]['\"\\]");
    check_end(result, LJ_PROGRAM_EXITED, 0);
}

static void killed(void)
{
    check_end(run_shell("kill -KILL $$", LONG, -1, -1), LJ_PROGRAM_SIGNALLED, SIGKILL);
    check_end(run_shell("kill -TERM $$", LONG, -1, -1), LJ_PROGRAM_SIGNALLED, SIGTERM);
    no_children_left();
}

static void late_output(void)
{
    lj_program_result *result = run_shell("sleep 0.1; printf first; sleep 0.1; printf last", LONG, -1, -1);
    CHECK_OUTPUT(result, "firstlast");
    check_end(result, LJ_PROGRAM_EXITED, 0);
}

static void closes_its_output(void)
{
    int64_t begin = milliseconds_now();
    check_end(run_shell("exec >&- 2>&-; sleep 0.3; exit 4", LONG, -1, -1), LJ_PROGRAM_EXITED, 4);
    CHECK(milliseconds_now() - begin >= 300);
}

static void closes_its_output_and_hangs(void)
{
    check_end(run_shell("exec >&- 2>&-; sleep 100", 200, -1, -1), LJ_PROGRAM_TIMED_OUT, 0);
    no_children_left();
}

/* ---- what cannot be run */

static void check_reason(const char *program, const char *reason)
{
    lj_program_result *result = run_program(program);
    CHECK_NUMBER(result->end, LJ_PROGRAM_NOT_RUN);
    CHECK_TEXT(result->reason, reason);
    CHECK_NUMBER(result->output_length, 0);
    lj_program_release(result);
    no_children_left();
}

static void write_program(const char *path, const char *contents, mode_t mode)
{
    FILE *file = fopen(path, "we");
    CHECK(file != NULL);
    CHECK(fputs(contents, file) >= 0 && fclose(file) == 0);
    CHECK_NUMBER(chmod(path, mode), 0);
}

static void missing(void)
{
    check_reason("no-such-program", "there is no such program");
    check_reason("./no-such-program", "there is no such program");
    check_reason("/no/such/program", "there is no such program");
    check_reason("", "there is no such program");
    check_reason("/dev/null/x", "part of the path is not a directory");
}

static void not_executable(void)
{
    write_program("plain", "#!/bin/sh\n", 0644);
    write_program("nonsense", "\177nonsense", 0755);
    check_reason("./plain", "permission denied");
    check_reason("/tmp", "permission denied");
    check_reason("./nonsense", "it is not a program for this machine");
}

static void no_words(void)
{
    lj_program_result *result = run_words("", 0, LONG, -1, -1);
    CHECK_NUMBER(result->end, LJ_PROGRAM_NOT_RUN);
    lj_program_release(result);
}

static void found_on_path(void)
{
    lj_program_result *result;
    CHECK_NUMBER(mkdir("bin", 0755), 0);
    write_program("bin/only-here", "#!/bin/sh\necho found\n", 0755);
    check_reason("only-here", "there is no such program");
    setenv("PATH", "/no/such/folder:./bin:/bin:/usr/bin", 1);
    result = run_program("only-here");
    CHECK_OUTPUT(result, "found\n");
    check_end(result, LJ_PROGRAM_EXITED, 0);
}

static void no_descriptors(void)
{
    struct rlimit limit, none;
    lj_program_result *result;
    int before = entries("/proc/self/fd"), room, taken[2];

    CHECK_NUMBER(getrlimit(RLIMIT_NOFILE, &limit), 0);
    for (room = 0; room < 4; room++) {
        none = limit;
        none.rlim_cur = (rlim_t)(3 + room);
        CHECK_NUMBER(setrlimit(RLIMIT_NOFILE, &none), 0);
        result = run_program("true");
        CHECK_NUMBER(setrlimit(RLIMIT_NOFILE, &limit), 0);
        CHECK_NUMBER(result->end, LJ_PROGRAM_NOT_RUN);
        CHECK_TEXT(result->reason, "too many open files");
        lj_program_release(result);
        CHECK_NUMBER(entries("/proc/self/fd"), before);
    }
    CHECK_NUMBER(pipe(taken), 0);
    CHECK_NUMBER(taken[0], 3);
}

/* ---- what is killed */

static void check_all_dead(lj_program_result *result, int end)
{
    const char *rest = text(result->output, result->output_length);
    char *next;
    int count = 0;
    pid_t pid;

    CHECK_NUMBER(result->end, end);
    for (; (pid = (pid_t)strtol(rest, &next, 10)) > 0; rest = next, count++)
        CHECK(ends_soon(pid));
    CHECK(count > 0);
    lj_program_release(result);
    no_children_left();
}

static void hangs(void)
{
    int64_t begin = milliseconds_now();
    check_all_dead(run_shell("echo $$; exec sleep 100", 200, -1, -1), LJ_PROGRAM_TIMED_OUT);
    CHECK(milliseconds_now() - begin >= 200);
    CHECK(milliseconds_now() - begin < 2000);
}

static void hangs_with_children(void)
{
    check_all_dead(run_shell("trap '' TERM INT HUP; sleep 100 & echo $$ $!; wait", 300, -1, -1), LJ_PROGRAM_TIMED_OUT);
}

static void is_stopped(void)
{
    check_all_dead(run_shell("echo $$; kill -STOP $$", 200, -1, -1), LJ_PROGRAM_TIMED_OUT);
}

static void no_time_at_all(void)
{
    lj_program_result *result = lj_program_run("sleep\000100", 2, 0, -1, -1);
    check_end(result, LJ_PROGRAM_TIMED_OUT, 0);
    no_children_left();
}

static void floods_output(void)
{
    int64_t begin = milliseconds_now();
    lj_program_result *result = run_program("yes");
    CHECK_NUMBER(result->output_length, LJ_PROGRAM_OUTPUT);
    check_end(result, LJ_PROGRAM_OVERFLOW, 0);
    CHECK(milliseconds_now() - begin < 2000);
    no_children_left();
}

static void fills_output(void)
{
    lj_program_result *result = run_shell("head -c 65536 /dev/zero", LONG, -1, -1);
    CHECK_NUMBER(result->output_length, 65536);
    check_end(result, LJ_PROGRAM_EXITED, 0);
    check_end(run_shell("head -c 65537 /dev/zero; exit 3", LONG, -1, -1), LJ_PROGRAM_OVERFLOW, 0);
}

static void many_errors(void)
{
    lj_program_result *result = run_shell("(echo why; head -c 3000000 /dev/zero) >&2; echo out; exit 3", LONG, -1, -1);
    CHECK_NUMBER(result->errors_length, LJ_PROGRAM_ERRORS);
    CHECK(memcmp(result->errors, "why\n\0", 5) == 0);
    CHECK_OUTPUT(result, "out\n");
    check_end(result, LJ_PROGRAM_EXITED, 3);
}

static void floods_errors(void)
{
    int64_t begin = milliseconds_now();
    check_all_dead(run_shell("echo $$; for i in 1 2 3 4 5 6; do cat /dev/zero >&2 & done; wait", 300, -1, -1), LJ_PROGRAM_TIMED_OUT);
    CHECK(milliseconds_now() - begin < 2000);
}

/* ---- cancelling */

static int event_descriptor;

static void *signal_soon(void *unused)
{
    const uint64_t one = 1;
    sleep_milliseconds(150);
    CHECK(write(event_descriptor, &one, sizeof one) == (ssize_t)sizeof one);
    return unused;
}

static void check_cancelled(int is_first, int is_early)
{
    pthread_t thread;
    int64_t begin = milliseconds_now();
    int other = eventfd(0, EFD_CLOEXEC);

    event_descriptor = eventfd((unsigned)is_early, EFD_CLOEXEC);
    if (!is_early)
        CHECK_NUMBER(pthread_create(&thread, NULL, signal_soon, NULL), 0);
    check_end(run_shell("exec sleep 100", LONG, is_first ? event_descriptor : other,
                        is_first ? other : event_descriptor),
              LJ_PROGRAM_CANCELLED, 0);
    CHECK(milliseconds_now() - begin < 2000);
    if (!is_early)
        CHECK_NUMBER(pthread_join(thread, NULL), 0);
    close(event_descriptor);
    close(other);
    no_children_left();
}

static void cancelled(void)
{
    check_cancelled(1, 0);
    check_cancelled(0, 0);
    check_cancelled(1, 1);
}

static void cancelled_in_a_flood(void)
{
    pthread_t thread;
    event_descriptor = eventfd(0, EFD_CLOEXEC);
    CHECK_NUMBER(pthread_create(&thread, NULL, signal_soon, NULL), 0);
    check_end(run_shell("exec yes >&2", LONG, event_descriptor, -1), LJ_PROGRAM_CANCELLED, 0);
    CHECK_NUMBER(pthread_join(thread, NULL), 0);
}

/* ---- grandchildren */

static void grandchild_keeps_the_pipe(void)
{
    int64_t begin = milliseconds_now();
    lj_program_result *result = run_shell("sleep 100 & echo $!; exit 5", LONG, -1, -1);
    pid_t grandchild = (pid_t)strtol(text(result->output, result->output_length), NULL, 10);
    CHECK(milliseconds_now() - begin < 2000);
    CHECK(grandchild > 0);
    CHECK(lives(grandchild)); /* what a program leaves behind is its own business */
    kill(grandchild, SIGKILL);
    check_end(result, LJ_PROGRAM_EXITED, 5);
}

static void grandchild_floods(void)
{
    int64_t begin = milliseconds_now();
    lj_program_result *result = run_shell("echo $$; yes >&2 & sleep 0.1; exit 0", LONG, -1, -1);
    pid_t session = (pid_t)strtol(text(result->output, result->output_length), NULL, 10);
    check_end(result, LJ_PROGRAM_EXITED, 0);
    CHECK(milliseconds_now() - begin < 2000);
    kill(-session, SIGKILL);
}

/* ---- what the program finds */

static void nothing_to_read(void)
{
    lj_program_result *result = run_program("cat");
    CHECK_OUTPUT(result, "");
    check_end(result, LJ_PROGRAM_EXITED, 0);
    result = run_shell("readlink /proc/self/fd/0", LONG, -1, -1);
    CHECK_OUTPUT(result, "/dev/null\n");
    check_end(result, LJ_PROGRAM_EXITED, 0);
}

static void no_descriptors_of_the_host(void)
{
    lj_program_result *result;
    int inherited = open("/dev/null", O_RDONLY), high = fcntl(inherited, F_DUPFD, 700);
    CHECK(inherited > 2 && high >= 700);
    result = run_words("ls\0/proc/self/fd", 2, LONG, -1, -1);
    CHECK_OUTPUT(result, "0\n1\n2\n3\n"); /* the last one is the folder that it lists */
    check_end(result, LJ_PROGRAM_EXITED, 0);
}

static void signals_as_usual(void)
{
    sigset_t all;
    int signal_number;
    unsigned long long blocked, ignored;
    lj_program_result *result;
    for (signal_number = 1; signal_number < 32; signal_number++)
        signal(signal_number, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigfillset(&all);
    CHECK_NUMBER(pthread_sigmask(SIG_SETMASK, &all, NULL), 0);
    result = run_words("grep\0-E\0^Sig(Blk|Ign)\0/proc/self/status", 4, LONG, -1, -1);
    CHECK_NUMBER(sscanf(text(result->output, result->output_length), "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
    CHECK_NUMBER((int64_t)blocked, 0);
    CHECK_NUMBER((int64_t)(ignored & 0x7FFFFFFF), 0); /* above that are glibc's own, which it ignores itself */
    check_end(result, LJ_PROGRAM_EXITED, 0);
}

static void session_of_its_own(void)
{
    int pid, group, session, terminal;
    lj_program_result *result = run_words("cut\0-d \0-f1,5,6,7\0/proc/self/stat", 4, LONG, -1, -1);
    CHECK_NUMBER(sscanf(text(result->output, result->output_length), "%d %d %d %d", &pid, &group, &session, &terminal), 4);
    CHECK_NUMBER(group, pid);
    CHECK_NUMBER(session, pid);
    CHECK_NUMBER(terminal, 0);
    check_end(result, LJ_PROGRAM_EXITED, 0);
}

static void environment_of_the_host(void)
{
    lj_program_result *result;
    setenv("HANDED_ON", "yes", 1);
    result = run_shell("echo $HANDED_ON", LONG, -1, -1);
    CHECK_OUTPUT(result, "yes\n");
    check_end(result, LJ_PROGRAM_EXITED, 0);
}

/* ---- hosts of all kinds */

static void signal_ignored(void)
{
    lj_program_result *result;
    signal(SIGCHLD, SIG_IGN);
    result = run_shell("echo out; exit 0", LONG, -1, -1);
    CHECK_OUTPUT(result, "out\n");
    check_end(result, LJ_PROGRAM_EXITED, 0);
    check_end(run_shell("exit 3", LONG, -1, -1), LJ_PROGRAM_EXITED, 0); /* the kernel threw the status away */
    check_all_dead(run_shell("echo $$; sleep 100", 200, -1, -1), LJ_PROGRAM_TIMED_OUT);
    check_end(run_program("yes"), LJ_PROGRAM_OVERFLOW, 0);
}

static void reap_all(int unused)
{
    int saved = errno;
    (void)unused;
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
    errno = saved;
}

static void handler_reaps_all(void)
{
    int i;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = reap_all;
    sigaction(SIGCHLD, &action, NULL);
    for (i = 0; i < 20; i++) {
        lj_program_result *result = run_shell("echo out", LONG, -1, -1);
        CHECK_OUTPUT(result, "out\n");
        check_end(result, LJ_PROGRAM_EXITED, 0);
    }
    check_all_dead(run_shell("echo $$; sleep 100", 200, -1, -1), LJ_PROGRAM_TIMED_OUT);
}

static void other_children_stay(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(5);
    sleep_milliseconds(50);
    check_end(run_shell("exit 1", LONG, -1, -1), LJ_PROGRAM_EXITED, 1);
    CHECK_NUMBER(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
}

static void nothing(int unused) { (void)unused; }

static void interrupted(void)
{
    struct sigaction action;
    struct itimerval timer = {{0, 700}, {0, 700}}, none = {{0, 0}, {0, 0}};
    lj_program_result *result;
    memset(&action, 0, sizeof action);
    action.sa_handler = nothing;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    result = run_shell("sleep 0.2; echo out; echo errors >&2; exit 9", LONG, -1, -1);
    CHECK_OUTPUT(result, "out\n");
    CHECK_ERRORS(result, "errors\n");
    check_end(result, LJ_PROGRAM_EXITED, 9);
    check_end(run_shell("sleep 100", 200, -1, -1), LJ_PROGRAM_TIMED_OUT, 0);
    setitimer(ITIMER_REAL, &none, NULL);
    no_children_left();
}

static void standard_descriptors_closed(void)
{
    int which, i, kept[3];
    for (i = 0; i < 3; i++)
        kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
    for (which = 1; which < 8; which++) {
        lj_program_result *result;
        for (i = 0; i < 3; i++)
            if (which & 1 << i)
                close(i);
        result = run_shell("cat; echo out; echo errors >&2", LONG, -1, -1);
        for (i = 0; i < 3; i++)
            CHECK_NUMBER(fcntl(i, F_GETFD) == -1, (which & 1 << i) != 0);
        for (i = 0; i < 3; i++)
            dup2(kept[i], i);
        CHECK_OUTPUT(result, "out\n");
        CHECK_ERRORS(result, "errors\n");
        check_end(result, LJ_PROGRAM_EXITED, 0);
    }
}

static void many_runs(void)
{
    int i, before = entries("/proc/self/fd");
    for (i = 0; i < 100; i++) {
        check_end(run_program("true"), LJ_PROGRAM_EXITED, 0);
        check_reason("no-such-program", "there is no such program");
        check_end(run_words("sleep\000100", 2, 1, -1, -1), LJ_PROGRAM_TIMED_OUT, 0);
    }
    CHECK_NUMBER(entries("/proc/self/fd"), before);
    no_children_left();
}

static void *run_some(void *number)
{
    int i;
    for (i = 0; i < 20; i++) {
        char line[64], expected[64];
        lj_program_result *result;
        snprintf(line, sizeof line, "echo %d.%d", *(int *)number, i);
        snprintf(expected, sizeof expected, "%d.%d\n", *(int *)number, i);
        result = run_shell(line, LONG, -1, -1);
        CHECK_NUMBER(result->output_length, (int64_t)strlen(expected));
        CHECK(memcmp(result->output, expected, strlen(expected)) == 0);
        check_end(result, LJ_PROGRAM_EXITED, 0);
    }
    return NULL;
}

static void many_threads(void)
{
    pthread_t threads[8];
    int numbers[8], i, before = entries("/proc/self/fd");
    for (i = 0; i < 8; i++) {
        numbers[i] = i;
        CHECK_NUMBER(pthread_create(&threads[i], NULL, run_some, &numbers[i]), 0);
    }
    for (i = 0; i < 8; i++)
        CHECK_NUMBER(pthread_join(threads[i], NULL), 0);
    CHECK_NUMBER(entries("/proc/self/fd"), before);
    no_children_left();
}

/* For a copy of this program that has more rights than its caller; not in the list. */
static void with_more_rights(void)
{
    check_reason("true", "a process with more rights than its caller runs no programs");
}

static void release_nothing(void) { lj_program_release(NULL); }

int main(int argc, char **argv)
{
    static const test tests[] = {
#define TEST(name) {#name, name}
        TEST(exit_status), TEST(both_streams), TEST(arguments), TEST(killed), TEST(late_output),
        TEST(closes_its_output), TEST(closes_its_output_and_hangs), TEST(missing), TEST(not_executable),
        TEST(no_words), TEST(found_on_path), TEST(no_descriptors), TEST(hangs), TEST(hangs_with_children),
        TEST(is_stopped), TEST(no_time_at_all), TEST(floods_output), TEST(fills_output), TEST(many_errors),
        TEST(floods_errors), TEST(cancelled), TEST(cancelled_in_a_flood), TEST(grandchild_keeps_the_pipe),
        TEST(grandchild_floods), TEST(nothing_to_read), TEST(no_descriptors_of_the_host),
        TEST(signals_as_usual), TEST(session_of_its_own), TEST(environment_of_the_host), TEST(signal_ignored),
        TEST(handler_reaps_all), TEST(other_children_stay), TEST(interrupted),
        TEST(standard_descriptors_closed), TEST(many_runs), TEST(many_threads), TEST(release_nothing),
    };
    if (argc > 1 && strcmp(argv[1], "with_more_rights") == 0) {
        with_more_rights();
        return 0;
    }
    return run_test(tests, sizeof tests / sizeof tests[0], argc, argv);
}
