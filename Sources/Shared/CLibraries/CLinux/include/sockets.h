#pragma once
// Listening, accepting and connecting: what needs GNU flags, address unions or ioctl.
#include <stddef.h>
#include <stdint.h>

/// A non-blocking listening socket on a numeric IPv4 or IPv6 address; several `is_shared` ones may have the same port.
/// -1 and errno on failure.
int cl_listen_tcp(const char *address, uint16_t port, int backlog, int is_shared);
/// A non-blocking listening socket at `path`; a dead socket left there is replaced, a live one is EADDRINUSE.
int cl_listen_unix(const char *path, int backlog);
/// Lets the system notice peers that vanished without a word, in two minutes. Of a listening socket the accepted ones
/// inherit it; without effect on sockets other than TCP.
void cl_keep_alive(int fd);
/// The same for a listening socket whose clients are served, of each of which the system takes no more than a part of what
/// it has not sent: one that reads slowly is seen to, and one that does not costs little.
void cl_prepare_clients(int fd);
/// The local port, 0 for a socket that has none, -1 on failure.
int cl_local_port(int fd);

/// Accepts one connection, non-blocking. Writes the peer's numeric address ("" when it has none).
int cl_accept(int listener, char *address, size_t capacity);

/// Begins a non-blocking connection; -1 and errno on failure, EINPROGRESS is not one.
int cl_connect_tcp(const char *address, uint16_t port);
int cl_connect_unix(const char *path);

/// Lets small writes leave at once; without effect on sockets other than TCP.
void cl_no_delay(int fd);
/// Lets the peer see a reset instead of an end when the socket is closed.
void cl_reset_on_close(int fd);
/// Bytes that wait to be read, -1 on failure.
int cl_pending_input(int fd);
/// Bytes of a TCP connection that were sent, or wait to be, and that the peer has not acknowledged; -1 on failure.
int cl_unacknowledged_output(int fd);
/// Sends without blocking and without SIGPIPE; as `send`.
long cl_send(int fd, const void *bytes, size_t count);

/// A monotonic clock good to a few milliseconds and nearly free.
int64_t cl_coarse_milliseconds(void);
/// The time as HTTP writes it, 29 characters and a NUL.
void cl_http_date(char out[30]);
