#pragma once
// epoll, eventfd, signalfd and the thread's own loop pointer: parts of Linux that Swift's Glibc module leaves out.
#include <stdint.h>

enum {
    CL_READABLE = 0x001,    // EPOLLIN
    CL_WRITABLE = 0x004,    // EPOLLOUT
    CL_ERROR = 0x008,       // EPOLLERR, always reported
    CL_HANGUP = 0x010,      // EPOLLHUP, always reported
    CL_PEER_CLOSED = 0x2000 // EPOLLRDHUP: the peer will send no more
};

/// One readiness report: the token given at registration, and what is ready.
typedef struct {
    uint64_t token;
    uint32_t events;
} cl_event;

/// All return -1 and set errno on failure.
int cl_epoll_create(void);
int cl_epoll_add(int epoll, int fd, uint32_t events, int edge_triggered, uint64_t token);
int cl_epoll_modify(int epoll, int fd, uint32_t events, int edge_triggered, uint64_t token);
int cl_epoll_remove(int epoll, int fd);
/// Waits at most `timeout_ms` (-1: for ever) and fills at most 256 reports.
int cl_epoll_wait(int epoll, cl_event *reports, int capacity, int timeout_ms);

int cl_eventfd(int semaphore, int nonblocking);
int cl_eventfd_add(int fd);
/// Reads the counter away; 0 when it was read, -1 with EAGAIN when it was zero.
int cl_eventfd_take(int fd);

/// Blocks `signals` for this thread and all it will start.
int cl_block_signals(const int *signals, int count);
int cl_signalfd(const int *signals, int count);
/// The next pending signal number, 0 when there is none, -1 on error.
int cl_signalfd_next(int fd);

/// A pointer that belongs to the calling thread.
void cl_set_thread_pointer(void *pointer);
void *cl_thread_pointer(void);

/// Starts a detached thread called `name` (15 characters shown).
int cl_start_thread(const char *name, void *(*body)(void *), void *argument);
