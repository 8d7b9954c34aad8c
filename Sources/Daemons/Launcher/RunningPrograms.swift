internal import EventLoop
internal import Glibc
internal import Logging
internal import SystemCalls

/// The programs of a supervisor, on whose loop everything here is called.
struct RunningPrograms: Sendable {
    private let state: LoopConfined<State>
    private let logger: Logger

    private struct State {
        var programs: [SupervisedProgram] = []
        var isToldToStop = false
        var whenToldToStop: CheckedContinuation<Void, Never>?
    }

    init(loop: Loop, logger: Logger) {
        state = LoopConfined(State(), on: loop)
        self.logger = logger
    }

    /// Starts a program and keeps it running.
    func start(_ plan: ProgramPlan) {
        state.withState { state in
            let program = SupervisedProgram(plan, on: self.state.loop, logger: logger)
            state.programs.append(program)
            program.start()
        }
    }

    /// Follows the signals: children that end, and being told to stop. The caller cancels the task at the end.
    func watch(_ signals: AsyncStream<Int32>) -> Task<Void, Never> {
        state.loop.spawn {
            for await signal in signals {
                if signal == SIGCHLD { takeEnded() } else { toldToStop() }
            }
        }
    }

    /// Returns when a signal asked to stop.
    func untilToldToStop() async {
        await withCheckedContinuation { continuation in
            let isToldAlready = state.withState { state in
                if !state.isToldToStop { state.whenToldToStop = continuation }
                return state.isToldToStop
            }
            if isToldAlready { continuation.resume() }
        }
    }

    /// Stops everything, the last started first; a program that takes too long is killed.
    func stopAll() async throws {
        let count = state.withState { $0.programs.count }
        for index in (0..<count).reversed() {
            let grace = state.withState { state in
                state.programs[index].askToStop()
                return state.programs[index].plan.grace
            }
            let deadline = Deadline.after(grace)
            while state.withState({ $0.programs[index].pid != nil }) {
                if deadline.hasPassed { state.withState { $0.programs[index].forceToStop() } }
                try await state.loop.sleep(for: .milliseconds(20))
            }
        }
    }

    private func takeEnded() {
        while let ended = ChildProcess.takeEnded() {
            state.withState { state in
                state.programs.first { $0.pid == ended.pid }?.ended(code: ended.code)
            }
        }
    }

    private func toldToStop() {
        let waiting = state.withState { state in
            state.isToldToStop = true
            defer { state.whenToldToStop = nil }
            return state.whenToldToStop
        }
        waiting?.resume()
    }
}
