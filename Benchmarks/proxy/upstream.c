// A language model's server that costs far less than any proxy in front of it: answers chat completions and messages at
// once, or as a stream whose pieces say when they were sent. One thread; loopback only.
//
//   upstream PORT
//
// A stream is asked for by "stream":true; the member "user":"DELAY,PIECES,GAP" says after how many milliseconds it
// begins, of how many pieces it is, and how many milliseconds lie between them.
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

enum { ROOM = 16 << 10, EVENTS = 512 };

struct connection {
    int fd;
    char in[ROOM];
    size_t received;
    // A stream in progress, and its place in the heap of those that wait for their next piece; 0 for none.
    uint64_t due;
    size_t place;
    int left, gap, begun;
};

static int epoll;
static struct connection **heap;
static size_t waiting, capacity;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

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

static void drop(struct connection *connection) {
    wait_no_more(connection);
    close(connection->fd);
    free(connection);
}

static int say(struct connection *connection, const char *text, size_t length) {
    // Everything fits the socket's buffer, or the reader is too slow to be measured.
    return send(connection->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

// Whole answers

#define WORDS                                                                                                          \
    "The answer names the menu, the section and the button, and nothing else is needed. It would be a little better "  \
    "with a word on where the mail arrives, and on what to do when none comes within a few minutes."

static const char completion[] =
    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1764000000,\"model\":\"bench\",\"choices\":[{"
    "\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" WORDS "\",\"refusal\":null},\"logprobs\":null,"
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":210,\"completion_tokens\":45,\"total_tokens\":255,"
    "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":{"
    "\"reasoning_tokens\":0,\"audio_tokens\":0}},\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\"}";
static const char message[] =
    "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench\",\"content\":[{\"type\":\"text\","
    "\"text\":\"" WORDS "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":210,"
    "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":45}}";

static int answer(struct connection *connection, const char *body) {
    char text[2048];
    int length = snprintf(text, sizeof text,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                          "x-request-id: req_1\r\nx-ratelimit-limit-requests: 10000\r\n"
                          "x-ratelimit-remaining-requests: 9999\r\nx-ratelimit-reset-requests: 6ms\r\n\r\n%s",
                          strlen(body), body);
    return say(connection, text, (size_t)length);
}

// Streams

#define CHUNK                                                                                                          \
    "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"bench\","    \
    "\"choices\":"

static int frame(char *text, size_t room, const char *event) {
    return snprintf(text, room, "%zx\r\n%s\r\n", strlen(event), event);
}

// Sends the next piece, and all that follows the last one.
static int go_on(struct connection *connection) {
    char text[4096], event[512];
    int length = 0;
    if (!connection->begun) {
        connection->begun = 1;
        length += snprintf(text, sizeof text,
                           "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        length += frame(text + length, sizeof text - (size_t)length,
                        CHUNK "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                              "\"finish_reason\":null}]}\n\n");
    }
    snprintf(event, sizeof event, CHUNK "[{\"index\":0,\"delta\":{\"content\":\" at=%llu\"},\"finish_reason\":null}]}\n\n",
             (unsigned long long)now());
    length += frame(text + length, sizeof text - (size_t)length, event);
    if (--connection->left == 0) {
        const char *ends[] = {
            CHUNK "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
            CHUNK "[],\"usage\":{\"prompt_tokens\":210,\"completion_tokens\":50,\"total_tokens\":260}}\n\n",
            "data: [DONE]\n\n",
        };
        for (size_t end = 0; end < 3; end++) length += frame(text + length, sizeof text - (size_t)length, ends[end]);
        length += snprintf(text + length, sizeof text - (size_t)length, "0\r\n\r\n");
        wait_no_more(connection);
    } else {
        wait_until(connection, connection->due + (uint64_t)connection->gap * 1000000u);
    }
    return say(connection, text, (size_t)length);
}

static int begin_stream(struct connection *connection, const char *body) {
    int delay = 0;
    connection->left = 50;
    connection->gap = connection->begun = 0;
    const char *wish = strstr(body, "\"user\":\"");
    if (wish) sscanf(wish + 8, "%d,%d,%d", &delay, &connection->left, &connection->gap);
    wait_until(connection, now() + (uint64_t)delay * 1000000u);
    return 1;
}

// Requests

static int serve(struct connection *connection) {
    connection->in[connection->received] = 0;
    char *end = strstr(connection->in, "\r\n\r\n");
    if (!end) return connection->received < ROOM - 1;
    char *field = strcasestr(connection->in, "\r\ncontent-length:");
    size_t length = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    char *body = end + 4;
    size_t whole = (size_t)(body - connection->in) + length;
    if (whole >= ROOM) return 0;
    if (connection->received < whole) return 1;
    connection->received = 0;
    if (strstr(body, "\"stream\":true")) return begin_stream(connection, body);
    return answer(connection, strstr(connection->in, "/messages") ? message : completion);
}

static int read_on(struct connection *connection) {
    ssize_t count = recv(connection->fd, connection->in + connection->received, ROOM - 1 - connection->received, 0);
    if (count < 0) return errno == EAGAIN;
    connection->received += (size_t)count;
    return count > 0 && serve(connection);
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

int main(int count, char **arguments) {
    if (count != 2) return fprintf(stderr, "usage: upstream PORT\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(arguments[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096))
        return perror("upstream"), 1;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN}, events[EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        uint64_t moment = now();
        struct timespec rest = {0, 0};
        if (waiting && heap[1]->due > moment) {
            rest.tv_sec = (time_t)((heap[1]->due - moment) / 1000000000u);
            rest.tv_nsec = (long)((heap[1]->due - moment) % 1000000000u);
        }
        int ready = epoll_pwait2(epoll, events, EVENTS, waiting ? &rest : NULL, NULL);
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            if (!connection) {
                admit(listener);
            } else if (!read_on(connection)) {
                drop(connection);
            }
        }
        moment = now();
        while (waiting && heap[1]->due <= moment) {
            struct connection *connection = heap[1];
            if (!go_on(connection)) drop(connection);
        }
    }
}
