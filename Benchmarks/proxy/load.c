// Asks for chat completions, on one thread, and prints what came of it as `name value` lines.
//
//   load full  PORT MODEL CONNECTIONS SECONDS     one request after the other on each connection
//   load rate  PORT MODEL RATE SECONDS            so many a second, counted from when each was due, not from when it left
//   load many  PORT MODEL STREAMS SECONDS WISH    streams, one after the other on each connection; WISH is for the
//                                                 upstream: "delay,pieces,gap" in milliseconds
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

enum { HEAD = 4096, LINE = 2048, PROMPT = 800, EVENTS = 512, PATIENCE = 30 };

// How the body of an answer ends, and where in its chunks the reader is.
enum framing { UNKNOWN, LENGTH, CHUNKS };
enum step { SIZE, DATA, AFTER_DATA, LAST };

struct connection {
    int fd;
    uint64_t asked;
    char head[HEAD];
    size_t head_length;
    enum framing framing;
    enum step step;
    size_t rest;
    int busy, status, done, pieces;
    char line[LINE];
    size_t line_length;
    struct connection *next_idle;
};

struct samples {
    float *values;
    size_t count, room;
};

static int epoll, port, wanted_pieces;
static char request[HEAD + PROMPT];
static size_t request_length, answered, bad, started, running;
static uint64_t warm, end;
static struct samples latency, first_piece, lag;
static struct connection *idle;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// Statistics, in microseconds

static void note(struct samples *samples, uint64_t from, uint64_t to) {
    if (samples->count == samples->room)
        samples->values = realloc(samples->values, (samples->room = samples->room * 2 + 4096) * sizeof(float));
    samples->values[samples->count++] = to > from ? (float)(to - from) / 1000 : 0;
}

static int ascending(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static void print(const char *name, struct samples *samples) {
    if (!samples->count) return;
    qsort(samples->values, samples->count, sizeof(float), ascending);
    printf("%s_p50 %.0f\n%s_p99 %.0f\n", name, samples->values[(samples->count - 1) / 2], name,
           samples->values[(size_t)((double)(samples->count - 1) * 0.99)]);
}

// Connections

static void hang_up(struct connection *connection) {
    if (connection->fd >= 0) close(connection->fd);
    connection->fd = -1;
}

static int dial(struct connection *connection) {
    int yes = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0) return 0;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    // To this machine, where a connection is made within the call.
    if (connect(connection->fd, (struct sockaddr *)&address, sizeof address)) return hang_up(connection), 0;
    return epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) == 0;
}

static void finish(struct connection *connection, int is_good) {
    uint64_t moment = now();
    running--;
    connection->busy = 0;
    if (!is_good) hang_up(connection);
    if (connection->asked >= warm) {
        int is_whole = !wanted_pieces || (connection->done && connection->pieces == wanted_pieces);
        if (is_good && is_whole && connection->status == 200) {
            if (moment <= end || wanted_pieces) answered++;
            note(&latency, connection->asked, moment);
        } else {
            bad++;
        }
    }
    connection->next_idle = idle;
    idle = connection;
}

