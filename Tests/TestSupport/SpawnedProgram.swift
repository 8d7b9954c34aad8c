internal import CLinux
internal import EventLoop
internal import Glibc

/// Starting a program for a test.
///
/// It has no descriptor of ours but those that it is given: who holds the end of another test's pipe by chance lets that test
/// wait for as long as he lives.
enum SpawnedProgram {
    /// Starts `command`, whose first word is a path. A descriptor of -1 is `/dev/null`, of -1 as `error` where the output goes;
    /// `deathSignal` is what it gets when the thread that calls this ends.
    static func start(
        _ command: [String], environment: [String], input: Int32 = -1, output: Int32 = -1, error: Int32 = -1,
        deathSignal: Int32 = 0
    ) throws -> pid_t {
        let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard nowhere >= 0 else { throw SystemError.last("open /dev/null") }
        defer { close(nowhere) }
        var options = cl_start_options(
            output: output >= 0 ? output : nowhere, error: error, input: input, death_signal: deathSignal,
            new_session: 1, confinement: cl_confinement())
        let argv = unsafe command.map { unsafe strdup($0) } + [nil]
        let envp = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        let process = unsafe cl_start_program(command[0], argv, envp, &options)
        guard process > 0 else { throw SystemError.last("start \(command[0])") }
        return process
    }

    /// Waits for the end of a program. Its exit code, 128 and more for a signal.
    static func end(of process: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 { if errno != EINTR { return -1 } }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
    }
}
