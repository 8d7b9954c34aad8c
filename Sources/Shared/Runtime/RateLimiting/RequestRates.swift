package import Access
internal import EventLoop
internal import HTTPServing
package import Logging
package import Observability
package import Redis
internal import Synchronization
internal import Tenancy

/// How many calls callers get in a minute; 0 stands for no limit.
package struct RequestRateLimits: Sendable, Hashable {
    /// With one API key, or in one session.
    package let perKey: Int
    /// By all of an organisation together.
    package let perOrganization: Int

    package init(perKey: Int, perOrganization: Int) {
        self.perKey = perKey
        self.perOrganization = perOrganization
    }

    var isEmpty: Bool { perKey == 0 && perOrganization == 0 }
}

/// Holds callers to their rates, for all replicas together.
///
/// Redis has a bucket for each key and each organisation: it holds a minute's calls and is filled evenly. A replica takes
/// some calls at a time out of it, so that most calls ask nobody. A call that is refused takes nothing out of any. While
/// Redis does not answer, each replica allows a quarter of the rates by itself.
package final class RequestRates: Sendable {
    /// How long calls may be held by a replica that were taken out of a bucket.
    static let holding = Duration.seconds(1)
    /// How long Redis is not asked after it did not answer, so that calls do not wait for it.
    private static let away = Duration.seconds(1)
    /// How long a call waits for Redis.
    static let patience = Duration.milliseconds(250)

    private let redis: RedisClient
    private let limits: RequestRateLimits
    private let logger: Logger
    private let refusals: CounterSet<Subject>
    private let state = Mutex(RateState())
    /// Whether Redis was given the function; later Redis is given it again by the client where it was lost.
    private let isPrepared = Atomic<Bool>(false)

    /// What is limited.
    enum Subject: String, CaseIterable, Sendable {
        case key, organization
    }

    package init(redis: RedisClient, limits: RequestRateLimits, metrics: Metrics, logger: Logger) {
        self.redis = redis
        self.limits = limits
        self.logger = logger
        refusals = metrics.counters(
            "scorable_http_requests_throttled_total", "Calls that were refused because there were too many, by whose.",
            by: "of", of: Subject.self)
    }

    /// Wraps handlers: those who call too often are told when to come again.
    package var middleware: PrincipalMiddleware {
        { [self] next in
            if limits.isEmpty { return next }
            return { [self] context, principal in
                try await admit(principal)
                return try await next(context, principal)
            }
        }
    }

    /// Lets one call through.
    /// - Throws: `APIProblem` 429 for a caller that has to wait; `CancellationError`.
    func admit(_ principal: Principal) async throws {
        let buckets = buckets(of: principal)
        switch state.withLock({ $0.take(buckets, at: .now) }) {
        case .taken: return
        case .refused(let refusal): throw problem(of: refusal, buckets)
        case .mustAsk(let wishes): try await ask(for: wishes, of: buckets)
        }
    }

    private func ask(for wishes: [RateWish], of buckets: [RateBucket]) async throws {
        let answer: RedisValue
        do throws(RedisError) {
            answer = try await taking(wishes, of: buckets)
        } catch {
            // The caller has left, which says nothing of Redis.
            guard error.kind != .cancelled else { throw CancellationError() }
            return try admitAlone(buckets, error.description)
        }
        guard let replies = RateLibrary.replies(in: answer, to: wishes) else {
            return try admitAlone(buckets, "the reply is none")
        }
        if let refusal = state.withLock({ $0.filled(buckets, wishes, with: replies, at: .now) }) {
            throw problem(of: refusal, buckets)
        }
    }

    private func taking(_ wishes: [RateWish], of buckets: [RateBucket]) async throws(RedisError) -> RedisValue {
        let deadline = Deadline.after(Self.patience)
        if !isPrepared.load(ordering: .relaxed) {
            try await redis.loadFunctions(RateLibrary.code, deadline: deadline)
            isPrepared.store(true, ordering: .relaxed)
        }
        return try await redis.call(
            function: RateLibrary.take,
            keys: wishes.map { RedisArgument(RateLibrary.key(buckets[$0.place].name)) },
            arguments: wishes.flatMap { [RedisArgument(buckets[$0.place].limit), RedisArgument($0.calls)] },
            deadline: deadline)
    }

    private func admitAlone(_ buckets: [RateBucket], _ reason: String) throws(APIProblem) {
        let now = Moment.now
        let (isNew, refusal) = state.withLock { state in
            (state.lost(until: now + Self.away), state.takeAlone(buckets, at: now))
        }
        if isNew {
            logger.warning(
                "request rates are kept by this replica alone, at a quarter", metadata: ["reason": .string(reason)])
        }
        if let refusal { throw problem(of: refusal, buckets) }
    }

    private func buckets(of principal: Principal) -> [RateBucket] {
        let holder =
            switch principal.credential {
            case .apiKey(let id): "key:\(id)"
            case .session(let id): "session:\(id)"
            case .absent: "user:\(principal.user.id)"
            }
        return [
            RateBucket(.key, holder, limit: limits.perKey),
            RateBucket(.organization, "organization:\(principal.organizationID)", limit: limits.perOrganization),
        ].filter { $0.limit > 0 }
    }

    private func problem(of refusal: RateRefusal, _ buckets: [RateBucket]) -> APIProblem {
        let bucket = buckets[refusal.place]
        refusals[bucket.subject].increment()
        let whose = bucket.subject == .key ? "one key" : "one organisation"
        return .throttled(
            retryAfter: RetryAfter(refusal.wait),
            "No more than \(bucket.limit) calls a minute are allowed with \(whose).")
    }
}
