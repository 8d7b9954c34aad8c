#pragma once
// libcurl for Swift: its variadic calls as typed ones, and the socket calls that its callbacks have to make.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const int CC_SOCKET_TIMEOUT = CURL_SOCKET_TIMEOUT;
static const int CC_SOCKET_BAD = CURL_SOCKET_BAD;
static const size_t CC_WRITE_PAUSE = CURL_WRITEFUNC_PAUSE;
static const size_t CC_READ_PAUSE = CURL_READFUNC_PAUSE;
static const size_t CC_READ_ABORT = CURL_READFUNC_ABORT;

static inline CURLcode cc_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

/// Whether names are resolved without blocking the caller, and the CURLOPT_QUICK_EXIT this relies on is known (7.87).
static inline int cc_is_suitable(void) {
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    return (info->features & CURL_VERSION_ASYNCHDNS) && (info->features & CURL_VERSION_SSL) &&
           info->version_num >= 0x075700;
}

// Easy handles

static inline CURLcode cc_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_target(CURL *easy, CURLU *url) { return curl_easy_setopt(easy, CURLOPT_CURLU, url); }
static inline CURLcode cc_set_headers(CURL *easy, struct curl_slist *list) {
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
}

typedef struct {
    curl_write_callback body;
    curl_write_callback header;
    curl_read_callback read;
    curl_seek_callback seek;
    curl_prereq_callback ready;
    curl_opensocket_callback open_socket;
    curl_closesocket_callback close_socket;
} cc_callbacks;

/// All callbacks get `context`, but for `close_socket`, which a connection may call after its easy handle is gone.
static inline CURLcode cc_set_callbacks(CURL *easy, cc_callbacks callbacks, void *context, void *connection_context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PRIVATE, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callbacks.body);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callbacks.header);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, callbacks.read);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_READDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callbacks.seek);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_SEEKDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callbacks.ready);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callbacks.open_socket);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callbacks.close_socket);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, connection_context);
    return code;
}

/// The context given to `cc_set_callbacks`.
static inline void *cc_context(CURL *easy) {
    char *context = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context);
    return context;
}

/// The bytes of request heads sent so far, all attempts together.
static inline long cc_request_size(CURL *easy) {
    long size = 0;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &size);
    return size;
}

// The multi handle

static inline CURLMcode cc_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

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

/// TLS sessions shared by the easy handles of one thread; so it needs no locks.
static inline CURLSH *cc_shared_tls_sessions(void) {
    CURLSH *share = curl_share_init();
    if (share) curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return share;
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

/// The local port of an open internet socket, 0 for one without ports, -1 when it is not open.
static inline int cc_local_port(int fd) {
    struct sockaddr_storage name;
    socklen_t size = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &size)) return -1;
    if (name.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&name)->sin_port);
    if (name.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&name)->sin6_port);
    return 0;
}

/// Blocks SIGPIPE in the calling thread: OpenSSL writes with write(2), so a peer that has gone would end the process.
static inline void cc_block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}
