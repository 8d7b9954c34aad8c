// What the models' servers of the measurements share: whole requests of HTTP/1.1, and connections that wait for their
// moment. One thread; loopback only. A program says before it includes this how large a request may be, ROOM, and what it
// keeps of a connection, `struct answer`; and after it what becomes of a request, and of a connection whose moment has come.
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

enum { EVENTS = 512 };

struct connection {
    int fd;
    size_t received;
    // When it goes on, and its place in the heap of those that wait; 0 for none.
    uint64_t due;
    size_t place;
    struct answer answer;
    char in[ROOM + 1];
};

// These two say whether the connection stays open.
static int serve(struct connection *connection, const char *body);
static int go_on(struct connection *connection);

static int epoll;
static struct connection **heap;
static size_t waiting, capacity;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// Waiting

static void put(size_t place, struct connection *connection) {
    heap[place] = connection;
    connection->place = place;
}

static void sift(size_t place) {
    struct connection *moved = heap[place];
    for (; place > 1 && moved->due < heap[place / 2]->due; place /= 2) put(place, heap[place / 2]);
    for (size_t child; (child = place * 2) <= waiting; place = child) {
        if (child < waiting && heap[child + 1]->due < heap[child]->due) child++;
        if (moved->due <= heap[child]->due) break;
        put(place, heap[child]);
    }
    put(place, moved);
}

static void wait_until(struct connection *connection, uint64_t due) {
    connection->due = due;
    if (!connection->place) {
        if (waiting + 2 > capacity) heap = realloc(heap, (capacity = capacity * 2 + 64) * sizeof *heap);
        put(++waiting, connection);
    }
    sift(connection->place);
}

static void wait_no_more(struct connection *connection) {
    size_t place = connection->place;
    if (!place) return;
    connection->place = 0;
    struct connection *last = heap[waiting--];
    if (last == connection) return;
    put(place, last);
    sift(place);
}

// Speaking

static void drop(struct connection *connection) {
    wait_no_more(connection);
    close(connection->fd);
    free(connection);
}

static int say(struct connection *connection, const char *text, size_t length) {
    // Everything fits the socket's buffer, or the reader is too slow to be measured.
    return send(connection->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

// Answers with a body of at most some three kilobytes. Each further field ends its line.
static int reply(struct connection *connection, const char *fields, const char *body) {
    char text[4096];
    int length = snprintf(text, sizeof text,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s",
                          strlen(body), fields, body);
    return say(connection, text, (size_t)length);
}

static int read_on(struct connection *connection) {
    ssize_t count = recv(connection->fd, connection->in + connection->received, ROOM - connection->received, 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return 0;
    connection->received += (size_t)count;
    connection->in[connection->received] = 0;
    char *end = strstr(connection->in, "\r\n\r\n");
    if (!end) return connection->received < ROOM;
    char *field = strcasestr(connection->in, "\r\ncontent-length:");
    size_t length = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    size_t whole = (size_t)(end + 4 - connection->in) + length;
    if (whole > ROOM) return 0;
    if (connection->received < whole) return 1;
    connection->received = 0;
    return serve(connection, end + 4);
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

// Serves for ever; returns only when it cannot begin, as what the program ends with.
static int run(const char *port) {
    signal(SIGPIPE, SIG_IGN);
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(port)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return perror(port), 1;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN}, events[EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        uint64_t moment = now(), rest = waiting && heap[1]->due > moment ? heap[1]->due - moment : 0;
        struct timespec time = {(time_t)(rest / 1000000000u), (long)(rest % 1000000000u)};
        int ready = epoll_pwait2(epoll, events, EVENTS, waiting ? &time : NULL, NULL);
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            if (!connection) admit(listener);
            else if (!read_on(connection)) drop(connection);
        }
        moment = now();
        while (waiting && heap[1]->due <= moment) {
            struct connection *connection = heap[1];
            if (!go_on(connection)) drop(connection);
        }
    }
}
