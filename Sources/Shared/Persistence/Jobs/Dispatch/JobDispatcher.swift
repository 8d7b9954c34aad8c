internal import EventLoop
internal import FoundationEssentials
internal import Queueing
package import Redis
internal import Synchronization
internal import Tenancy

/// The half of the queue that lives in Redis: who does what right now, in which order, within which limits.
///
/// It holds identifiers, counts and leases, nothing that PostgreSQL could not give it again. Every call is bounded in what
/// it does to Redis; those that may be repeated without harm are tried again for a moment when Redis is busy, loading or
/// away.
package final class JobDispatcher: Sendable {
    /// What all keys begin with: the lane is a hash tag, so that they stay together on a cluster.
    let prefix: String
    private let redis: RedisClient
    private let patience: Duration
    private let knownEpoch = Mutex<Int64?>(nil)

    /// The most jobs of one call.
    static let piece = 200

    /// - Parameters:
    ///   - redis: the client that all calls go over.
    ///   - lane: keeps several queues in one Redis apart.
    ///   - patience: how long a call is tried again before it fails.
    package init(redis: RedisClient, lane: String = "0", patience: Duration = .seconds(2)) {
        self.redis = redis
        self.patience = patience
        prefix = "ev:{\(lane)}:"
    }

    /// The same queue over another client: for what must not wait behind other commands.
    package func over(_ redis: RedisClient) -> JobDispatcher {
        JobDispatcher(redis: redis, prefix: prefix, patience: patience)
    }

    private init(redis: RedisClient, prefix: String, patience: Duration) {
        self.redis = redis
        self.prefix = prefix
        self.patience = patience
    }

    /// Gives Redis the functions. Where they are missing later, the client loads them again by itself.
    package func start() async throws(DispatchError) {
        try await trying(isRepeatable: true) { () throws(RedisError) in
            try await redis.loadFunctions(FunctionLibrary.code)
            return RedisValue.null
        }
    }

    // MARK: Epochs

    /// The epoch that Redis was filled in, and whether all of it is there; `nil` when Redis has nothing.
    package func epoch() async throws(DispatchError) -> (epoch: Int64, isSeeded: Bool)? {
        let keys: [RedisArgument] = ["MGET", .init(prefix + "epoch"), .init(prefix + "seeded")]
        let reply = try await command(keys)
        guard let values = reply.array, values.count == 2 else { throw .malformed }
        let epoch = values[0].integer
        knownEpoch.withLock { $0 = epoch }
        guard let epoch else { return nil }
        return (epoch, values[1].integer == epoch)
    }

    /// Begins an epoch: from now on all others are refused. What is in Redis already does no harm: jobs are known by
    /// their identifiers, and leases of another epoch expire.
    /// - Throws: `epochChanged` when Redis is in a later one.
    package func begin(epoch: Int64) async throws(DispatchError) {
        try await call(.beginEpoch, [RedisArgument(epoch)])
        knownEpoch.withLock { $0 = epoch }
    }

    /// Says that all that was accepted before the epoch is in Redis.
    package func finishSeeding(epoch: Int64) async throws(DispatchError) {
        try await call(.markSeeded, [RedisArgument(epoch)])
    }

    /// The epoch to speak of: as far as is known, else as Redis says.
    package func currentEpoch() async throws(DispatchError) -> Int64 {
        if let known = knownEpoch.withLock({ $0 }) { return known }
        guard let found = try await epoch() else { throw .noEpoch }
        return found.epoch
    }

    /// Has the next call ask anew.
    func forgetEpoch() { knownEpoch.withLock { $0 = nil } }

    // MARK: Calls

    /// Does something that may be repeated.
    func command(_ arguments: [RedisArgument]) async throws(DispatchError) -> RedisValue {
        try await trying(isRepeatable: true) { () throws(RedisError) in try await redis.command(arguments) }
    }

    /// Calls a function in the current epoch, whichever that is.
    @discardableResult
    func callInEpoch(_ function: FunctionLibrary.Function, _ arguments: [RedisArgument]) async throws(DispatchError)
        -> RedisValue
    {
        let epoch = try await currentEpoch()
        do {
            return try await call(function, [RedisArgument(epoch)] + arguments)
        } catch  where error.kind == .epochChanged {
            forgetEpoch()
            return try await call(function, [RedisArgument(try await currentEpoch())] + arguments)
        }
    }

    @discardableResult
    func call(
        _ function: FunctionLibrary.Function, _ arguments: [RedisArgument], deadline: Deadline? = nil
    ) async throws(DispatchError) -> RedisValue {
        try await trying(isRepeatable: function.isRepeatable) { () throws(RedisError) in
            try await redis.call(
                function: function.name, keys: [RedisArgument(prefix)], arguments: arguments, deadline: deadline)
        }
    }

    /// Calls a function once a command that waits is through, however that ends.
    func call(
        _ function: FunctionLibrary.Function, _ arguments: [RedisArgument], behind waiting: [RedisArgument],
        blockingFor wait: Duration
    ) async throws(DispatchError) -> RedisValue {
        do {
            return try await redis.call(
                function: function.name, keys: [RedisArgument(prefix)], arguments: arguments, behind: waiting,
                blockingFor: wait)
        } catch {
            throw DispatchError(error)
        }
    }

    /// Does it, and again for as long as patience lasts when that may help and does no harm.
    @discardableResult
    private func trying(
        isRepeatable: Bool, _ body: () async throws(RedisError) -> RedisValue
    ) async throws(DispatchError) -> RedisValue {
        let deadline = Deadline.after(patience)
        var wait = Duration.milliseconds(10)
        while true {
            do throws(RedisError) {
                return try await body()
            } catch {
                guard error.isRetryable || isRepeatable && error.mayHaveBeenExecuted, !deadline.hasPassed else {
                    throw DispatchError(error)
                }
                try await pause(wait * Double.random(in: 0.5...1.5))
                wait = min(wait * 2, .milliseconds(400))
            }
        }
    }

    private func pause(_ duration: Duration) async throws(DispatchError) {
        do {
            if let loop = Loop.current {
                try await loop.sleep(for: duration)
            } else {
                try await Task.sleep(for: duration)
            }
        } catch {
            throw DispatchError(.cancelled, "cancelled while waiting for Redis")
        }
    }
}

extension RedisError {
    fileprivate var mayHaveBeenExecuted: Bool {
        switch kind {
        case .connectionLost(let maybe), .timedOut(let maybe): maybe
        case .server, .unavailable, .overloaded, .authentication, .protocolViolation, .settings, .cancelled, .closed:
            false
        }
    }
}
