/*
 * epoll - a service with an event loop of its own, as nginx has one, that answers for jobs: one thread, any number of
 * clients, and the library's queue as one descriptor more.
 *
 *     jobs-epoll PORT         (0: any; the port is printed)
 *     curl http://127.0.0.1:PORT/my-job-id          the job as JSON, at once
 *     curl http://127.0.0.1:PORT/my-job-id?wait     when it has ended
 *
 * What is special to the library stands in ask(), drain() and answer(); the rest is what such a service has anyway. It
 * speaks as much HTTP as it takes to show that.
 *
 * Build, in the top folder after `make build`:
 *
 *     cc -std=c99 -Wall -Wextra -pedantic -Iinclude examples/service/epoll.c -o jobs-epoll -L.build/release -llocjob -Wl,-rpath,"$PWD/.build/release"
 */
#define _GNU_SOURCE /* accept4, memmem */

#include <locjob.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Whatever has a descriptor in the loop begins with this. */
struct event {
    int fd;
    void (*ready)(struct event *event, uint32_t events);
};

enum state { READING, ASKING, WRITING, GONE };

/* A client of this service. While it is ASKING the queue holds its address as a tag, so it is not released before
 * its result has come out, not even when the client is GONE. */
struct connection {
    struct event event;
    enum state state;
    char request[2048];
    size_t length;         /* of the request so far */
    locjob_result *result; /* kept until it was sent: its JSON is sent as it lies there */
    char head[256];
    size_t sent; /* of head and JSON together */
};

static int epoll;
static int running = 1;
static locjob_queue *queue;

static void watch(struct event *event, int operation, uint32_t events)
{
    struct epoll_event wanted = {0};

    wanted.events = events;
    wanted.data.ptr = event;
    if (epoll_ctl(epoll, operation, event->fd, &wanted) != 0) {
        perror("epoll_ctl");
        exit(1);
    }
}

static void release(struct connection *connection)
{
    if (connection->event.fd >= 0)
        close(connection->event.fd);
    locjob_free(connection->result);
    free(connection);
}

/* Sends what is left; the loop comes back when the client can take more. */
static void write_on(struct connection *connection)
{
    size_t head = strlen(connection->head);
    size_t whole = head + locjob_result_json_length(connection->result);

    while (connection->sent < whole) {
        const char *from = connection->head + connection->sent;
        size_t length = head - connection->sent;
        ssize_t sent;

        if (connection->sent >= head) {
            from = locjob_result_json(connection->result) + (connection->sent - head);
            length = whole - connection->sent;
        }
        sent = send(connection->event.fd, from, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            watch(&connection->event, EPOLL_CTL_MOD, EPOLLOUT);
            return;
        }
        if (sent < 0)
            break;
        connection->sent += (size_t)sent;
    }
    release(connection);
}

/* The result has come, a failure as JSON too. From here on it belongs to the connection. */
static void answer(struct connection *connection, locjob_result *result)
{
    int status = 200;

    if (locjob_result_job(result) == NULL) {
        status = locjob_result_http_status(result);
        if (status < 400)
            status = locjob_result_code(result) == LOCJOB_DEADLINE_EXCEEDED ? 504 : 502;
    }
    snprintf(connection->head, sizeof connection->head,
             "HTTP/1.0 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", status,
             locjob_code_name(locjob_result_code(result)), locjob_result_json_length(result));
    connection->result = result;
    connection->state = WRITING;
    write_on(connection);
}

/* Gives the queue its turn, and each result to whoever asked for it. */
static void drain(void)
{
    locjob_result *result;

    while ((result = locjob_queue_next(queue, 0)) != NULL) {
        struct connection *connection = (struct connection *)(uintptr_t)locjob_result_tag(result);

        if (connection->state == GONE) {
            locjob_free(result);
            release(connection);
        } else {
            answer(connection, result);
        }
    }
}

