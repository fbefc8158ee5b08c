/* The floor for many requests at once: libcurl's multi interface alone, one handle for each request that is queued,
 * at most so many connections, headers that were made beforehand; either driven by curl_multi_perform and curl_multi_poll, as libcurl's
 * examples do, or by curl_multi_socket_action on epoll; "signed" is the latter with libcurl's own signature
 * (CURLOPT_AWS_SIGV4).
 *
 *     floor_multi URL CALLS USER_AGENT QUEUED CONNECTIONS poll|epoll|signed
 */
#define _XOPEN_SOURCE 700

#include <sys/epoll.h>

#include "measure.h"
#include "request.h"

static CURLM *multi;
static int epoll_fd = -1;
static long timeout_ms = -1;
static long to_begin, to_answer;

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *known)
{
    struct epoll_event event;

    (void)easy;
    (void)user;
    memset(&event, 0, sizeof event);
    event.data.fd = socket;
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, socket, &event);
    } else {
        epoll_ctl(epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
        curl_multi_assign(multi, socket, &epoll_fd);
    }
    return 0;
}

static int on_timer(CURLM *handle, long milliseconds, void *user)
{
    (void)handle;
    (void)user;
    timeout_ms = milliseconds;
    return 0;
}

static void begin(CURL *handle)
{
    struct body *body;

    if (to_begin == 0)
        return;
    to_begin--;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &body);
    body->length = 0;
    curl_multi_add_handle(multi, handle);
}

/* Begins a request anew for each that has been answered. */
static void take_answers(void)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        CURL *handle = message->easy_handle;

        check_answer(handle, message->data.result);
        curl_multi_remove_handle(multi, handle);
        to_answer--;
        begin(handle);
    }
}

static void perform_and_poll(void)
{
    int running;

    curl_multi_perform(multi, &running);
    take_answers();
    if (to_answer > 0)
        curl_multi_poll(multi, NULL, 0, 1000, NULL);
}

static void act_on_events(void)
{
    struct epoll_event events[128];
    int running, count, i;

    count = epoll_wait(epoll_fd, events, 128, timeout_ms < 0 || timeout_ms > 1000 ? 1000 : (int)timeout_ms);
    for (i = 0; i < count; i++)
        curl_multi_socket_action(multi, events[i].data.fd,
                                 (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                                     (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0),
                                 &running);
    if (timeout_ms == 0 || count == 0) {
        timeout_ms = -1;
        curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    take_answers();
}

static void get(CURL **handles, long queued, long calls)
{
    long i;

    to_begin = to_answer = calls;
    for (i = 0; i < queued; i++)
        begin(handles[i]);
    while (to_answer > 0)
        if (epoll_fd < 0)
            perform_and_poll();
        else
            act_on_events();
}

int main(int argc, char **argv)
{
    struct curl_slist *headers;
    struct body *bodies;
    CURL **handles;
    struct moment begun;
    long calls, queued, connections, i;
    int signs;

    if (argc != 7)
        return 2;
    calls = atol(argv[2]);
    queued = atol(argv[4]);
    connections = atol(argv[5]);
    signs = strcmp(argv[6], "signed") == 0;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    headers = request_headers(argv[3], signs);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
    curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
    if (strcmp(argv[6], "poll") != 0) {
        epoll_fd = epoll_create1(0);
        curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    }
    handles = calloc((size_t)queued, sizeof *handles);
    bodies = calloc((size_t)queued, sizeof *bodies);
    for (i = 0; i < queued; i++) {
        handles[i] = new_request(argv[1], headers, &bodies[i], signs);
        curl_easy_setopt(handles[i], CURLOPT_PRIVATE, &bodies[i]);
    }

    get(handles, queued, queued); /* opens the connections, which are kept */
    begun = moment_now();
    get(handles, queued, calls);
    report(begun, calls);

    for (i = 0; i < queued; i++)
        curl_easy_cleanup(handles[i]);
    curl_multi_cleanup(multi);
    free(handles);
    free(bodies);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    return 0;
}
