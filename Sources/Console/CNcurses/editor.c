// Another program on the terminal for a while, and what this process costs meanwhile and otherwise.
#define _GNU_SOURCE 1
#include "include/CNcurses.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// Without this a process in the background that gives the terminal away, or takes it, would be stopped.
static int set_foreground(int tty, pid_t group) {
    sigset_t stop, before;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTTOU);
    sigprocmask(SIG_BLOCK, &stop, &before);
    int result = tcsetpgrp(tty, group);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

int cn_editor_start(int tty, const char *command, const char *path) {
    char name[256];
    int error = ttyname_r(tty, name, sizeof name);
    if (error) {
        errno = error;
        return -1;
    }
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigfillset(&defaults);
    // What we ignore and block would be ignored and blocked there as well.
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    // A group of its own: what is typed at the editor to interrupt or to stop it is not for us.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // Where it is not ours it cannot be given away either.
    if (tcgetpgrp(tty) == getpgrp()) posix_spawn_file_actions_addtcsetpgrp_np(&actions, tty);
    // Opened anew, since our own descriptor does not wait. By name first: another one may be our controlling terminal.
    int own = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++) {
        posix_spawn_file_actions_addopen(&actions, fd, own >= 0 ? name : "/dev/tty", O_RDWR | O_NOCTTY, 0);
    }
    if (own >= 0) close(own);
    // The shell splits the command as its user expects; the path is an argument that it never looks into.
    char *const arguments[] = {"sh", "-c", (char *)command, "sh", (char *)path, NULL};
    pid_t child;
    error = posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error) {
        errno = error;
        return -1;
    }
    return child;
}

int cn_editor_state(int child, int *detail) {
    int status;
    pid_t found = waitpid(child, &status, WNOHANG | WUNTRACED);
    if (found == 0) return CN_EDITOR_RUNS;
    if (found < 0 || WIFEXITED(status)) {
        *detail = found < 0 ? 127 : WEXITSTATUS(status);
        return CN_EDITOR_EXITED;
    }
    *detail = WIFSTOPPED(status) ? WSTOPSIG(status) : WTERMSIG(status);
    return WIFSTOPPED(status) ? CN_EDITOR_STOPPED : CN_EDITOR_KILLED;
}

void cn_editor_continue(int child, int tty) {
    if (tcgetpgrp(tty) == getpgrp()) set_foreground(tty, child);
    kill(-child, SIGCONT);
}

void cn_editor_signal(int child, int number) {
    kill(-child, number);
    // A stopped one would not notice.
    kill(-child, SIGCONT);
}

void cn_tty_take(int tty) { set_foreground(tty, getpgrp()); }

int cn_folder_make(char *path) { return mkdtemp(path) ? 0 : -1; }

void cn_folder_remove(const char *path) {
    DIR *folder = opendir(path);
    if (folder) {
        struct dirent *entry;
        // Editors leave backups and swap files beside the text, never folders.
        while ((entry = readdir(folder))) unlinkat(dirfd(folder), entry->d_name, 0);
        closedir(folder);
    }
    rmdir(path);
}

int64_t cn_process_microseconds(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) < 0) return 0;
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec
        + usage.ru_stime.tv_usec;
}

int64_t cn_process_resident_bytes(void) {
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    long size = 0, resident = 0;
    int found = fscanf(file, "%ld %ld", &size, &resident);
    fclose(file);
    return found == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : 0;
}
