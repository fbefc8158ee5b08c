/* Counts the instructions that a program executes between its two marks (measure.h), on this machine's own processor,
 * by stepping through them one by one: slow, exact, and with the SHA instructions that valgrind's processor lacks.
 *
 *     steps PROGRAM ARGUMENT...
 */
#define _DEFAULT_SOURCE

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Lets the program go on, by one instruction or freely, to its next stop; returns the signal it stopped for. */
static int resume(pid_t program, enum __ptrace_request how, int signal_number)
{
    int status;

    if (ptrace(how, program, NULL, (void *)(long)signal_number) != 0)
        fail("ptrace");
    if (waitpid(program, &status, 0) != program)
        fail("waitpid");
    if (!WIFSTOPPED(status)) {
        fprintf(stderr, "steps: the program ended before its second mark\n");
        exit(1);
    }
    return WSTOPSIG(status);
}

int main(int argc, char **argv)
{
    long long steps = 0;
    int stop = 0, status;
    pid_t program;

    if (argc < 2)
        return 2;
    setenv(MARKED, "1", 1);
    program = fork();
    if (program == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execvp(argv[1], argv + 1);
        fail(argv[1]);
    }
    if (program < 0 || waitpid(program, &status, 0) != program)
        fail("fork");
    do {
        stop = resume(program, PTRACE_CONT, stop == SIGTRAP ? 0 : stop);
    } while (stop != MARK);
    for (stop = 0; stop != MARK; steps++)
        stop = resume(program, PTRACE_SINGLESTEP, stop == SIGTRAP ? 0 : stop);
    kill(program, SIGKILL);
    waitpid(program, &status, 0);
    printf("%lld\n", steps);
    return 0;
}
