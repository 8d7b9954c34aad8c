#pragma once
// Starting and watching other programs: Swift cannot fork, and posix_spawn cannot say what happens when the parent dies.
#include <sys/types.h>

/// What a program may use that reads what strangers wrote. It opens no socket, starts no process, reaches none and changes
/// no file.
typedef struct {
    /// Address space, in bytes.
    unsigned long long memory;
    /// Processor time, in seconds.
    unsigned seconds;
} cl_confinement;

/// How a program is started.
typedef struct {
    /// Descriptor that becomes its standard output, and its standard error as well; -1 to keep ours.
    int output;
    /// Descriptor that becomes its standard error, -1 for where the output goes.
    int error;
    /// Descriptor that becomes its standard input, -1 for /dev/null.
    int input;
    /// Signal that it gets when the thread that started it ends, 0 for none.
    int death_signal;
    /// Whether it leads a session of its own: signals of our terminal do not reach it.
    int new_session;
    /// The bounds that it runs in; without memory there are none.
    cl_confinement confinement;
} cl_start_options;

/// Starts `path` with `arguments` and `environment`, both ended by NULL; all other descriptors above 2 are closed and no
/// signal is blocked. Returns its pid, or -1 with errno when it could not be started, also when exec failed.
pid_t cl_start_program(const char *path, char *const *arguments, char *const *environment,
                       const cl_start_options *options);

/// Takes one ended child: its pid with `code` set to the exit code, or 128 plus the signal that ended it. 0 when none has
/// ended, -1 when there are no children.
pid_t cl_take_ended_child(int *code);

/// The end of one child: its pid with `code` as above; 0 while it runs, -1 when there is no such child.
pid_t cl_take_child(pid_t pid, int *code);

/// Two ends of a connection inside this machine, closed on exec: the first does not block, the second is for a program that
/// expects to wait. -1 with errno.
int cl_open_pair(int ends[2]);

/// An exclusive lock on an open file that ends with the process: 0 when taken, -1 with EWOULDBLOCK when another has it.
int cl_lock_file(int fd);

/// Bytes that an unprivileged process may still write to the file system of `path`, -1 on error.
long long cl_free_bytes(const char *path);

/// 0 when a TCP listener can be bound to `port` of 127.0.0.1 now, else -1 with errno.
int cl_probe_port(unsigned short port);

// From now on no core dump is written of this process, and no other process of its user may look into its memory.
void cl_hide_memory(void);

// Whether that has been said.
int cl_hides_memory(void);
