// A mutex for state that threads share.
#ifndef LJ_LOCK_H
#define LJ_LOCK_H
typedef struct lj_lock lj_lock;
lj_lock *lj_lock_new(void);  // NULL when memory is exhausted
void lj_lock_free(lj_lock *lock);
void lj_lock_acquire(lj_lock *lock);
void lj_lock_release(lj_lock *lock);
#endif
