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

typedef struct lj_program_result {
    int32_t end;
    int32_t status;
    const char *reason;
    uint8_t *output;
    size_t output_length;
    uint8_t *errors;
    size_t errors_length;
} lj_program_result;

// Runs a program in a session of its own, with /dev/null to read, none of this process's descriptors, and
// signals as a shell gives them. `words` are `count` NUL-terminated texts one behind the other: the
// program, which is looked for on PATH unless it has a slash, and its arguments. Returns when it has
// ended, also if children of its live on; when its time is over (`deadline` on the monotonic clock), or one
// of two descriptors (-1: none) is readable, after it was killed with its children.
//
// Result for lj_program_release; NULL when memory is exhausted. Keeps errno.
lj_program_result *lj_program_run(const char *words, size_t count, int64_t deadline, int first, int second);
// Wipes what was read.
void lj_program_release(lj_program_result *result);
#endif
