#define _GNU_SOURCE
#include "events.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

int cl_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int fd, uint32_t events, int edge_triggered, uint64_t token) {
    struct epoll_event event = {.events = events | (edge_triggered ? EPOLLET : 0), .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, fd, &event);
}

int cl_epoll_add(int epoll, int fd, uint32_t events, int edge_triggered, uint64_t token) {
    return control(epoll, EPOLL_CTL_ADD, fd, events, edge_triggered, token);
}

int cl_epoll_modify(int epoll, int fd, uint32_t events, int edge_triggered, uint64_t token) {
    return control(epoll, EPOLL_CTL_MOD, fd, events, edge_triggered, token);
}

int cl_epoll_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL); }

int cl_epoll_wait(int epoll, cl_event *reports, int capacity, int timeout_ms) {
    struct epoll_event events[256];
    if (capacity > 256) capacity = 256;
    int count = epoll_wait(epoll, events, capacity, timeout_ms);
    for (int i = 0; i < count; i++) {
        reports[i].token = events[i].data.u64;
        reports[i].events = events[i].events;
    }
    return count;
}

int cl_eventfd(int semaphore, int nonblocking) {
    return eventfd(0, EFD_CLOEXEC | (semaphore ? EFD_SEMAPHORE : 0) | (nonblocking ? EFD_NONBLOCK : 0));
}

int cl_eventfd_add(int fd) {
    uint64_t one = 1;
    return write(fd, &one, sizeof one) == sizeof one ? 0 : -1;
}

int cl_eventfd_take(int fd) {
    uint64_t value;
    ssize_t got;
    do got = read(fd, &value, sizeof value);
    while (got < 0 && errno == EINTR);
    return got == sizeof value ? 0 : -1;
}

static void fill(sigset_t *set, const int *signals, int count) {
    sigemptyset(set);
    for (int i = 0; i < count; i++) sigaddset(set, signals[i]);
}

int cl_block_signals(const int *signals, int count) {
    sigset_t set;
    fill(&set, signals, count);
    return pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int cl_signalfd(const int *signals, int count) {
    sigset_t set;
    fill(&set, signals, count);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int cl_signalfd_next(int fd) {
    struct signalfd_siginfo info;
    ssize_t got = read(fd, &info, sizeof info);
    if (got == sizeof info) return (int)info.ssi_signo;
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static __thread void *thread_pointer;

void cl_set_thread_pointer(void *pointer) { thread_pointer = pointer; }

void *cl_thread_pointer(void) { return thread_pointer; }

int cl_start_thread(const char *name, void *(*body)(void *), void *argument) {
    pthread_t thread;
    int failure = pthread_create(&thread, NULL, body, argument);
    if (failure) {
        errno = failure;
        return -1;
    }
    char shown[16] = {0};
    strncpy(shown, name, sizeof shown - 1);
    pthread_setname_np(thread, shown);
    return pthread_detach(thread);
}
