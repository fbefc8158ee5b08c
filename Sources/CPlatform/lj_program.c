#define _GNU_SOURCE
#include "lj_program.h"

#include "lj_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum {
    // How often a program that is silent is looked at, in milliseconds: its end makes no descriptor
    // readable while a child of its keeps the pipes.
    LOOK_INTERVAL = 10,
    // How long a killed program may take to be gone. What has taken on another user's rights (sudo) cannot
    // be killed, and one inside a dead file system does not go: neither must hold up the caller.
    LONGEST_DEATH = 2000,
    // Reads of one stream before anything else is looked at.
    READS_AT_ONCE = 64,
};

// One of the program's streams.
typedef struct stream {
    int descriptor;  // -1 once the other end is closed
    uint8_t *data;
    size_t length, limit;
    int is_too_long;
} stream;

// ---- starting

// A pipe that is read without waiting. In a host that has closed its standard descriptors the ends may be
// those: the lower one is for reading, so that neither is overwritten in the program before it is used.
static int make_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    return fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 ? errno : 0;
}

static void close_end(int *end) {
    if (*end >= 0) close(*end);
    *end = -1;
}

static int spawn(pid_t *pid, char **arguments, int output, int errors) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    // A session: a program that would ask on the terminal is told that there is none, instead of being
    // stopped for asking from the background.
    const short flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if ((error = posix_spawnattr_setflags(&attributes, flags)) == 0 &&
        (error = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
        (error = posix_spawnattr_setsigdefault(&attributes, &all)) == 0 &&
        (error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)) == 0 &&
        (error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)) == 0 &&
        (error = posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)) == 0 &&
        (error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)) == 0)
        error = posix_spawnp(pid, arguments[0], &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static const char *reason_for(int error) {
    switch (error) {
        case ENOENT: return "there is no such program";
        case ENOEXEC: return "it is not a program for this machine";
        case E2BIG: return "its arguments are too long";
        case EAGAIN: return "too many processes";
        default: return lj_error_text(error);
    }
}

// ---- reading

// Reads what there is.
static void drain(stream *from) {
    uint8_t beyond[4096];
    for (int i = 0; i < READS_AT_ONCE && from->descriptor >= 0; i++) {
        size_t room = from->limit - from->length;
        uint8_t *to = room > 0 ? from->data + from->length : beyond;
        ssize_t got = read(from->descriptor, to, room > 0 ? room : sizeof beyond);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            close_end(&from->descriptor);
        } else if (room > 0) {
            from->length += (size_t)got;
        } else {
            from->is_too_long = 1;
            explicit_bzero(beyond, sizeof beyond);
        }
    }
}

// Reads both streams until the program has ended. Returns how its run ended.
static int32_t watch(pid_t pid, stream *output, stream *errors, int64_t deadline, int first, int second) {
    for (;;) {
        siginfo_t info;
        // Looked at before the last reading, so that nothing is missed. It stays to be reaped: until then
        // nobody else gets its number. An error means that the host has reaped it, or asked the kernel to.
        info.si_pid = 0;
        int is_known = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
        int has_ended = is_known ? info.si_pid == pid : errno != EINTR;
        drain(output);
        drain(errors);
        if (output->is_too_long) return LJ_PROGRAM_OVERFLOW;
        if (has_ended) return LJ_PROGRAM_EXITED;
        int64_t now = lj_monotonic_ns();
        if (now >= deadline) return LJ_PROGRAM_TIMED_OUT;
        int64_t left = (deadline - now) / 1000000 + 1;
        struct pollfd polled[4] = {
            {.fd = first, .events = POLLIN},
            {.fd = second, .events = POLLIN},
            {.fd = output->descriptor, .events = POLLIN},
            {.fd = errors->descriptor, .events = POLLIN},
        };
        poll(polled, 4, left < LOOK_INTERVAL ? (int)left : LOOK_INTERVAL);
        if (polled[0].revents || polled[1].revents) return LJ_PROGRAM_CANCELLED;
    }
}

// ---- ending

// Waits for the end of a program that has ended or was killed, and takes its status. 0 is what becomes of
// a status that the host has taken, or told the kernel to throw away, as in CPython's subprocess.
static int reap(pid_t pid) {
    int64_t latest = lj_monotonic_ns() + (int64_t)LONGEST_DEATH * 1000000;
    for (;;) {
        int status = 0;
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid) return status;
        if (ended < 0 && errno != EINTR) return 0;
        if (lj_monotonic_ns() >= latest) return 0;
        poll(NULL, 0, 1);
    }
}

static void run(lj_program_result *result, char **arguments, int64_t deadline, int first, int second) {
    int output[2] = {-1, -1}, errors[2] = {-1, -1};
    pid_t pid = -1;
    int error = make_pipe(output);
    if (error == 0) error = make_pipe(errors);
    if (error == 0) error = spawn(&pid, arguments, output[1], errors[1]);
    close_end(&output[1]);
    close_end(&errors[1]);
    if (error == 0) {
        stream from_output = {.descriptor = output[0], .data = result->output, .limit = LJ_PROGRAM_OUTPUT};
        stream from_errors = {.descriptor = errors[0], .data = result->errors, .limit = LJ_PROGRAM_ERRORS};
        result->end = watch(pid, &from_output, &from_errors, deadline, first, second);
        output[0] = from_output.descriptor;
        errors[0] = from_errors.descriptor;
        result->output_length = from_output.length;
        result->errors_length = from_errors.length;
        if (result->end != LJ_PROGRAM_EXITED) kill(-pid, SIGKILL);
        int status = reap(pid);
        if (result->end == LJ_PROGRAM_EXITED) {
            if (WIFSIGNALED(status)) result->end = LJ_PROGRAM_SIGNALLED;
            result->status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
        }
    } else {
        result->end = LJ_PROGRAM_NOT_RUN;
        result->reason = reason_for(error);
    }
    close_end(&output[0]);
    close_end(&errors[0]);
}

lj_program_result *lj_program_run(const char *words, size_t count, int64_t deadline, int first, int second) {
    int saved = errno;
    lj_program_result *result = malloc(sizeof *result + LJ_PROGRAM_OUTPUT + LJ_PROGRAM_ERRORS);
    char **arguments = calloc(count + 1, sizeof *arguments);
    if (!result || !arguments) {
        free(result);
        free(arguments);
        errno = saved;
        return NULL;
    }
    result->end = LJ_PROGRAM_NOT_RUN;
    result->status = 0;
    result->reason = "";
    result->output = (uint8_t *)(result + 1);
    result->errors = result->output + LJ_PROGRAM_OUTPUT;
    result->output_length = result->errors_length = 0;
    for (size_t i = 0; i < count; i++) {
        arguments[i] = (char *)words;
        words += strlen(words) + 1;
    }
    if (count == 0) {
        result->reason = reason_for(ENOENT);
    } else if (getauxval(AT_SECURE)) {
        // Whoever started a set-uid program must not choose what its rights are lent to.
        result->reason = "a process with more rights than its caller runs no programs";
    } else {
        run(result, arguments, deadline, first, second);
    }
    free(arguments);
    errno = saved;
    return result;
}

void lj_program_release(lj_program_result *result) {
    if (!result) return;
    explicit_bzero(result->output, result->output_length);
    explicit_bzero(result->errors, result->errors_length);
    free(result);
}
