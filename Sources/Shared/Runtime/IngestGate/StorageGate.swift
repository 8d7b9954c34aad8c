package import Access
internal import EventLoop
package import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Logging
package import Observability
internal import Postgres
package import Records
internal import Synchronization

/// Refuses what is new while a disk is nearly full, so that there is room for what is under way and for what makes room.
/// What is read, deleted or decided goes on.
///
/// The level comes from whoever measures the disks, at most two seconds after it was told. Where nobody can, or before
/// anybody has, the database's own refusal closes the gate for all replicas, until something can be written again that nobody
/// has paid for, and half a minute where nobody can find out.
package final class StorageGate: Sendable {
    private let board: StorageBoard
    private let logger: Logger
    private let refusals: Counter
    private let probe: @Sendable () async throws -> Void
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    private static let interval = Duration.seconds(2)
    /// How long the gate stays closed after the database has refused to store something.
    private static let afterRefusal: TimeInterval = 30
    /// Under which name it is told to others that the database has refused something.
    private static let refusalSource = "database"

    private struct State {
        var level = StorageLevel.enough
        var daysLeft: Double?
        var seenAt: Date?
        var refusedUntil: Date?
    }

    /// `probe` writes something to the database, and throws its refusal.
    package init(
        board: StorageBoard, metrics: Metrics, logger: Logger, probe: @escaping @Sendable () async throws -> Void,
        now: @escaping @Sendable () -> Date = Date.init
    ) {
        self.probe = probe
        self.board = board
        self.logger = logger
        self.now = now
        refusals = metrics.counter(
            "scorable_storage_refused_requests_total", "Requests that were refused because a disk is nearly full.")
    }

    /// The level by now.
    package var level: StorageLevel {
        let moment = now()
        return state.withLock { state in
            // Not for longer, where the clock was set back.
            if let until = state.refusedUntil, moment < until, until.timeIntervalSince(moment) <= Self.afterRefusal {
                return .full
            }
            guard let seen = state.seenAt, moment.timeIntervalSince(seen) < StorageBoard.validity else {
                return .enough
            }
            return state.level
        }
    }

    /// The level by now, as it is told: `enough`, `low` or `full`.
    package var levelName: String { level.rawValue }

    /// For how many days the disk that fills first lasts; `nil` where nobody can tell, or where none fills.
    package var daysLeft: Double? { state.withLock { $0.daysLeft } }

    /// Follows what is measured; on a loop.
    package func run() async throws {
        while true {
            do {
                try await tryAgain()
                try await look()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.debug("how full disks are could not be read", metadata: ["reason": "\(error)"])
            }
            try await Loop.current?.sleep(for: Self.interval)
        }
    }

    /// Finds out whether a database takes something again that has refused it to this replica.
    func tryAgain() async throws {
        guard state.withLock({ $0.refusedUntil ?? .distantPast }) > now() else { return }
        do {
            try await probe()
        } catch let error as PostgresError {
            if error.sqlState == .diskFull { await noteRefusal() }
            return
        }
        state.withLock { $0.refusedUntil = nil }
        try await board.tell([], from: Self.refusalSource)
    }

    /// Looks once.
    package func look() async throws {
        let moment = now()
        let readings = try await board.readings()
        let level = readings.map(\.level).max() ?? .enough
        let daysLeft = readings.flatMap(\.disks).compactMap(\.daysLeft).min()
        let former = state.withLock { state in
            defer { (state.level, state.daysLeft, state.seenAt) = (level, daysLeft, moment) }
            return state.level
        }
        guard (level == .full) != (former == .full) else { return }
        if level == .full {
            logger.error("nothing new is taken: a disk is nearly full")
        } else {
            logger.notice("what is new is taken again")
        }
    }

    /// Wraps handlers: calls that would store much are refused while a disk is nearly full.
    package var middleware: PrincipalMiddleware {
        { [self] next in
            { [self] context, principal in
                try admit(context.method, context.routePattern)
                do {
                    return try await next(context, principal)
                } catch let error as PostgresError where error.sqlState == .diskFull {
                    throw await refusal(by: error, of: context.routePattern)
                }
            }
        }
    }

    /// Whether something new is taken at the moment, for whoever is about to store much in a call whose route does not tell so:
    /// a plan that executes again, a tool of the Model Context Protocol. What is refused is counted.
    package func takesNew() -> Bool {
        guard level == .full else { return true }
        refusals.increment()
        return false
    }

    /// Lets one call through.
    /// - Throws: `APIProblem` 507, or 503 for telemetry, while a disk is nearly full.
    func admit(_ method: HTTPMethod, _ pattern: String) throws(APIProblem) {
        guard Ingest.includes(method, pattern), !takesNew() else { return }
        throw problem(at: pattern)
    }

    /// What a client is told whose call the database could not store; the gate is closed for a while.
    func refusal(by error: PostgresError, of pattern: String) async -> APIProblem {
        await noteRefusal()
        refusals.increment()
        return problem(at: pattern)
    }

    /// Closes the gate for a while, because the database could not store something.
    private func noteRefusal() async {
        let moment = now()
        let (isNew, isTold) = state.withLock { state in
            let former = state.refusedUntil ?? .distantPast
            let end = moment.addingTimeInterval(Self.afterRefusal)
            state.refusedUntil = end
            // Many calls may be refused at the same moment.
            let isTold = end.timeIntervalSince(former) < 1
            return (former < moment, isTold)
        }
        guard !isTold else { return }
        if isNew { logger.error("nothing new is taken: the database's disk is full") }
        let disk = StorageBoard.Disk(name: "database", freeBytes: 0, totalBytes: 0, level: .full)
        do {
            // It counts for as long as readings do; dated back, it ends for others when it ends here.
            try await board.tell(
                [disk], from: Self.refusalSource, ago: StorageBoard.validity - Self.afterRefusal)
        } catch {
            // The others find out by themselves.
            logger.debug("others could not be told of a full disk", metadata: ["reason": "\(error)"])
        }
    }

    /// Exporters of traces send again what is answered with 503, and drop what is answered with 507.
    private func problem(at route: String) -> APIProblem {
        var problem = APIProblem.storageFull
        if Ingest.isTelemetry(route) { problem.status = 503 }
        return problem
    }
}
