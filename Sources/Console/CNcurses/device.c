// The terminal as a device: its modes, its size, the signals that concern it, and what a crash must put back.
#define _GNU_SOURCE 1
#include "include/CNcurses.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// One process has one terminal; the crash handler needs these without a lock.
static struct termios remembered;
static volatile sig_atomic_t remembers = 0;

int cn_tty_open(int fd) {
    char name[256];
    int error = ttyname_r(fd, name, sizeof name);
    if (error) {
        errno = error;
        return -1;
    }
    // Flags belong to the open file, which the shell shares: O_NONBLOCK on fd itself would outlive us.
    int own = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    // After su the device still belongs to the first user; by this name anyone may open the own terminal.
    return own >= 0 || errno != EACCES ? own : open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

static struct termios raw_modes(void) {
    struct termios modes = remembered;
    cfmakeraw(&modes);
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    return modes;
}

int cn_tty_raw(int fd) {
    if (tcgetattr(fd, &remembered) < 0) return -1;
    remembers = 1;
    struct termios modes = raw_modes();
    return tcsetattr(fd, TCSANOW, &modes);
}

void cn_tty_raw_again(int fd) {
    if (!remembers) return;
    struct termios modes = raw_modes();
    tcsetattr(fd, TCSANOW, &modes);
}

void cn_tty_cooked(int fd) {
    if (remembers) tcsetattr(fd, TCSAFLUSH, &remembered);
}

int cn_tty_size(int fd, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0) return -1;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

int cn_tty_ask_secret(const char *question, char *answer, int room) {
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0) return -1;
    struct termios before, quiet;
    if (tcgetattr(fd, &before) < 0) {
        close(fd);
        return -1;
    }
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    quiet.c_lflag |= ECHONL;
    tcsetattr(fd, TCSAFLUSH, &quiet);
    ssize_t count = write(fd, question, strlen(question));
    count = read(fd, answer, (size_t)room);
    tcsetattr(fd, TCSAFLUSH, &before);
    close(fd);
    while (count > 0 && (answer[count - 1] == '\n' || answer[count - 1] == '\r')) count--;
    return (int)count;
}

int cn_signals_open(void) {
    signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGCONT);
    sigaddset(&set, SIGTSTP);
    sigaddset(&set, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int cn_signals_next(int fd) {
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

// Whether a SIGCONT came; takes it, and only it, out of the pending signals.
static int continued(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCONT);
    struct timespec now = {0, 0};
    return sigtimedwait(&set, NULL, &now) == SIGCONT;
}

int cn_stop_group(void) {
    continued();
    // newterm may have left a handler of its own; only the default action stops.
    signal(SIGTSTP, SIG_DFL);
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    kill(0, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    // A process without a job-control shell above it is orphaned: the kernel drops the signal and no SIGCONT follows.
    return continued();
}

int cn_wakeup_open(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void cn_wakeup_post(int fd) {
    uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    (void)written;  // a full counter means that a wake-up is already there
}

void cn_wakeup_drain(int fd) {
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);
    (void)got;
}

// MARK: Crash

static const int faults[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGSYS};
enum { FAULTS = sizeof faults / sizeof *faults };
static struct sigaction earlier[FAULTS];
static int crash_tty = -1, crash_log = -1;
static char crash_leave[512], crash_message[512];
static char crash_file[512], crash_folder[512];
static volatile sig_atomic_t crash_child = 0;
static char crash_stack[65536];

static void say(const char *text) {
    ssize_t written = write(crash_tty, text, strlen(text));
    (void)written;
}

// Async-signal-safe calls only; backtrace() is one once it has run before.
static void crashed(int number) {
    if (crash_child) {
        kill(-crash_child, SIGHUP);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(crash_tty, getpgrp());
    }
    if (crash_file[0]) unlink(crash_file);
    if (crash_folder[0]) rmdir(crash_folder);
    say(crash_leave);
    if (remembers) tcsetattr(crash_tty, TCSAFLUSH, &remembered);
    say(crash_message);
    if (crash_log >= 0) {
        void *frames[64];
        int count = backtrace(frames, 64);
        backtrace_symbols_fd(frames, count, crash_log);
    }
    // The earlier handlers are the Swift runtime's: its report would open a prompt on the terminal and wait.
    signal(number, SIG_DFL);
    raise(number);
}

void cn_crash_guard(int tty, int log, const char *leave, const char *message) {
    crash_tty = tty;
    crash_log = log;
    strncpy(crash_leave, leave, sizeof crash_leave - 1);
    strncpy(crash_message, message, sizeof crash_message - 1);
    void *frame[1];
    backtrace(frame, 1);  // loads what it needs while that is still safe
    stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
    sigaltstack(&stack, NULL);
    for (int k = 0; k < FAULTS; k++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = crashed;
        action.sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER;
        sigaction(faults[k], &action, &earlier[k]);
    }
}

void cn_crash_cleans(const char *file, const char *folder, int child) {
    crash_child = child;
    // A path that is cut short is none.
    if (snprintf(crash_file, sizeof crash_file, "%s", file ? file : "") >= (int)sizeof crash_file) crash_file[0] = 0;
    if (snprintf(crash_folder, sizeof crash_folder, "%s", folder ? folder : "") >= (int)sizeof crash_folder)
        crash_folder[0] = 0;
}

void cn_crash_unguard(void) {
    for (int k = 0; k < FAULTS; k++) sigaction(faults[k], &earlier[k], NULL);
}
