internal import EventLoop
internal import Glibc
internal import Logging
internal import SystemCalls

/// What the supervisor keeps running.
struct ProgramPlan: Sendable {
    let name: String
    let start: ChildProcess.Start
    /// The signal that asks it to end.
    let stopSignal: Int32
    /// How long it may take to end before it is killed.
    let grace: Duration
}

/// One program of the supervisor: running, waiting to be started again, or stopped.
///
/// Confined to the supervisor's loop.
final class SupervisedProgram {
    let plan: ProgramPlan
    private(set) var pid: Int32?
    private var policy = RestartPolicy()
    private var startedAt = ContinuousClock.now
    private var restart: LoopTimer?
    private var isStopping = false
    private var isKilled = false
    private let loop: Loop
    private let logger: Logger

    init(_ plan: ProgramPlan, on loop: Loop, logger: Logger) {
        self.plan = plan
        self.loop = loop
        self.logger = logger
    }

    /// Starts the program; one that cannot be started is tried again like one that died.
    func start() {
        guard !isStopping, pid == nil else { return }
        startedAt = .now
        do {
            pid = try ChildProcess.start(plan.start)
            logger.info("started", metadata: ["program": .string(plan.name), "pid": "\(pid ?? 0)"])
        } catch {
            logger.error("cannot start", metadata: ["program": .string(plan.name), "reason": "\(error)"])
            startLater()
        }
    }

    /// The program has ended.
    func ended(code: Int32) {
        pid = nil
        guard !isStopping else { return }
        logger.warning("ended", metadata: ["program": .string(plan.name), "code": "\(code)"])
        startLater()
    }

    /// Asks the program to end; it is not started again.
    func askToStop() {
        isStopping = true
        restart?.cancel()
        if let pid { kill(pid, plan.stopSignal) }
    }

    /// Kills a program that did not end when it was asked to.
    func forceToStop() {
        guard let pid, !isKilled else { return }
        logger.warning("killed", metadata: ["program": .string(plan.name)])
        isKilled = true
        kill(pid, SIGKILL)
    }

    private func startLater() {
        let pause = policy.died(after: startedAt.duration(to: .now))
        restart = loop.after(pause) { [weak self] in self?.start() }
    }
}
