// The process and its surroundings: environment, files, clocks, random bits.
#ifndef LJ_PROCESS_H
#define LJ_PROCESS_H
#include <stddef.h>
#include <stdint.h>

// The environment: "NAME=value" texts up to a NULL. Without any in a program that runs with more rights
// than its caller (set-uid), whose environment is not to be trusted. Borrowed.
const char *const *lj_environment(void);

// A variable's value, or NULL, as above. Borrowed.
const char *lj_environment_value(const char *name);

// Writes the home directory of the user's password entry; 0 when there is one and it fits.
int lj_home_directory(char *buffer, size_t size);

enum { LJ_FILE_READ = 0, LJ_FILE_ABSENT = 1, LJ_FILE_UNREADABLE = 2, LJ_FILE_DENIED = 3 };

// Reads a whole file of at most `limit` bytes. On LJ_FILE_READ hands over memory for lj_release and its
// length; on LJ_FILE_UNREADABLE a static text that says why. Never blocks on a pipe or a device.
int lj_read_file(const char *path, size_t limit, uint8_t **data, size_t *length, const char **reason);
void lj_release(void *data);

// Writes a file that only its owner can read, whole or not at all: what was there before stays until the
// new one is on the disk. Makes its folder, for its owner alone, where only the last part of that is missing.
// 0, or -1 with a static text that says why. Keeps errno.
int lj_write_file(const char *path, const uint8_t *data, size_t length, const char **reason);

// A static text that says what an errno means for a file.
const char *lj_error_text(int error);

// 1 for a directory, 0 for another file that can be opened for reading, -1 for neither.
int lj_file_kind(const char *path);

int64_t lj_monotonic_ns(void);
int64_t lj_wall_seconds(void);

// Fills two words with random bits.
void lj_random(uint64_t bits[2]);

// The system's release, such as "6.1.0-13-amd64", and architecture, such as "x86_64".
void lj_system(char *release, char *machine, size_t size);

// What belongs to the thread that calls: its errno is put back, and pthread_cancel, which would end the thread in
// the middle of what it does, waits until it leaves.
typedef struct lj_caller {
    int error;
    int cancel_state;
} lj_caller;
lj_caller lj_enter(void);
void lj_leave(lj_caller caller);
#endif
