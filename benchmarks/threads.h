/* Runs so many calls on so many threads, each with what is its own, and reports them as one. */
#ifndef THREADS_H
#define THREADS_H

#include <pthread.h>

#include "measure.h"

struct thread {
    long calls;
    void (*get)(void *own);
    void *own;
    pthread_barrier_t *gate;
    pthread_t id;
};

static void *run_thread(void *argument)
{
    struct thread *thread = argument;
    long i;

    thread->get(thread->own); /* opens the connection, which is kept */
    pthread_barrier_wait(thread->gate);
    pthread_barrier_wait(thread->gate);
    for (i = 0; i < thread->calls; i++)
        thread->get(thread->own);
    pthread_barrier_wait(thread->gate);
    return NULL;
}

/* `owns` holds what each thread calls `get` with. */
static inline void run_threads(long count, long calls, void (*get)(void *own), void **owns)
{
    struct thread *threads = calloc((size_t)count, sizeof *threads);
    pthread_barrier_t gate;
    struct moment begin;
    long i;

    pthread_barrier_init(&gate, NULL, (unsigned)count + 1);
    for (i = 0; i < count; i++) {
        threads[i].calls = calls / count;
        threads[i].get = get;
        threads[i].own = owns[i];
        threads[i].gate = &gate;
        if (pthread_create(&threads[i].id, NULL, run_thread, &threads[i]) != 0)
            exit(1);
    }
    pthread_barrier_wait(&gate);
    begin = moment_now();
    pthread_barrier_wait(&gate);
    pthread_barrier_wait(&gate);
    report(begin, calls / count * count);
    for (i = 0; i < count; i++)
        pthread_join(threads[i].id, NULL);
    pthread_barrier_destroy(&gate);
    free(threads);
}

#endif
