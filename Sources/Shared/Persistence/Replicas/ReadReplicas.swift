internal import EventLoop
package import Logging
package import Postgres
internal import Synchronization

/// Where reads go that need not burden the primary: the one place that decides between it and its replicas.
///
/// What is read by `late` may miss what was committed in the last few seconds, at most the lag that the settings bear.
/// What is read by `complete` misses nothing that was committed before the call, so also those may use it who have just
/// written. Without a replica that keeps the promise, the primary is read. A `body` may run twice: it only reads.
///
/// Both are called on a loop.
package final class ReadReplicas: Sendable {
    private let primary: PostgresClient
    private let replicas: [Replica]
    private let interval: Duration
    private let count: @Sendable (ReadOutcome) -> Void
    private let logger: Logger
    private let window: Mutex<WALWindow>
    private let turn = Mutex(0)

    /// How long a complete read waits for a replica that has not replayed everything yet.
    private static let patience: Duration = .milliseconds(100)
    private static let pollInterval: Duration = .milliseconds(5)
    private static let answerTime: Duration = .seconds(1)

    /// - Parameters:
    ///   - primary: the database that is written to.
    ///   - replicas: clients of its replicas, with the names they have for people.
    ///   - lag: how old may be what `late` reads.
    ///   - logger: is told when a replica is left and when it is used again.
    ///   - count: is told where each read went.
    package init(
        primary: PostgresClient, replicas: [(name: String, client: PostgresClient)], lag: Duration, logger: Logger,
        count: @escaping @Sendable (ReadOutcome) -> Void
    ) {
        self.primary = primary
        self.replicas = replicas.map { Replica(name: $0.name, client: $0.client) }
        self.logger = logger
        self.count = count
        window = Mutex(WALWindow(length: lag))
        interval = max(.milliseconds(100), min(.seconds(1), lag / 5))
    }

    /// An installation without replicas: everything is read from the primary.
    package convenience init(primary: PostgresClient) {
        self.init(
            primary: primary, replicas: [], lag: .seconds(1), logger: Logger(label: "replicas"), count: { _ in })
    }

    // MARK: Reading

    /// Reads what may be somewhat old: figures, sums, overviews.
    package func late<R: Sendable>(_ body: (PostgresClient) async throws -> R) async throws -> R {
        guard !replicas.isEmpty else { return try await body(primary) }
        let now = ContinuousClock.now
        guard
            let replica = next(where: { position in window.withLock { $0.isYoungEnough(position, at: now) } })
        else { return try await readPrimary(because: areFollowing ? .lagging : .unreachable, body) }
        return try await read(replica, body)
    }

    /// Reads what must have everything that was committed before the call: files that people ask for and keep.
    package func complete<R: Sendable>(_ body: (PostgresClient) async throws -> R) async throws -> R {
        guard !replicas.isEmpty else { return try await body(primary) }
        guard let replica = next(where: { _ in true }) else {
            return try await readPrimary(because: .unreachable, body)
        }
        let position = try await WALPosition.ofPrimary(primary, until: .after(Self.answerTime)).position
        do {
            guard try await hasReplayed(position, replica) else {
                return try await readPrimary(because: .lagging, body)
            }
        } catch let error as PostgresError where Self.isNoFaultOfTheReader(error) {
            return try await readPrimary(because: .failed, body)
        }
        return try await read(replica, body)
    }

    private func hasReplayed(_ position: Int64, _ replica: Replica) async throws -> Bool {
        let deadline = Deadline.after(Self.patience)
        while true {
            let found = try await WALPosition.ofReplica(replica.client, until: .after(Self.answerTime))
            guard found.isInRecovery else { return false }
            if found.position >= position { return true }
            guard !deadline.hasPassed, let loop = Loop.current else { return false }
            try await loop.sleep(for: Self.pollInterval)
        }
    }

    private func read<R>(_ replica: Replica, _ body: (PostgresClient) async throws -> R) async throws -> R {
        do {
            let value = try await body(replica.client)
            count(.replica)
            return value
        } catch let error as PostgresError where Self.isNoFaultOfTheReader(error) {
            return try await readPrimary(because: .failed, body)
        }
    }

    private func readPrimary<R>(
        because outcome: ReadOutcome, _ body: (PostgresClient) async throws -> R
    ) async throws -> R {
        count(outcome)
        return try await body(primary)
    }

    /// The server is away, busy, or ended the read because the row was removed meanwhile.
    private static func isNoFaultOfTheReader(_ error: PostgresError) -> Bool {
        switch error.kind {
        case .connectionLost, .unavailable, .poolExhausted, .timedOut: true
        case .server(let state): state.isTransient
        case .cancelled, .decoding, .rejected: false
        }
    }

    /// The next replica, in turn, that follows the primary and has replayed enough.
    private func next(where isEnough: (Int64) -> Bool) -> Replica? {
        let fit = replicas.filter { replica in
            guard case .following(let replayed) = replica.state else { return false }
            return isEnough(replayed)
        }
        guard !fit.isEmpty else { return nil }
        return fit[
            turn.withLock { turn in
                turn = (turn + 1) % fit.count
                return turn
            }]
    }

    private var areFollowing: Bool { next(where: { _ in true }) != nil }

    // MARK: Watching

    /// Asks the primary and the replicas how far they are, again and again until the task is cancelled.
    package func follow() async throws {
        guard let loop = Loop.current else { preconditionFailure("replicas are followed on a loop") }
        while true {
            await look()
            try await loop.sleep(for: interval)
        }
    }

    /// Asks all of them once.
    package func look() async {
        let asked = ContinuousClock.now
        do throws(PostgresError) {
            let found = try await WALPosition.ofPrimary(primary, until: .after(Self.answerTime))
            // Counted from before the question: the primary may have been there only when it answered.
            window.withLock { $0.note(found.position, at: asked) }
            await withTaskGroup(of: Void.self) { group in
                for replica in replicas {
                    group.addTask { await self.look(at: replica, of: found) }
                }
            }
        } catch {
            // What is known of the primary grows old, and with it ends what may be read elsewhere.
            logger.debug("the primary does not say how far it is", metadata: ["reason": "\(error)"])
        }
    }

    private func look(at replica: Replica, of known: WALPosition) async {
        let state: ReplicaState
        do throws(PostgresError) {
            let found = try await WALPosition.ofReplica(replica.client, until: .after(Self.answerTime))
            state =
                if found.cluster != known.cluster {
                    .unfit("it belongs to another database cluster")
                } else if !found.isInRecovery {
                    .unfit("it follows no other server")
                } else if try await isAstray(replica, at: found.position, of: known.position) {
                    .unfit("it has what the primary has not: it followed another one, and is to be made anew")
                } else {
                    .following(replayed: found.position)
                }
        } catch {
            state = .unfit(error.message)
        }
        tell(of: replica, before: replica.become(state), now: state)
    }

    /// Whether a replica has replayed what the primary never had: another one was promoted that had less. It is as far as it
    /// will ever be, also when the primary has written as much by now.
    private func isAstray(
        _ replica: Replica, at position: Int64, of known: Int64
    ) async throws(PostgresError) -> Bool {
        if replica.isAstray(at: position) { return true }
        guard position > known else { return false }
        // It may have been written since the primary was asked.
        let primary = try await WALPosition.ofPrimary(primary, until: .after(Self.answerTime))
        guard position > primary.position else { return false }
        replica.goAstray(at: position)
        return true
    }

    private func tell(of replica: Replica, before: ReplicaState, now: ReplicaState) {
        let name: Logger.MetadataValue = .string(replica.name)
        switch (before, now) {
        case (.following, .unfit(let reason)), (.unknown, .unfit(let reason)):
            logger.warning("a replica is not read any more", metadata: ["replica": name, "reason": .string(reason)])
        case (.unfit, .following):
            logger.notice("a replica may be read again", metadata: ["replica": name])
        case (.following, .following), (.unfit, .unfit), (.unknown, .following), (_, .unknown): break
        }
    }

    /// The replicas in the order of the settings.
    package var standings: [ReplicaStanding] {
        let now = ContinuousClock.now
        return replicas.map { replica in
            let state = replica.state
            guard case .following(let replayed) = state else {
                return ReplicaStanding(name: replica.name, state: state, lagInBytes: nil, isUsed: false)
            }
            return window.withLock { window in
                ReplicaStanding(
                    name: replica.name, state: state, lagInBytes: window.newest.map { max(0, $0 - replayed) },
                    isUsed: window.isYoungEnough(replayed, at: now))
            }
        }
    }

    /// Closes the clients of the replicas; the primary is its owner's to close.
    package func close() async {
        for replica in replicas { await replica.client.close() }
    }
}

/// One replica with what was seen of it last.
private final class Replica: Sendable {
    let name: String
    let client: PostgresClient
    private let seen = Mutex(ReplicaState.unknown)
    /// Where it stood when it had more than the primary.
    private let stray = Mutex<Int64?>(nil)

    init(name: String, client: PostgresClient) {
        self.name = name
        self.client = client
    }

    var state: ReplicaState { seen.withLock { $0 } }

    /// Whether it still stands where it had more than the primary.
    func isAstray(at position: Int64) -> Bool { stray.withLock { $0 == position } }

    func goAstray(at position: Int64) { stray.withLock { $0 = position } }

    /// Returns what it was before.
    func become(_ state: ReplicaState) -> ReplicaState {
        seen.withLock { seen in
            defer { seen = state }
            return seen
        }
    }
}
