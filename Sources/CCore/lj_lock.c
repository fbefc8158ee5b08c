#include "lj_lock.h"

#include <pthread.h>
#include <stdlib.h>

struct lj_lock {
    pthread_mutex_t mutex;
};

lj_lock *lj_lock_new(void) {
    lj_lock *lock = malloc(sizeof *lock);
    if (lock && pthread_mutex_init(&lock->mutex, NULL) != 0) {
        free(lock);
        lock = NULL;
    }
    return lock;
}

void lj_lock_free(lj_lock *lock) {
    if (!lock) return;
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void lj_lock_acquire(lj_lock *lock) {
    if (lock) pthread_mutex_lock(&lock->mutex);
}

void lj_lock_release(lj_lock *lock) {
    if (lock) pthread_mutex_unlock(&lock->mutex);
}