static void ask(struct connection *connection, uint64_t due) {
    connection->asked = due;
    connection->head_length = connection->line_length = connection->rest = 0;
    connection->framing = UNKNOWN;
    connection->step = SIZE;
    connection->status = connection->done = connection->pieces = 0;
    connection->busy = 1;
    started++;
    running++;
    if (connection->fd < 0 && !dial(connection)) return finish(connection, 0);
    if (send(connection->fd, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) finish(connection, 0);
}

// Answers

static void take_line(struct connection *connection) {
    connection->line[connection->line_length] = 0;
    connection->line_length = 0;
    if (strncmp(connection->line, "data:", 5)) return;
    if (strstr(connection->line, "[DONE]")) connection->done = 1;
    char *stamp = strstr(connection->line, " at=");
    if (!stamp) return;
    uint64_t moment = now();
    if (connection->pieces++ == 0 && connection->asked >= warm) note(&first_piece, connection->asked, moment);
    if (connection->asked >= warm) note(&lag, strtoull(stamp + 4, NULL, 10), moment);
}

static void take_body(struct connection *connection, const char *bytes, size_t count) {
    if (!wanted_pieces) return;
    for (size_t index = 0; index < count; index++) {
        if (bytes[index] == '\n') {
            take_line(connection);
        } else if (connection->line_length < LINE - 1) {
            connection->line[connection->line_length++] = bytes[index];
        }
    }
}

// Takes bytes of a body; whether it is complete.
static int take_chunks(struct connection *connection, const char *bytes, size_t count) {
    for (size_t index = 0; index < count;) {
        char byte = bytes[index];
        switch (connection->step) {
        case SIZE:
            index++;
            if (byte >= '0' && byte <= '9') connection->rest = connection->rest * 16 + (size_t)(byte - '0');
            if ((byte | 32) >= 'a' && (byte | 32) <= 'f')
                connection->rest = connection->rest * 16 + (size_t)((byte | 32) - 'a' + 10);
            if (byte == '\n') connection->step = connection->rest ? DATA : LAST;
            break;
        case DATA: {
            size_t part = count - index < connection->rest ? count - index : connection->rest;
            take_body(connection, bytes + index, part);
            index += part;
            connection->rest -= part;
            if (!connection->rest) connection->step = AFTER_DATA;
            break;
        }
        case AFTER_DATA:
            index++;
            if (byte == '\n') connection->step = SIZE;
            break;
        case LAST:
            index++;
            if (byte == '\n') return 1;
        }
    }
    return 0;
}

static int take_head(struct connection *connection) {
    connection->head[connection->head_length] = 0;
    char *end = strstr(connection->head, "\r\n\r\n");
    if (!end) return -1;
    *end = 0;
    connection->status = atoi(connection->head + 9);
    char *field = strcasestr(connection->head, "\r\ncontent-length:");
    connection->framing = field ? LENGTH : CHUNKS;
    if (field) connection->rest = strtoul(field + 17, NULL, 10);
    return (int)(end + 4 - connection->head);
}

// Takes what has come; 1 when the answer is complete.
static int take(struct connection *connection, const char *bytes, size_t count) {
    if (connection->framing == UNKNOWN) {
        size_t before = connection->head_length;
        size_t part = count < HEAD - 1 - before ? count : HEAD - 1 - before;
        memcpy(connection->head + before, bytes, part);
        connection->head_length += part;
        int length = take_head(connection);
        if (length < 0) return 0;
        bytes += (size_t)length - before;
        count -= (size_t)length - before;
    }
    if (connection->framing == CHUNKS) return take_chunks(connection, bytes, count);
    connection->rest -= count < connection->rest ? count : connection->rest;
    return connection->rest == 0;
}

static void read_on(struct connection *connection) {
    static char bytes[128 << 10];
    ssize_t count = recv(connection->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    // A connection that is closed between two requests is dialled anew.
    if (count <= 0 && !connection->busy) return hang_up(connection);
    if (count <= 0) return finish(connection, 0);
    if (take(connection, bytes, (size_t)count)) finish(connection, 1);
}

// The load

static void compose(const char *model, const char *wish) {
    char body[PROMPT + 1024], filler[PROMPT] = "";
    const char *sentence = "Question: what does the proxy do? Answer: it relays requests and keeps budgets. ";
    while (strlen(filler) + strlen(sentence) < PROMPT) strcat(filler, sentence);
    int length = snprintf(body, sizeof body,
                          "{\"model\":\"%s\",\"messages\":[{\"role\":\"system\",\"content\":\"Score the answer.\"},"
                          "{\"role\":\"user\",\"content\":\"%s\"}],\"temperature\":0.2,\"max_tokens\":256%s%s%s}",
                          model, filler, *wish ? ",\"stream\":true,\"user\":\"" : "", wish, *wish ? "\"" : "");
    request_length = (size_t)snprintf(request, sizeof request,
                                      "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                                      "Authorization: Bearer sk-bench\r\nContent-Type: application/json\r\n"
                                      "Content-Length: %d\r\n\r\n%s",
                                      port, length, body);
}

static void wait_for_answers(uint64_t until) {
    struct epoll_event events[EVENTS];
    uint64_t moment = now();
    uint64_t rest = until > moment ? until - moment : 0;
    struct timespec time = {(time_t)(rest / 1000000000u), (long)(rest % 1000000000u)};
    int ready = epoll_pwait2(epoll, events, EVENTS, &time, NULL);
    for (int index = 0; index < ready; index++) read_on(events[index].data.ptr);
}

static struct connection *fresh(void) {
    struct connection *connection = calloc(1, sizeof *connection);
    connection->fd = -1;
    return connection;
}

static struct connection *idle_or_fresh(void) {
    struct connection *connection = idle;
    if (!connection) return fresh();
    idle = connection->next_idle;
    return connection;
}

static void ask_again_on_idle(void) {
    struct connection *connection = idle;
    idle = NULL;
    while (connection) {
        struct connection *next = connection->next_idle;
        ask(connection, now());
        connection = next;
    }
}

int main(int count, char **arguments) {
    if (count < 6) return fprintf(stderr, "usage: load full|rate|many PORT MODEL NUMBER SECONDS [WISH]\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    int is_rate = !strcmp(arguments[1], "rate");
    size_t number = strtoul(arguments[4], NULL, 10);
    double seconds = atof(arguments[5]);
    const char *wish = count > 6 ? arguments[6] : "";
    port = atoi(arguments[2]);
    if (*wish) sscanf(wish, "%*d,%d", &wanted_pieces);
    compose(arguments[3], wish);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    uint64_t begin = now(), due = begin;
    // Many connections are opened one after the other, not at once: it is not their opening that is measured.
    uint64_t step = is_rate ? 1000000000u / number : (number > 64 ? 2000000000u : 100000000u) / number;
    warm = begin + (number > 64 && !is_rate ? 2200000000u : 500000000u);
    end = warm + (uint64_t)(seconds * 1e9);
    for (size_t opened = 0; now() < end;) {
        uint64_t moment = now();
        if (is_rate) {
            for (; due <= moment && due < end; due += step) ask(idle_or_fresh(), due);
        } else {
            for (; opened < number && due <= moment; opened++, due += step) ask(fresh(), now());
            ask_again_on_idle();
        }
        wait_for_answers(is_rate || opened < number ? due : moment + 50000000u);
    }
    while (running && now() < end + PATIENCE * 1000000000ull) wait_for_answers(now() + 50000000u);
    printf("rate %.1f\nstarted %zu\nbad %zu\n", (double)answered / seconds, started, bad + running);
    print("latency", &latency);
    print("first", &first_piece);
    print("lag", &lag);
    return 0;
}
