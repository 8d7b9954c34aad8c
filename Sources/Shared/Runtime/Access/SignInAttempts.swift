internal import Cryptography
internal import EventLoop
package import FoundationEssentials
package import Logging
package import Redis
internal import Synchronization
package import Tenancy

/// Slows down guessing, for all API servers together.
///
/// Failures are counted for each account and place, so that nobody locks an owner out from elsewhere. Attempts from where
/// their account was never signed in from are also counted for the account and for the place. Redis counts for all servers;
/// while it is away each one goes by what it has seen itself.
package final class SignInAttempts: Sendable {
    /// How long Redis is not asked after it did not answer, in seconds.
    private static let away: TimeInterval = 1

    private let redis: RedisClient
    private let hash: CredentialHash
    private let logger: Logger
    private let rules: [SignInGate.Kind: SignInGateRule]
    /// How long an attempt waits for Redis.
    private let patience: Duration
    private let now: @Sendable () -> Date
    private let state: Mutex<State>
    /// Whose proofs are being checked.
    private let busy = Mutex<Set<UserID>>([])

    private struct State {
        var counts: SignInCounts
        /// Until when Redis is not asked; `nil` while it answers.
        var awayUntil: Date?
        /// Whether Redis was given the functions; later it is given them again by the client where they were lost.
        var isPrepared = false
    }

    /// `hash` hides from Redis who signs in from where; `now` is the clock of what this server counts itself.
    package convenience init(
        redis: RedisClient, hash: CredentialHash, logger: Logger, now: @escaping @Sendable () -> Date = Date.init
    ) {
        self.init(
            redis: redis, hash: hash, logger: logger, rules: SignInGateRule.standard, patience: .milliseconds(250),
            now: now)
    }

    init(
        redis: RedisClient, hash: CredentialHash, logger: Logger, rules: [SignInGate.Kind: SignInGateRule],
        patience: Duration, now: @escaping @Sendable () -> Date
    ) {
        self.redis = redis
        self.hash = hash
        self.logger = logger
        self.rules = rules
        self.patience = patience
        self.now = now
        state = Mutex(State(counts: SignInCounts(rules: rules)))
    }

    /// An attempt that is under way.
    package struct Attempt: Sendable {
        let gates: [SignInGate]
        /// Whether it is the last one that need not wait.
        package let isLast: Bool
    }

    /// Attempts have failed so often that the next one has to wait.
    package struct TooMany: Error, Sendable, Hashable, CustomStringConvertible {
        package let wait: Duration
        /// Whether it is the first one since that is refused: it is told of, the others would fill the audit.
        package let isFirst: Bool

        package var description: String { "Too many attempts to sign in." }
    }

    /// Begins an attempt to sign in at an address, as it is stored where somebody has it. It counts as failed until it is
    /// settled: attempts made side by side see each other.
    /// - Throws: `TooMany`.
    package func begin(for email: String, from origin: SignInOrigin, isKnown: Bool) async throws -> Attempt {
        let email = email.lowercased()
        var gates = [gate(.pair, "\(origin) \(email)")]
        if !isKnown { gates += [gate(.account, email), gate(.origin, origin.description)] }
        return try await begin(gates)
    }

    /// Begins to check a code of somebody whose password was right, from where they have not signed in before.
    /// - Throws: `TooMany`.
    package func beginCode(for email: String) async throws -> Attempt {
        try await begin([gate(.codes, email.lowercased())])
    }

    /// Begins to check what somebody shows in a session of theirs, from wherever; `email` is theirs.
    /// - Throws: `TooMany`.
    package func beginProof(
        of user: UserID, known email: String, from origin: SignInOrigin
    ) async throws -> Attempt {
        try await begin([gate(.pair, "\(origin) \(email.lowercased())"), gate(.proofs, user.description)])
    }

    /// Does something for a person that is done for them once at a time.
    /// - Throws: `TooMany` when it is being done already; what `body` throws.
    package func alone<Result>(_ user: UserID, _ body: () async throws -> Result) async throws -> Result {
        guard busy.withLock({ $0.insert(user).inserted }) else { throw TooMany(wait: .seconds(1), isFirst: false) }
        defer { busy.withLock { _ = $0.remove(user) } }
        return try await body()
    }

    /// The attempt succeeded: the account and the place start anew.
    package func succeed(_ attempt: Attempt) async throws { try await settle(attempt, as: .success) }

    /// The password was right, and a code is wanted: for all but the pair the attempt was none.
    package func halfway(_ attempt: Attempt) async throws {
        let others = attempt.gates.filter { $0.kind != .pair }
        try await settle(Attempt(gates: others, isLast: attempt.isLast), as: .withdrawal)
    }

    /// The attempt was not made after all.
    package func withdraw(_ attempt: Attempt) async throws { try await settle(attempt, as: .withdrawal) }

    private func gate(_ kind: SignInGate.Kind, _ counted: String) -> SignInGate {
        SignInGate(kind: kind, key: Base64URL.encode(Array(hash.of("sign-in \(kind.rawValue) \(counted)").prefix(12))))
    }

    private func begin(_ gates: [SignInGate]) async throws -> Attempt {
        let moment = now()
        let own = state.withLock { $0.counts.begin(gates, at: moment) }
        let reply = try await ask(
            SignInLibrary.begin, SignInLibrary.keys(gates), SignInLibrary.arguments(gates, rules))
        switch reply.flatMap(SignInLibrary.admission) ?? own {
        case .admitted(let isLast): return Attempt(gates: gates, isLast: isLast)
        case .refused(let wait, let isFirst): throw TooMany(wait: wait, isFirst: isFirst)
        }
    }

    private func settle(_ attempt: Attempt, as settlement: SignInSettlement) async throws {
        guard !attempt.gates.isEmpty else { return }
        state.withLock { $0.counts.settle(attempt.gates, as: settlement) }
        let arguments = attempt.gates.flatMap { gate -> [RedisArgument] in
            [RedisArgument(gate.key), gate.kind == .pair && settlement == .success ? "all" : "one"]
        }
        _ = try await ask(SignInLibrary.settle, SignInLibrary.keys(attempt.gates), arguments)
    }

    /// What a function says; `nil` while Redis is away.
    /// - Throws: `CancellationError`.
    private func ask(_ function: String, _ keys: [RedisArgument], _ arguments: [RedisArgument]) async throws
        -> RedisValue?
    {
        let moment = now()
        let (isAway, isPrepared) = state.withLock { state in
            (state.awayUntil.map { moment < $0 } ?? false, state.isPrepared)
        }
        guard !isAway else { return nil }
        let deadline = Deadline.after(patience)
        do throws(RedisError) {
            if !isPrepared { try await redis.loadFunctions(SignInLibrary.code, deadline: deadline) }
            let reply = try await redis.call(
                function: function, keys: keys, arguments: arguments, deadline: deadline)
            state.withLock { ($0.awayUntil, $0.isPrepared) = (nil, true) }
            return reply
        } catch {
            // The caller has left, which says nothing of Redis.
            guard error.kind != .cancelled else { throw CancellationError() }
            lost(error, at: moment)
            return nil
        }
    }

    private func lost(_ error: RedisError, at moment: Date) {
        let wasThere = state.withLock { state in
            defer { state.awayUntil = moment.addingTimeInterval(Self.away) }
            return state.awayUntil == nil
        }
        guard wasThere else { return }
        logger.warning(
            "failed sign-ins are counted by this server alone", metadata: ["reason": .string(error.description)])
    }
}
