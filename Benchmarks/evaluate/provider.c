// A provider of a model that judges everything alike, after a fixed time: what is left of a measurement is the work of
// those who ask. Chat completions in one piece; one thread; loopback only.
//
//   provider PORT MILLISECONDS
//
// GET /calls answers how many completions it has given.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 64 << 10, EVENTS = 512 };

struct connection {
    int fd;
    size_t received;
    // When its answer is due, and who is due behind it; all wait equally long, so that the order is that of arrival.
    uint64_t due;
    struct connection *next;
    int waits, is_gone;
    const char *content;
    char in[ROOM + 1];
};

static int epoll;
static uint64_t delay;
static unsigned long calls;
static struct connection *first, *last;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// What is asked for is known by the names that the request's own text has.
static const char VERDICT[] =
    "{\\\"justification\\\": \\\"The answer names the menu, the section and the button, and nothing else is needed."
    "\\\", \\\"score\\\": 0.85}";
static const char PEERS_VERDICT[] =
    "{\\\"reason\\\": \\\"The answer names the menu, the section and the button, and nothing else is needed.\\\", "
    "\\\"score\\\": 8, \\\"verdict\\\": 1}";

static void drop(struct connection *connection) {
    close(connection->fd);
    if (connection->waits) connection->is_gone = 1;
    else free(connection);
}

static int say(struct connection *connection, const char *body) {
    char text[4096];
    int length = snprintf(text, sizeof text,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          strlen(body), body);
    return send(connection->fd, text, (size_t)length, MSG_NOSIGNAL) == length;
}

static int answer(struct connection *connection) {
    char body[3072];
    snprintf(body, sizeof body,
             "{\"id\":\"chatcmpl-%lu\",\"object\":\"chat.completion\",\"created\":1764000000,\"model\":\"judge\","
             "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"logprobs\":null,"
             "\"finish_reason\":\"stop\"}],"
             "\"usage\":{\"prompt_tokens\":420,\"completion_tokens\":31,\"total_tokens\":451}}",
             ++calls, connection->content);
    return say(connection, body);
}

// Takes a request that is whole. Says whether the connection goes on.
static int serve(struct connection *connection) {
    connection->in[connection->received] = 0;
    char *end = strstr(connection->in, "\r\n\r\n");
    if (!end) return connection->received < ROOM;
    char *field = strcasestr(connection->in, "\r\ncontent-length:");
    size_t length = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    size_t whole = (size_t)(end + 4 - connection->in) + length;
    if (whole > ROOM) return 0;
    if (connection->received < whole) return 1;
    connection->received = 0;
    if (!strncmp(connection->in, "GET ", 4)) {
        char count[32];
        snprintf(count, sizeof count, "%lu\n", calls);
        return say(connection, count);
    }
    connection->content = strstr(end, "justification") ? VERDICT : PEERS_VERDICT;
    connection->due = now() + delay;
    connection->next = NULL;
    connection->waits = 1;
    if (last) last->next = connection;
    else first = connection;
    last = connection;
    return 1;
}

static int read_on(struct connection *connection) {
    ssize_t count =
        recv(connection->fd, connection->in + connection->received, ROOM - connection->received, MSG_DONTWAIT);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return 0;
    connection->received += (size_t)count;
    return serve(connection);
}

static void admit(int listener) {
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct connection *connection = calloc(1, sizeof *connection);
        connection->fd = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

static void answer_what_is_due(void) {
    uint64_t moment = now();
    while (first && first->due <= moment) {
        struct connection *connection = first;
        first = connection->next;
        if (!first) last = NULL;
        connection->waits = 0;
        if (connection->is_gone) free(connection);
        else if (!answer(connection)) drop(connection);
    }
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: provider PORT MILLISECONDS\n"), 2;
    delay = strtoul(arguments[2], NULL, 10) * 1000000u;
    signal(SIGPIPE, SIG_IGN);
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(arguments[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096))
        return perror("provider"), 1;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN}, events[EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        uint64_t moment = now(), rest = first && first->due > moment ? first->due - moment : 0;
        struct timespec time = {(time_t)(rest / 1000000000u), (long)(rest % 1000000000u)};
        int ready = epoll_pwait2(epoll, events, EVENTS, first ? &time : NULL, NULL);
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            if (!connection) admit(listener);
            else if (!read_on(connection)) drop(connection);
        }
        answer_what_is_due();
    }
}
