#pragma once
// libcurl for Swift: its variadic calls as typed ones, and the calls on sockets that go with them.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static const int CC_SOCKET_TIMEOUT = CURL_SOCKET_TIMEOUT;
static const int CC_SOCKET_BAD = CURL_SOCKET_BAD;

static inline CURLcode cc_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

/// Whether names are resolved without blocking the caller, and the CURLOPT_QUICK_EXIT this relies on is known (7.87).
static inline int cc_is_suitable(void) {
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    return (info->features & CURL_VERSION_ASYNCHDNS) && info->version_num >= 0x075700;
}

// Easy handles

static inline CURLcode cc_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

/// `open_socket` gets the handle's `context`; `close_socket`, which a connection may call later, that of the connection.
static inline CURLcode cc_set_callbacks(CURL *easy, curl_opensocket_callback open_socket, void *context,
                                        curl_closesocket_callback close_socket, void *connection_context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PRIVATE, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, connection_context);
    return code;
}

/// The context given to `cc_set_callbacks`.
static inline void *cc_context(CURL *easy) {
    char *context = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context);
    return context;
}

/// The socket that a handle has connected, CC_SOCKET_BAD when there is none.
static inline int cc_connected_socket(CURL *easy) {
    curl_socket_t fd = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
    return fd;
}

// The multi handle

static inline CURLMcode cc_multi_set_callbacks(CURLM *multi, curl_socket_callback socket_changed,
                                               curl_multi_timer_callback timer_changed, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    if (!code) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (!code) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed);
    if (!code) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}

/// The next easy handle that has finished, with its result; NULL when there is none.
static inline CURL *cc_next_finished(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

// Sockets

/// The bytes of an IPv4 or IPv6 address in network order; `length` is 0 for any other kind of address.
static inline const unsigned char *cc_address(const struct curl_sockaddr *address, int *length) {
    const void *raw = &address->addr;
    if (address->family == AF_INET) {
        *length = 4;
        return (const unsigned char *)&((const struct sockaddr_in *)raw)->sin_addr;
    }
    *length = address->family == AF_INET6 ? 16 : 0;
    return (const unsigned char *)&((const struct sockaddr_in6 *)raw)->sin6_addr;
}

static inline int cc_open_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
}

static inline void cc_close_socket(int fd) { close(fd); }

/// Sends two pieces, one after the other, in one call; no signal is raised when the peer has gone.
static inline ssize_t cc_send(int fd, const void *first, size_t first_size, const void *second, size_t second_size) {
    struct iovec pieces[2] = {{(void *)first, first_size}, {(void *)second, second_size}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = second_size ? 2 : 1};
    ssize_t sent;
    do sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent;
}

static inline ssize_t cc_receive(int fd, void *buffer, size_t size) {
    ssize_t received;
    do received = recv(fd, buffer, size, 0);
    while (received < 0 && errno == EINTR);
    return received;
}

/// Whether nothing has arrived on a socket, neither bytes nor the end of them.
static inline int cc_is_quiet(int fd) {
    char byte;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR);
}

/// Why the last call on a socket failed.
static inline int cc_error(void) { return errno; }
static inline int cc_would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }
static inline const char *cc_error_text(int error) { return strerror(error); }
