#pragma once
// Typed accessors for libmicrohttpd's variadic functions and cast macros, and the few GnuTLS calls on its sessions.
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/// What a daemon is started with; `context` is given to every callback. Without a certificate it speaks plain HTTP.
typedef struct {
    void *context;
    MHD_AccessHandlerCallback access;
    void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback notify;
    size_t memory_per_connection;
    const char *certificate;
    const char *key;
} cm_options;

/// Leaves the target as the client wrote it: decoding is for the router, after it has split the path.
static size_t cm_keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

/// TLS 1.2 and 1.3. What this library computes fastest comes first: of the groups X25519, which is also the only one
/// most clients send a share for, and of the ciphers the one whose key schedule does without SHA-384.
#define CM_PRIORITIES                                                                                            \
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:"       \
    "-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:%SERVER_PRECEDENCE"

/// A daemon that is driven from outside and given its connections by `cm_add`; NULL on failure.
static inline struct MHD_Daemon *cm_start(cm_options o) {
    unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)o.certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)o.key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)CM_PRIORITIES},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    if (o.certificate) flags |= MHD_USE_TLS;
    return MHD_start_daemon(flags, 0, NULL, NULL, o.access, o.context,                                //
                            MHD_OPTION_ARRAY, o.certificate ? tls : none,                             //
                            MHD_OPTION_URI_LOG_CALLBACK, o.target, o.context,                         //
                            MHD_OPTION_UNESCAPE_CALLBACK, cm_keep_escapes, NULL,                      //
                            MHD_OPTION_NOTIFY_COMPLETED, o.completed, o.context,                      //
                            MHD_OPTION_NOTIFY_CONNECTION, o.notify, o.context,                        //
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, o.memory_per_connection,              //
                            MHD_OPTION_CONNECTION_LIMIT, 1u << 30, MHD_OPTION_CONNECTION_TIMEOUT, 0u, //
                            MHD_OPTION_END);
}

static inline int cm_epoll_fd(struct MHD_Daemon *d) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

/// Whether `MHD_run` must be called again without waiting for an event.
static inline int cm_has_pending(struct MHD_Daemon *d) {
    MHD_UNSIGNED_LONG_LONG timeout = 1;
    return MHD_get_timeout(d, &timeout) == MHD_YES && timeout == 0;
}

/// Hands an accepted socket over; the daemon closes it in every case. The peer's address is ours to remember.
static inline enum MHD_Result cm_add(struct MHD_Daemon *d, int fd) {
    struct sockaddr none;
    memset(&none, 0, sizeof none);
    return MHD_add_connection(d, fd, &none, sizeof none.sa_family);
}

static inline void *cm_connection_context(struct MHD_Connection *c) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static inline void cm_set_timeout(struct MHD_Connection *c, unsigned int seconds) {
    MHD_set_connection_option(c, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
}

/// The size of the request line and the headers, 0 when they are not complete.
static inline size_t cm_header_size(struct MHD_Connection *c) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

static inline gnutls_session_t cm_session(struct MHD_Connection *c) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info ? (gnutls_session_t)info->tls_session : NULL;
}

/// Writes past the daemon, in a state in which it has nothing of its own in flight.
static inline ssize_t cm_send(struct MHD_Connection *c, int fd, const void *bytes, size_t count) {
    gnutls_session_t session = cm_session(c);
    return session ? gnutls_record_send(session, bytes, count) : send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// For a response of unknown length that has no body: the library would end the chunks that it never began.
static inline void cm_without_chunks(struct MHD_Response *r) {
    MHD_set_response_options(r, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}

/// Ends a connection that is not suspended: the daemon sees both directions closed and cleans up.
static inline void cm_end(struct MHD_Connection *c, int fd) {
    gnutls_session_t session = cm_session(c);
    if (session) gnutls_bye(session, GNUTLS_SHUT_WR);
    shutdown(fd, SHUT_RDWR);
}

/// The secret of the session tickets of one listener; NULL when it cannot be made.
static inline gnutls_datum_t *cm_ticket_key(void) {
    gnutls_datum_t *key = calloc(1, sizeof *key);
    if (key && gnutls_session_ticket_key_generate(key) == 0) return key;
    free(key);
    return NULL;
}
static inline void cm_ticket_key_free(gnutls_datum_t *key) {
    gnutls_memset(key->data, 0, key->size);
    gnutls_free(key->data);
    free(key);
}
/// Lets clients resume their sessions; before the handshake.
static inline void cm_enable_tickets(struct MHD_Connection *c, const gnutls_datum_t *key) {
    gnutls_session_t session = cm_session(c);
    if (session) gnutls_session_ticket_enable_server(session, key);
}

static const ssize_t CM_END_OF_STREAM = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t CM_END_WITH_ERROR = MHD_CONTENT_READER_END_WITH_ERROR;
static const uint64_t CM_SIZE_UNKNOWN = MHD_SIZE_UNKNOWN;
