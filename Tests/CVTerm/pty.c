#define _GNU_SOURCE 1
#include "include/CVTerm.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

void cvt_use_utf8(void) { setlocale(LC_CTYPE, "C.UTF-8"); }

int cvt_library_width(uint32_t character) { return wcwidth((wchar_t)character); }

int cvt_pty_resize(int master, int rows, int columns) {
    struct winsize size = {(unsigned short)rows, (unsigned short)columns, 0, 0};
    return ioctl(master, TIOCSWINSZ, &size);
}

int cvt_spawn(const char *slave, const char *const *arguments, const char *const *environment) {
    pid_t child = fork();
    if (child != 0) return child;
    // Only what is safe after fork in a process with threads.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    int fd = open(slave, O_RDWR);
    if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0) _exit(126);
    for (int target = 0; target < 3; target++) dup2(fd, target);
    if (fd > 2) close(fd);
    execve(arguments[0], (char *const *)arguments, (char *const *)environment);
    _exit(127);
}

int cvt_pty_open(int rows, int columns, char *name, size_t room) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (master < 0) return -1;
    if (grantpt(master) < 0 || unlockpt(master) < 0 || ptsname_r(master, name, room) != 0) {
        close(master);
        return -1;
    }
    cvt_pty_resize(master, rows, columns);
    return master;
}
