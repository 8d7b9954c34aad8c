#define _GNU_SOURCE
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
    struct sockaddr_storage storage;
} endpoint;

/// Parses a numeric address; returns the length of the result, 0 when it is none.
static socklen_t parse(const char *address, uint16_t port, endpoint *out) {
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, address, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(port);
        return sizeof out->v4;
    }
    if (inet_pton(AF_INET6, address, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(port);
        return sizeof out->v6;
    }
    errno = EINVAL;
    return 0;
}

static socklen_t parse_path(const char *path, endpoint *out) {
    memset(out, 0, sizeof *out);
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof out->local.sun_path) {
        errno = ENAMETOOLONG;
        return 0;
    }
    out->local.sun_family = AF_UNIX;
    memcpy(out->local.sun_path, path, length);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

static int open_socket(int family) { return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

/// Closes `fd` and keeps errno.
static int fail(int fd) {
    int kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

static int listen_on(int fd, const endpoint *at, socklen_t length, int backlog) {
    return bind(fd, &at->any, length) != 0 || listen(fd, backlog) != 0 ? fail(fd) : fd;
}

static int connect_to(int fd, const endpoint *to, socklen_t length) {
    return connect(fd, &to->any, length) != 0 && errno != EINPROGRESS ? fail(fd) : fd;
}

int cl_listen_tcp(const char *address, uint16_t port, int backlog, int is_shared) {
    endpoint at;
    socklen_t length = parse(address, port, &at);
    if (length == 0) return -1;
    int fd = open_socket(at.any.sa_family);
    if (fd < 0) return -1;
    int on = 1, off = 0;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        (is_shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) ||
        (at.any.sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0))
        return fail(fd);
    cl_prepare_clients(fd);
    return listen_on(fd, &at, length, backlog);
}

void cl_prepare_clients(int fd) {
    cl_keep_alive(fd);
    int most = 128 * 1024;
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most, sizeof most);
}

void cl_keep_alive(int fd) {
    int on = 1, idle = 60, interval = 15, count = 4;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

int cl_listen_unix(const char *path, int backlog) {
    endpoint at;
    socklen_t length = parse_path(path, &at);
    if (length == 0) return -1;
    int probe = open_socket(AF_UNIX);
    if (probe < 0) return -1;
    int alive = connect(probe, &at.any, length) == 0 || errno == EAGAIN;
    int dead = !alive && errno == ECONNREFUSED;
    close(probe);
    if (alive) {
        errno = EADDRINUSE;
        return -1;
    }
    if (dead) unlink(path);
    int fd = open_socket(AF_UNIX);
    return fd < 0 ? -1 : listen_on(fd, &at, length, backlog);
}

int cl_local_port(int fd) {
    endpoint at;
    socklen_t length = sizeof at;
    if (getsockname(fd, &at.any, &length) != 0) return -1;
    if (at.any.sa_family == AF_INET) return ntohs(at.v4.sin_port);
    if (at.any.sa_family == AF_INET6) return ntohs(at.v6.sin6_port);
    return 0;
}

int cl_accept(int listener, char *address, size_t capacity) {
    endpoint peer;
    socklen_t length = sizeof peer;
    memset(&peer, 0, sizeof peer.any);
    int fd = accept4(listener, &peer.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return -1;
    if (capacity > 0) address[0] = 0;
    if (peer.any.sa_family == AF_INET) inet_ntop(AF_INET, &peer.v4.sin_addr, address, (socklen_t)capacity);
    if (peer.any.sa_family == AF_INET6) {
        // A dual-stack socket shows IPv4 peers as ::ffff:a.b.c.d; people and allow-lists know them as a.b.c.d.
        if (IN6_IS_ADDR_V4MAPPED(&peer.v6.sin6_addr))
            inet_ntop(AF_INET, &peer.v6.sin6_addr.s6_addr[12], address, (socklen_t)capacity);
        else
            inet_ntop(AF_INET6, &peer.v6.sin6_addr, address, (socklen_t)capacity);
    }
    return fd;
}

int cl_connect_tcp(const char *address, uint16_t port) {
    endpoint to;
    socklen_t length = parse(address, port, &to);
    if (length == 0) return -1;
    int fd = open_socket(to.any.sa_family);
    return fd < 0 ? -1 : connect_to(fd, &to, length);
}

int cl_connect_unix(const char *path) {
    endpoint to;
    socklen_t length = parse_path(path, &to);
    if (length == 0) return -1;
    int fd = open_socket(AF_UNIX);
    return fd < 0 ? -1 : connect_to(fd, &to, length);
}

void cl_reset_on_close(int fd) {
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void cl_no_delay(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int cl_pending_input(int fd) {
    int count = 0;
    return ioctl(fd, FIONREAD, &count) == 0 ? count : -1;
}

int cl_unacknowledged_output(int fd) {
    int count = 0;
    return ioctl(fd, SIOCOUTQ, &count) == 0 ? count : -1;
}

long cl_send(int fd, const void *bytes, size_t count) { return send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT); }

int64_t cl_coarse_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cl_http_date(char out[30]) {
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now = time(NULL);
    struct tm t;
    gmtime_r(&now, &t);
    snprintf(out, 30, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", days + 3 * t.tm_wday, (unsigned)t.tm_mday % 100u,
             months + 3 * t.tm_mon, (unsigned)(t.tm_year + 1900) % 10000u, (unsigned)t.tm_hour % 100u,
             (unsigned)t.tm_min % 100u, (unsigned)t.tm_sec % 100u);
}
