/* Look-ups of names that hang, and the end of libcurl's threads, which make them. */
#ifndef LOOKUPS_H
#define LOOKUPS_H

#include "outside.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>

enum { PATIENCE_MS = 20000 }; /* for what others have to end: far above what it takes */

/* This program's own getaddrinfo is found before the system's, by libcurl too. With a name that has "hang" in it, it
 * does not come back before it is let go. */

static pthread_mutex_t lookups = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t let_go = PTHREAD_COND_INITIALIZER;
static int releases;
static long hung;

int getaddrinfo(const char *name, const char *port, const struct addrinfo *hints, struct addrinfo **found)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    int seen;

    if (name == NULL || strstr(name, "hang") == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
        return real(name, port, hints, found);
    }
    pthread_mutex_lock(&lookups);
    seen = releases;
    hung++;
    while (seen == releases)
        pthread_cond_wait(&let_go, &lookups);
    pthread_mutex_unlock(&lookups);
    return EAI_AGAIN;
}

/* Lets look-ups go until their threads, which are libcurl's, have ended. */
static void await_threads(int expected)
{
    int64_t latest = milliseconds_now() + PATIENCE_MS;

    while (threads_alive() > expected) {
        CHECK(milliseconds_now() < latest); /* a thread was left behind */
        pthread_mutex_lock(&lookups);
        releases++;
        pthread_cond_broadcast(&let_go);
        pthread_mutex_unlock(&lookups);
        sleep_milliseconds(1);
    }
}

#endif
