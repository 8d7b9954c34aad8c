internal import EventLoop
internal import HTTPMessages
package import Observability
package import Redis
internal import Scoring
package import Tenancy

/// Answers that are given again to exactly the same question: for organisations one by one, for a time, and within a
/// bound of memory. It is a convenience: when Redis is away or slow, there simply is no answer.
package struct ExactCache: Sendable {
    private let redis: RedisClient
    private let settings: CacheSettings
    private let metrics: CacheMetrics

    package init(redis: RedisClient, settings: CacheSettings, metrics: Metrics) {
        self.redis = redis
        self.settings = settings
        self.metrics = CacheMetrics(metrics)
    }

    /// Gives Redis the functions that are needed; not doing so costs the first keeper a round trip.
    package func prepare() async throws(RedisError) { try await redis.loadFunctions(CacheLibrary.code) }

    /// The answer to a question, if one is kept.
    package func find(_ key: CacheKey) async -> CachedAnswer? {
        do {
            let reply = try await redis.command(
                ["GET", RedisArgument(CacheLibrary.entry(key))], deadline: .after(settings.patience))
            guard let bytes = reply.bytes, let answer = CachedAnswer(encoded: bytes) else {
                metrics.lookups[.miss].increment()
                return nil
            }
            metrics.lookups[.hit].increment()
            metrics.saved.increment(by: UInt64(max(0, answer.cost.nanoDollars)))
            return answer
        } catch {
            metrics.lookups[.unavailable].increment()
            return nil
        }
    }

    /// Gathers an answer as it goes by.
    package func recorder() -> AnswerRecorder { AnswerRecorder(limit: settings.answerBytes) }

    /// Keeps a whole, successful answer. The oldest ones of the organisation make room for it.
    package func keep(_ answer: CachedAnswer, under key: CacheKey, for lifetime: Duration) async {
        guard answer.body.count <= settings.answerBytes, lifetime > .zero else { return }
        let limit = settings.bytesPerOrganization
        do {
            let kept = try await redis.call(
                function: CacheLibrary.keep, keys: CacheLibrary.keys(key).map { RedisArgument($0) },
                arguments: [
                    RedisArgument(lifetime.wholeMilliseconds), RedisArgument(limit), RedisArgument(answer.encoded),
                ])
            metrics.kept[kept.integer == 1 ? .kept : .tooLarge].increment()
        } catch {
            metrics.kept[.unavailable].increment()
        }
    }

    /// Forgets every answer of an organisation; how many there were.
    package func clear(_ organization: OrganizationID) async throws(RedisError) -> Int {
        let reply = try await redis.call(
            function: CacheLibrary.clear, keys: CacheLibrary.books(organization).map { RedisArgument($0) })
        return Int(clamping: reply.integer ?? 0)
    }

    /// What the answers of an organisation take, in bytes, and how many there are.
    package func size(of organization: OrganizationID) async throws(RedisError) -> (answers: Int, bytes: Int) {
        let books = CacheLibrary.books(organization)
        let replies = try await redis.pipeline([
            ["ZCARD", RedisArgument(books[0])], ["HGET", RedisArgument(books[1]), "@total"],
        ])
        return (Int(clamping: replies[0].integer ?? 0), Int(clamping: replies[1].integer ?? 0))
    }
}

/// Gathers the bytes of an answer while they are passed on, up to a limit.
package struct AnswerRecorder: Sendable {
    private let limit: Int
    private var bytes: [UInt8] = []
    private var isTooLong = false

    init(limit: Int) { self.limit = limit }

    /// Some more of it has been passed on.
    package mutating func append(_ piece: Span<UInt8>) {
        guard !isTooLong else { return }
        guard bytes.count + piece.count <= limit else {
            isTooLong = true
            bytes = []
            return
        }
        bytes.append(copying: piece)
    }

    /// All of it; `nil` when it was too long. Ask only when the answer came to its proper end.
    package var body: [UInt8]? { isTooLong ? nil : bytes }
}