/* Hands the job of a whole request to the queue: "GET /my-job-id HTTP/1.1", with or without "?wait". */
static void ask(struct connection *connection)
{
    char job_id[sizeof connection->request], query[8] = "";
    uint64_t tag = (uint64_t)(uintptr_t)connection;
    locjob_code code = LOCJOB_INVALID_JOB_ID;

    if (sscanf(connection->request, "GET /%2047[^? ]%7[^ ] HTTP", job_id, query) >= 1)
        code = strcmp(query, "?wait") == 0 ? locjob_queue_wait(queue, job_id, tag)
                                           : locjob_queue_get(queue, job_id, tag);
    connection->state = ASKING;
    if (code != LOCJOB_OK) { /* no result comes */
        snprintf(connection->head, sizeof connection->head, "HTTP/1.0 400 %s\r\nContent-Length: 0\r\n\r\n",
                 locjob_code_name(code));
        send(connection->event.fd, connection->head, strlen(connection->head), MSG_NOSIGNAL);
        release(connection);
    }
}

static void connection_ready(struct event *event, uint32_t events)
{
    struct connection *connection = (struct connection *)event;
    ssize_t got;

    (void)events;
    if (connection->state == WRITING) {
        write_on(connection);
        return;
    }
    got = recv(event->fd, connection->request + connection->length,
               sizeof connection->request - 1 - connection->length, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (connection->state == ASKING) { /* it has left, or says more than it was asked for */
        close(event->fd);
        event->fd = -1;
        connection->state = GONE;
        locjob_queue_cancel(queue, (uint64_t)(uintptr_t)connection);
        return;
    }
    if (got <= 0) { /* or there is no room for more */
        release(connection);
        return;
    }
    connection->length += (size_t)got;
    if (memmem(connection->request, connection->length, "\r\n\r\n", 4) != NULL)
        ask(connection);
}

static void listener_ready(struct event *event, uint32_t events)
{
    int fd = accept4(event->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct connection *connection;

    (void)events;
    if (fd < 0)
        return;
    connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        close(fd);
        return;
    }
    connection->event.fd = fd;
    connection->event.ready = connection_ready;
    watch(&connection->event, EPOLL_CTL_ADD, EPOLLIN);
}

/* The loop drains the queue in each of its turns; the descriptor's part is to have a turn begin. */
static void queue_ready(struct event *event, uint32_t events)
{
    (void)event;
    (void)events;
}

static void signal_ready(struct event *event, uint32_t events)
{
    (void)event;
    (void)events;
    running = 0;
}

static int listen_on(int port)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
        perror("listen");
        exit(1);
    }
    printf("http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static int signals(void)
{
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    return signalfd(-1, &ends, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
    struct event listener = {-1, listener_ready}, ending = {-1, signal_ready}, results = {-1, queue_ready};
    locjob_client *client;
    locjob_result *failure = locjob_client_new(NULL, &client);

    if (failure == NULL)
        failure = locjob_queue_new(client, &queue);
    if (queue == NULL) {
        fprintf(stderr, "jobs-epoll: %s\n", locjob_result_message(failure));
        locjob_free(failure);
        locjob_client_free(client);
        return 1;
    }
    epoll = epoll_create1(EPOLL_CLOEXEC);
    results.fd = locjob_queue_fd(queue);
    ending.fd = signals();
    listener.fd = listen_on(argc > 1 ? atoi(argv[1]) : 0);
    watch(&results, EPOLL_CTL_ADD, EPOLLIN);
    watch(&ending, EPOLL_CTL_ADD, EPOLLIN);
    watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
    while (running) {
        struct epoll_event events[64];
        int i, count = epoll_wait(epoll, events, 64, -1);

        for (i = 0; i < count; i++) {
            struct event *event = events[i].data.ptr;

            event->ready(event, events[i].events);
        }
        drain();
    }
    /* Who is asking gets no answer any more, but is told so. */
    locjob_client_free(client);
    drain();
    locjob_queue_free(queue);
    close(listener.fd);
    close(ending.fd);
    close(epoll);
    return 0;
}
