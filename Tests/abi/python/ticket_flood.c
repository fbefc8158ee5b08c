/* A TLS server that answers one request with session tickets and nothing else, made beforehand so that they come faster
 * than anybody can read them.
 *
 *     ticket_flood CERTIFICATE KEY TICKETS
 *
 * Prints its port; "flooding" when the first have gone out; and at the end "all" or "not all" of them. */
#define _DEFAULT_SOURCE

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define AT_ONCE 65536
#define FIRST (1 << 20)

static void say(const char *what)
{
    puts(what);
    fflush(stdout);
}

static void need(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "ticket_flood: %s failed\n", what);
        exit(1);
    }
}

static int listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    char port[16];
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    need(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 1) == 0, "listen");
    need(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
    snprintf(port, sizeof port, "%d", ntohs(address.sin_port));
    say(port);
    return listener;
}

static SSL *accept_request(SSL_CTX *context, int connection)
{
    char request[16384];
    SSL *tls = SSL_new(context);

    need(tls != NULL && SSL_set_fd(tls, connection) == 1 && SSL_accept(tls) == 1, "handshake");
    need(SSL_read(tls, request, sizeof request) > 0, "reading a request");
    return tls;
}

/* As they are to go out. */
static BIO *make_tickets(SSL *tls, long count)
{
    BIO *tickets = BIO_new(BIO_s_mem());

    need(tickets != NULL, "memory");
    SSL_set0_wbio(tls, tickets);
    for (; count > 0; count--)
        need(SSL_new_session_ticket(tls) == 1 && SSL_do_handshake(tls) == 1, "a ticket");
    return tickets;
}

static void flood(int connection, BIO *tickets)
{
    char *data;
    long length = BIO_get_mem_data(tickets, &data), sent = 0;

    while (sent < length) {
        size_t part = length - sent < AT_ONCE ? (size_t)(length - sent) : AT_ONCE;
        ssize_t written = write(connection, data + sent, part);

        if (written <= 0)
            return say("not all");
        if (sent < FIRST && sent + written >= FIRST)
            say("flooding");
        sent += written;
    }
    say("all");
}

int main(int argc, char **argv)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    int listener, connection;
    SSL *tls;

    need(argc == 4 && context != NULL, "usage");
    signal(SIGPIPE, SIG_IGN);
    need(SSL_CTX_use_certificate_chain_file(context, argv[1]) == 1, "the certificate");
    need(SSL_CTX_use_PrivateKey_file(context, argv[2], SSL_FILETYPE_PEM) == 1, "the key");
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    listener = listen_somewhere();
    connection = accept(listener, NULL, NULL);
    tls = accept_request(context, connection);
    flood(connection, make_tickets(tls, atol(argv[3])));
    return 0;
}
