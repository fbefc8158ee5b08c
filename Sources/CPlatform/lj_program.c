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
    USUAL_DEATH = 200,  // milliseconds, on a busy machine
    // How often a program that is silent is looked at, in milliseconds: its end makes no descriptor
    // readable while a child of its keeps the pipes.
    LOOK_INTERVAL = 10,
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

struct lj_program {
    lj_program_result result;  // first: it is handed over as it is
    pid_t pid;                 // -1 for one that was not run
    int has_ended;
    stream output, errors;
    uint8_t output_data[LJ_PROGRAM_OUTPUT], errors_data[LJ_PROGRAM_ERRORS];
};

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

// ---- ending

// Whether a program that has ended or was killed is gone, and its status. 0 is what becomes of a status that the
// host has taken, or told the kernel to throw away, as in CPython's subprocess.
static int is_gone(pid_t pid, int *status) {
    *status = 0;
    pid_t ended = waitpid(pid, status, WNOHANG);
    return ended == pid || (ended < 0 && errno != EINTR);
}

// Waits so long at the most for one to be gone: whether it is, and its status.
static int reap(pid_t pid, int64_t milliseconds, int *status) {
    int64_t latest = lj_monotonic_ns() + milliseconds * 1000000;
    int gone;
    while (!(gone = is_gone(pid, status)) && lj_monotonic_ns() < latest) poll(NULL, 0, 1);
    return gone;
}

int lj_program_is_gone(int32_t pid) {
    int saved = errno, status;
    int gone = is_gone(pid, &status);
    errno = saved;
    return gone;
}

void lj_program_reap(int32_t pid) {
    int saved = errno, status;
    reap(pid, LJ_PROGRAM_LONGEST_DEATH, &status);
    errno = saved;
}

// ---- a run

static void start(lj_program *program, char **arguments) {
    int output[2] = {-1, -1}, errors[2] = {-1, -1};
    int error = make_pipe(output);
    if (error == 0) error = make_pipe(errors);
    if (error == 0) error = spawn(&program->pid, arguments, output[1], errors[1]);
    close_end(&output[1]);
    close_end(&errors[1]);
    program->output.descriptor = output[0];
    program->errors.descriptor = errors[0];
    if (error == 0) return;
    program->pid = -1;
    program->result.reason = reason_for(error);
}

lj_program *lj_program_start(const char *words, size_t count) {
    int saved = errno;
    lj_program *program = malloc(sizeof *program);
    char **arguments = calloc(count + 1, sizeof *arguments);
    if (!program || !arguments) {
        free(program);
        free(arguments);
        errno = saved;
        return NULL;
    }
    memset(&program->result, 0, sizeof program->result);
    program->result.end = LJ_PROGRAM_NOT_RUN;
    program->result.reason = "";
    program->pid = -1;
    program->has_ended = 0;
    program->output = (stream){.descriptor = -1, .data = program->output_data, .limit = LJ_PROGRAM_OUTPUT};
    program->errors = (stream){.descriptor = -1, .data = program->errors_data, .limit = LJ_PROGRAM_ERRORS};
    for (size_t i = 0; i < count; i++) {
        arguments[i] = (char *)words;
        words += strlen(words) + 1;
    }
    if (count == 0) {
        program->result.reason = reason_for(ENOENT);
    } else if (getauxval(AT_SECURE)) {
        // Whoever started a set-uid program must not choose what its rights are lent to.
        program->result.reason = "a process with more rights than its caller runs no programs";
    } else {
        start(program, arguments);
    }
    free(arguments);
    errno = saved;
    return program;
}

int lj_program_look(lj_program *program) {
    if (program->pid < 0) return 1;
    int saved = errno;
    siginfo_t info;
    // Looked at before the last reading, so that nothing is missed. It stays to be reaped: until then
    // nobody else gets its number. An error means that the host has reaped it, or asked the kernel to.
    info.si_pid = 0;
    int is_known = waitid(P_PID, (id_t)program->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
    program->has_ended = is_known ? info.si_pid == program->pid : errno != EINTR;
    drain(&program->output);
    drain(&program->errors);
    errno = saved;
    return program->has_ended || program->output.is_too_long;
}

lj_program_result *lj_program_end(lj_program *program, int32_t otherwise, int32_t *left) {
    int saved = errno, status = 0;
    if (left) *left = -1;
    lj_program_result *result = &program->result;
    if (program->pid >= 0) {
        result->end = program->output.is_too_long ? LJ_PROGRAM_OVERFLOW
                      : program->has_ended        ? LJ_PROGRAM_EXITED
                                                  : otherwise;
        if (result->end != LJ_PROGRAM_EXITED) kill(-program->pid, SIGKILL);
        // Most go at once.
        if (!reap(program->pid, left ? USUAL_DEATH : LJ_PROGRAM_LONGEST_DEATH, &status) && left) *left = program->pid;
        if (result->end == LJ_PROGRAM_EXITED) {
            if (WIFSIGNALED(status)) result->end = LJ_PROGRAM_SIGNALLED;
            result->status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
        }
    }
    close_end(&program->output.descriptor);
    close_end(&program->errors.descriptor);
    result->output = program->output_data;
    result->errors = program->errors_data;
    result->output_length = program->output.length;
    result->errors_length = program->errors.length;
    errno = saved;
    return result;
}

lj_program_result *lj_program_run(const char *words, size_t count, int64_t deadline, int first, int second) {
    int saved = errno;
    lj_program *program = lj_program_start(words, count);
    if (!program) return NULL;
    int32_t otherwise = LJ_PROGRAM_TIMED_OUT;
    while (!lj_program_look(program)) {
        int64_t now = lj_monotonic_ns();
        if (now >= deadline) break;
        int64_t left = (deadline - now) / 1000000 + 1;
        struct pollfd polled[4] = {
            {.fd = first, .events = POLLIN},
            {.fd = second, .events = POLLIN},
            {.fd = program->output.descriptor, .events = POLLIN},
            {.fd = program->errors.descriptor, .events = POLLIN},
        };
        poll(polled, 4, left < LOOK_INTERVAL ? (int)left : LOOK_INTERVAL);
        if (polled[0].revents || polled[1].revents) {
            otherwise = LJ_PROGRAM_CANCELLED;
            break;
        }
    }
    errno = saved;
    return lj_program_end(program, otherwise, NULL);
}

void lj_program_release(lj_program_result *result) {
    if (!result) return;
    explicit_bzero(result->output, result->output_length);
    explicit_bzero(result->errors, result->errors_length);
    free(result);
}
