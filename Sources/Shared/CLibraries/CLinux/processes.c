#define _GNU_SOURCE
#include "processes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "name the architecture that the kernel's filter has to expect"
#endif

#define REFUSED BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define ALLOWED BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))

#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 1), ALLOWED

// Allowed while the argument `number` is at most `most`.
#define ALLOW_UP_TO(call, number, most)                     \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 4), \
    LOAD(args[number]),                                     \
    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, most, 0, 1),        \
    REFUSED,                                                \
    ALLOWED

// A call that opens a file, its flags in the argument `number`, is allowed when it cannot change one.
#define ALLOW_READING(call, number)                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 4),                                      \
    LOAD(args[number]),                                                                          \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),           \
    REFUSED,                                                                                     \
    ALLOWED

// Which calls of the kernel a confined program may make: those that read files and what it was given, write to what it was
// given, and get memory, the time and chance. All others are refused, also those that a later kernel adds: what leads to the
// network, to another process or to a change of a file.
static struct sock_filter allowed_calls[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCHITECTURE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    ALLOW(read), ALLOW(readv), ALLOW(pread64), ALLOW(write), ALLOW(writev), ALLOW(lseek), ALLOW(close),
    ALLOW_READING(openat, 2),
    ALLOW(fstat), ALLOW(newfstatat), ALLOW(statx), ALLOW(statfs), ALLOW(fstatfs), ALLOW(faccessat), ALLOW(faccessat2),
    ALLOW(readlinkat), ALLOW(getdents64), ALLOW(getcwd), ALLOW(fadvise64),
    ALLOW(dup), ALLOW(dup3), ALLOW(pipe2), ALLOW(ppoll), ALLOW(pselect6),
    // Not who gets a signal when something can be read.
    ALLOW_UP_TO(fcntl, 1, F_SETFL),
    ALLOW(brk), ALLOW(mmap), ALLOW(munmap), ALLOW(mremap), ALLOW(mprotect), ALLOW(madvise),
    ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(sigaltstack),
    ALLOW(futex), ALLOW(set_robust_list), ALLOW(set_tid_address), ALLOW(rseq), ALLOW(sched_yield),
    ALLOW(sched_getaffinity), ALLOW(restart_syscall),
    ALLOW(clock_gettime), ALLOW(clock_getres), ALLOW(clock_nanosleep), ALLOW(nanosleep), ALLOW(gettimeofday),
    ALLOW(times), ALLOW(getrandom),
    ALLOW(getpid), ALLOW(getppid), ALLOW(gettid), ALLOW(getuid), ALLOW(geteuid), ALLOW(getgid), ALLOW(getegid),
    ALLOW(uname), ALLOW(sysinfo), ALLOW(getrusage),
    // Its own limits, no other process's.
    ALLOW_UP_TO(prlimit64, 0, 0),
    ALLOW(execve), ALLOW(exit), ALLOW(exit_group),
#if defined(__x86_64__)
    ALLOW_READING(open, 1),
    ALLOW(stat), ALLOW(lstat), ALLOW(access), ALLOW(readlink), ALLOW(getdents), ALLOW(dup2), ALLOW(pipe), ALLOW(poll),
    ALLOW(select), ALLOW(time), ALLOW(getrlimit), ALLOW(arch_prctl),
#endif
    REFUSED,
};

static int bound(int resource, rlim_t most) {
    struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
    return setrlimit(resource, &limit);
}

// Runs between fork and exec.
static int confine(const cl_confinement *bounds) {
    struct sock_fprog filter = {
        .len = sizeof allowed_calls / sizeof allowed_calls[0], .filter = allowed_calls};
    if (bound(RLIMIT_AS, bounds->memory) < 0 || bound(RLIMIT_CPU, bounds->seconds) < 0) return -1;
    if (bound(RLIMIT_FSIZE, 0) < 0 || bound(RLIMIT_CORE, 0) < 0) return -1;
    if (bound(RLIMIT_NPROC, 0) < 0 || bound(RLIMIT_NOFILE, 32) < 0) return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

// Runs between fork and exec: only async-signal-safe calls.
static void become(const char *path, char *const *arguments, char *const *environment,
                   const cl_start_options *options, int report) {
    if (options->new_session) setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    int input = options->input >= 0 ? options->input : open("/dev/null", O_RDONLY);
    if (input >= 0) dup2(input, 0);
    if (options->output >= 0) {
        dup2(options->output, 1);
        dup2(options->error >= 0 ? options->error : options->output, 2);
    }
    if (options->death_signal) prctl(PR_SET_PDEATHSIG, options->death_signal);
    // Everything above 2 goes, but the pipe that reports a failed exec closes itself.
    int spare = 3;
    if (report != spare) {
        dup2(report, spare);
        report = spare;
    }
    fcntl(report, F_SETFD, FD_CLOEXEC);
    close_range(4, ~0U, 0);
    // Rather not at all than without bounds.
    if (!options->confinement.memory || confine(&options->confinement) == 0) execve(path, arguments, environment);
    int failure = errno;
    (void)!write(report, &failure, sizeof failure);
    _exit(127);
}

pid_t cl_start_program(const char *path, char *const *arguments, char *const *environment,
                       const cl_start_options *options) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        become(path, arguments, environment, options, ends[1]);
    }
    int failure = pid < 0 ? errno : 0;
    close(ends[1]);
    if (pid > 0 && read(ends[0], &failure, sizeof failure) == sizeof failure) {
        waitpid(pid, NULL, 0);
        pid = -1;
    }
    close(ends[0]);
    if (pid < 0) errno = failure;
    return pid;
}

pid_t cl_take_ended_child(int *code) { return cl_take_child(-1, code); }

pid_t cl_take_child(pid_t child, int *code) {
    int status;
    pid_t pid;
    do pid = waitpid(child, &status, WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid > 0) *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return pid;
}

int cl_open_pair(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -1;
    return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

int cl_lock_file(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }

long long cl_free_bytes(const char *path) {
    struct statvfs figures;
    if (statvfs(path, &figures) < 0) return -1;
    return (long long)figures.f_bavail * (long long)figures.f_frsize;
}

int cl_probe_port(unsigned short port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int result = bind(fd, (struct sockaddr *)&address, sizeof address);
    if (result == 0) result = listen(fd, 1);
    int failure = errno;
    close(fd);
    errno = failure;
    return result;
}

void cl_hide_memory(void) { prctl(PR_SET_DUMPABLE, 0); }

int cl_hides_memory(void) { return prctl(PR_GET_DUMPABLE) == 0; }
