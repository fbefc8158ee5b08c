// Running a program, without a shell, and reading what it writes.
#ifndef LJ_PROGRAM_H
#define LJ_PROGRAM_H
#include <stddef.h>
#include <stdint.h>

// How a program's run ended.
enum {
    LJ_PROGRAM_EXITED = 0,     // `status` is its exit status
    LJ_PROGRAM_SIGNALLED = 1,  // `status` is the signal that ended it
    LJ_PROGRAM_NOT_RUN = 2,    // `reason` is a static text that says why
    LJ_PROGRAM_OVERFLOW = 3,   // it wrote more than is read, and was killed
    LJ_PROGRAM_TIMED_OUT = 4,  // the deadline came, and it was killed
    LJ_PROGRAM_CANCELLED = 5,  // an event was signalled, and it was killed
};

// The most that is read of a program's output, and kept of what it writes as errors.
enum { LJ_PROGRAM_OUTPUT = 65536, LJ_PROGRAM_ERRORS = 4096 };

// How many milliseconds a killed program may take to be gone. What has taken on another user's rights (sudo) cannot be
// killed, and one inside a dead file system does not go: neither must hold up the caller.
enum { LJ_PROGRAM_LONGEST_DEATH = 2000 };

typedef struct lj_program_result {
    int32_t end;
    int32_t status;
    const char *reason;
    uint8_t *output;
    size_t output_length;
    uint8_t *errors;
    size_t errors_length;
} lj_program_result;

// A program that was started, in a session of its own, with /dev/null to read, none of this process's
// descriptors, and signals as a shell gives them. All keep errno.
typedef struct lj_program lj_program;
// Starts a program. `words` are `count` NUL-terminated texts one behind the other: the program, which is looked for
// on PATH unless it has a slash, and its arguments. NULL when memory is exhausted.
lj_program *lj_program_start(const char *words, size_t count);
// Reads what it has written; 1 when it has ended, also if children of its live on, or was not run, or wrote too
// much; 0 while it is running. To be called every few milliseconds: its end makes no descriptor readable.
int lj_program_look(lj_program *program);
// How its run ended; one that is still running is killed with its children, and has ended as `otherwise`. Replaces
// the program: the result is for lj_program_release. Waits until it is gone; with `left`, for some 200 ms,
// and `left` receives the number of one that is not, and is to be asked for by lj_program_is_gone; -1 for none.
lj_program_result *lj_program_end(lj_program *program, int32_t otherwise, int32_t *left);
int lj_program_is_gone(int32_t pid);
// Waits until it is gone.
void lj_program_reap(int32_t pid);

// Runs a program to its end; until its time is over (`deadline` on the monotonic clock), or until one of two
// descriptors (-1: none) is readable. Result for lj_program_release; NULL when memory is exhausted.
lj_program_result *lj_program_run(const char *words, size_t count, int64_t deadline, int first, int second);
// Wipes what was read.
void lj_program_release(lj_program_result *result);
#endif
