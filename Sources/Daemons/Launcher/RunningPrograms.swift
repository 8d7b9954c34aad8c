internal import EventLoop
internal import Glibc
internal import Logging

/// The programs of a supervisor.
///
/// `@unchecked Sendable`: confined to the supervisor's loop, on which all of its tasks run.
final class RunningPrograms: @unchecked Sendable {
    private let loop: Loop
    private let logger: Logger
    private var programs: [SupervisedProgram] = []
    private var stop: CheckedContinuation<Void, Never>?
    private var isToldToStop = false

    init(loop: Loop, logger: Logger) {
        self.loop = loop
        self.logger = logger
    }

    /// Starts a program and keeps it running.
    func start(_ plan: ProgramPlan) {
        loop.preconditionCurrent()
        let program = SupervisedProgram(plan, on: loop, logger: logger)
        programs.append(program)
        program.start()
    }

    /// Follows the signals: children that end, and being told to stop. The caller cancels the task at the end.
    func watch(_ signals: AsyncStream<Int32>) -> Task<Void, Never> {
        loop.spawn { [self] in
            for await signal in signals {
                if signal == SIGCHLD { takeEnded() } else { toldToStop() }
            }
        }
    }

    /// Returns when a signal asked to stop.
    func untilToldToStop() async {
        guard !isToldToStop else { return }
        await withCheckedContinuation { stop = $0 }
    }

    /// Stops everything, the last started first.
    func stopAll() async throws {
        for program in programs.reversed() { try await program.stop() }
    }

    private func takeEnded() {
        while let ended = ChildProcess.takeEnded() {
            programs.first { $0.pid == ended.pid }?.ended(code: ended.code)
        }
    }

    private func toldToStop() {
        isToldToStop = true
        stop?.resume()
        stop = nil
    }
}
