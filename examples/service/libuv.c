/*
 * libuv - a service on libuv that answers for jobs: one thread, any number of clients, and the library's queue as one
 * uv_poll_t.
 *
 *     jobs-libuv PORT         (0: any; the port is printed)
 *     curl http://127.0.0.1:PORT/my-job-id          the job as JSON, at once
 *     curl http://127.0.0.1:PORT/my-job-id?wait     when it has ended
 *
 * What is special to the library stands in ask(), drain() and answer().
 *
 * Build, in the top folder after `make build`, with Debian's libuv1-dev:
 *
 *     cc -std=gnu99 -Wall -Wextra -Iinclude examples/service/libuv.c -o jobs-libuv -luv -L.build/release -llocjob -Wl,-rpath,"$PWD/.build/release"
 */
#include <locjob.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum state { READING, ASKING, WRITING, GONE };

/* A client of this service. While it is ASKING the queue holds its address as a tag, so it is not released before
 * its result has come out, not even when the client is GONE. */
struct connection {
    uv_tcp_t tcp;
    uv_write_t write;
    enum state state;
    char request[2048];
    size_t length;         /* of the request so far */
    locjob_result *result; /* kept until it was sent: its JSON is sent as it lies there */
    char head[256];
};

static uv_loop_t *loop;
static uv_tcp_t listener;
static uv_poll_t results;
static uv_signal_t ending[2];
static locjob_client *client;
static locjob_queue *queue;

static void closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;

    locjob_free(connection->result);
    free(connection);
}

static void release(struct connection *connection)
{
    if (!uv_is_closing((uv_handle_t *)&connection->tcp))
        uv_close((uv_handle_t *)&connection->tcp, closed);
}

static void written(uv_write_t *write, int status)
{
    (void)status;
    release(write->data);
}

static void send_head_and_json(struct connection *connection)
{
    uv_buf_t buffers[2];

    buffers[0] = uv_buf_init(connection->head, (unsigned)strlen(connection->head));
    buffers[1] = uv_buf_init(NULL, 0);
    if (connection->result != NULL)
        buffers[1] = uv_buf_init((char *)locjob_result_json(connection->result),
                                 (unsigned)locjob_result_json_length(connection->result));
    connection->state = WRITING;
    connection->write.data = connection;
    if (uv_write(&connection->write, (uv_stream_t *)&connection->tcp, buffers, 2, written) != 0)
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
    send_head_and_json(connection);
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

static void queue_ready(uv_poll_t *poll, int status, int events)
{
    (void)poll;
    (void)status;
    (void)events;
    drain();
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
    if (code == LOCJOB_OK) {
        drain(); /* nothing is sent before the queue has its turn */
    } else {     /* no result comes */
        snprintf(connection->head, sizeof connection->head, "HTTP/1.0 400 %s\r\nContent-Length: 0\r\n\r\n",
                 locjob_code_name(code));
        send_head_and_json(connection);
    }
}

static void room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct connection *connection = handle->data;

    (void)suggested;
    *buffer = uv_buf_init(connection->request + connection->length,
                          (unsigned)(sizeof connection->request - 1 - connection->length));
}

static void readable(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
    struct connection *connection = stream->data;

    (void)buffer;
    if (got == 0)
        return;
    if (connection->state == ASKING) { /* it has left, or says more than it was asked for */
        uv_read_stop(stream);
        connection->state = GONE;
        locjob_queue_cancel(queue, (uint64_t)(uintptr_t)connection);
        drain();
    } else if (connection->state == READING && got > 0) {
        connection->length += (size_t)got;
        connection->request[connection->length] = '\0';
        if (strstr(connection->request, "\r\n\r\n") != NULL)
            ask(connection);
    } else { /* it has left, or there is no room for more */
        release(connection);
    }
}

static void connected(uv_stream_t *stream, int status)
{
    struct connection *connection = status == 0 ? calloc(1, sizeof *connection) : NULL;

    if (connection == NULL)
        return;
    uv_tcp_init(loop, &connection->tcp);
    connection->tcp.data = connection;
    if (uv_accept(stream, (uv_stream_t *)&connection->tcp) != 0 ||
        uv_read_start((uv_stream_t *)&connection->tcp, room, readable) != 0)
        release(connection);
}

/* The poll ends before the queue, whose descriptor it watches. */
static void poll_closed(uv_handle_t *handle)
{
    (void)handle;
    locjob_client_free(client); /* ends what is in the queue: who is asking is told so */
    drain();
    locjob_queue_free(queue);
}

/* Clients that have not asked yet would keep the loop alive. */
static void leave(uv_handle_t *handle, void *unused)
{
    struct connection *connection = handle->data;

    (void)unused;
    if (handle->type == UV_TCP && connection != NULL && connection->state == READING)
        release(connection);
}

static void end(uv_signal_t *signal, int number)
{
    (void)signal;
    (void)number;
    uv_walk(loop, leave, NULL);
    uv_close((uv_handle_t *)&ending[0], NULL);
    uv_close((uv_handle_t *)&ending[1], NULL);
    uv_close((uv_handle_t *)&listener, NULL);
    uv_close((uv_handle_t *)&results, poll_closed);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address;
    struct sockaddr_storage bound;
    int length = sizeof bound;
    locjob_result *failure = locjob_client_new(NULL, &client);

    if (failure == NULL)
        failure = locjob_queue_new(client, &queue);
    if (queue == NULL) {
        fprintf(stderr, "jobs-libuv: %s\n", locjob_result_message(failure));
        locjob_free(failure);
        locjob_client_free(client);
        return 1;
    }
    loop = uv_default_loop();
    uv_poll_init(loop, &results, locjob_queue_fd(queue));
    uv_poll_start(&results, UV_READABLE, queue_ready);
    uv_signal_init(loop, &ending[0]);
    uv_signal_init(loop, &ending[1]);
    uv_signal_start(&ending[0], end, SIGINT);
    uv_signal_start(&ending[1], end, SIGTERM);

    uv_tcp_init(loop, &listener);
    uv_ip4_addr("127.0.0.1", argc > 1 ? atoi(argv[1]) : 0, &address);
    if (uv_tcp_bind(&listener, (const struct sockaddr *)&address, 0) != 0 ||
        uv_listen((uv_stream_t *)&listener, 128, connected) != 0 ||
        uv_tcp_getsockname(&listener, (struct sockaddr *)&bound, &length) != 0) {
        fprintf(stderr, "jobs-libuv: the port cannot be had\n");
        return 1;
    }
    printf("http://127.0.0.1:%d\n", ntohs(((struct sockaddr_in *)&bound)->sin_port));
    fflush(stdout);
    uv_run(loop, UV_RUN_DEFAULT);
    return uv_loop_close(loop) != 0;
}
