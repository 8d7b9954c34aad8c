internal import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import Postgres
internal import Redis
internal import Schema
internal import Stores
internal import SystemCalls

/// Runs a private installation: PostgreSQL, Redis and the four daemons, each started again when it dies.
struct Supervisor: Sendable {
    private let state: StateDirectory
    /// Where the daemons' executables are.
    private let programs: String
    private let environment: [String: String]
    private let logger: Logger

    /// The daemons, in the order in which they start.
    static let daemons = ["llmproxyd", "evald", "apid", "workerd"]

    init(state: StateDirectory, programs: String, environment: [String: String], logger: Logger) {
        self.state = state
        self.programs = programs
        self.environment = environment
        self.logger = logger
    }

    /// Runs until SIGTERM or SIGINT. Block the signals in the main thread before.
    /// - Throws: `LauncherFailure` when another supervisor has the directory, or something cannot be brought up.
    func run(on loops: LoopGroup) async throws {
        let loop = loops.loops[0]
        guard let lock = try FileLock.take(state.supervisorLock) else {
            throw LauncherFailure("Scorable runs in \(state.path) already.")
        }
        defer { extendLifetime(lock) }
        try await loop.run {
            var progress = Progress(state)
            try progress.clear()
            let signals = try loop.signals([SIGTERM, SIGINT, SIGCHLD])
            do {
                try await supervise(loops, loop, signals, &progress)
            } catch {
                logger.error("cannot go on", metadata: ["reason": "\(error)"])
                try progress.tell("\(Progress.failure)\(error)")
                throw error
            }
        }
    }

    private func supervise(
        _ loops: LoopGroup, _ loop: Loop, _ signals: AsyncStream<Int32>, _ progress: inout Progress
    ) async throws {
        let postgres = PrivatePostgres(state: state)
        try progress.tell("Preparing PostgreSQL")
        try await postgres.makeIfMissing(environment: environment)
        try await endLeftover(postgres.leftover, loop)
        let running = RunningPrograms(loop: loop, logger: logger)
        let watching = running.watch(signals)
        do {
            try await bringUp(running, postgres, loops, &progress)
            try progress.tell(Progress.ready)
            await running.untilToldToStop()
        } catch {
            try await running.stopAll()
            watching.cancel()
            throw error
        }
        try await running.stopAll()
        watching.cancel()
    }

    private func bringUp(
        _ running: RunningPrograms, _ postgres: PrivatePostgres, _ loops: LoopGroup, _ progress: inout Progress
    ) async throws {
        try progress.tell("Starting PostgreSQL and Redis")
        let archiving = try PrivateArchiving(of: installation, on: loops)
        try archiving?.makePlace()
        running.start(try postgres.plan(environment: environment, archiving: archiving))
        running.start(try PrivateRedis(state: state).plan(environment: environment))
        let stores = try PrivateStores(state: state, loops: loops, logger: logger)
        try await stores.untilReady()
        try progress.tell("Bringing the schema up to date")
        try await stores.prepare()
        try await stores.close()
        try progress.tell("Starting the daemons")
        for daemon in Self.daemons {
            var environment = environment
            environment["SCORABLE_CONFIG"] = state.settings
            // A crash is to be read in the log: no prompt, no colours.
            environment["SWIFT_BACKTRACE"] = "interactive=no,color=no"
            running.start(
                ProgramPlan(
                    name: daemon,
                    start: ChildProcess.Start(
                        command: ["\(programs)/scorable-\(daemon)"], environment: environment,
                        logPath: state.log(of: daemon)),
                    stopSignal: SIGTERM, grace: .seconds(35)))
        }
        if let archiving { running.start(archiving.schedule) }
    }

    private var installation: Installation {
        Installation(state: state, programs: programs, environment: environment)
    }

    /// A server that outlived its supervisor is told to end, so that ours can take its data directory.
    private func endLeftover(_ pid: Int32?, _ loop: Loop) async throws {
        guard let pid else { return }
        logger.warning("ending the PostgreSQL of an earlier run", metadata: ["pid": "\(pid)"])
        kill(pid, SIGINT)
        let deadline = Deadline.after(.seconds(30))
        while kill(pid, 0) == 0 {
            guard !deadline.hasPassed else {
                throw LauncherFailure(
                    "A PostgreSQL of an earlier run (pid \(pid)) does not end. Stop it, then try again.")
            }
            try await loop.sleep(for: .milliseconds(50))
        }
    }
}
