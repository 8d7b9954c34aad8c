internal import ChatModel

/// What providers have said of their limits since the last turn, as far as it matters to others.
struct LimitReport: Sendable, Hashable {
    /// One of the limits, each for a minute.
    struct Meter: Sendable, Hashable {
        var limit: Int?
        var remaining: Int?

        /// Whether so little is left that everybody should know.
        var isScarce: Bool {
            guard let remaining else { return false }
            return remaining == 0 || limit.map { remaining * 4 < $0 } ?? false
        }
    }

    var requests: Meter?
    var tokens: Meter?
    /// How long the provider wants to be left alone.
    var pause: Duration?
    /// Whether it has refused a call because there were too many.
    var isThrottled = false

    /// What is worth telling of an answer's fields; `nil` when nothing is.
    init?(_ limits: RateLimits) {
        requests = limits.requestsAreDaily ? nil : limits.requests.flatMap(Self.meter)
        // Where input and output are counted apart, whichever is closer to its end stands for both.
        tokens = [limits.tokens, limits.inputTokens, limits.outputTokens].compactMap { $0.flatMap(Self.meter) }
            .min { ($0.remaining ?? .max) < ($1.remaining ?? .max) }
        if let quota = limits.requests, quota.remaining == 0, limits.requestsAreDaily || quota.limit == nil {
            pause = quota.reset.map { min($0, Self.longestPause) }
        }
        if requests == nil, tokens == nil, pause == nil { return nil }
    }

    /// A refusal, after which the provider wants to be left alone for a while.
    init(throttledFor pause: Duration?) {
        isThrottled = true
        self.pause = min(pause ?? Self.usualPause, Self.longestPause)
    }

    /// Both reports in one: the worse of each.
    func merged(with other: LimitReport?) -> LimitReport {
        guard let other else { return self }
        var sum = self
        sum.requests = Self.worse(requests, other.requests)
        sum.tokens = Self.worse(tokens, other.tokens)
        sum.pause = [pause, other.pause].compactMap { $0 }.max()
        sum.isThrottled = isThrottled || other.isThrottled
        return sum
    }

    private static let usualPause: Duration = .seconds(1)
    /// Then somebody tries whether it is so, whatever was said.
    private static let longestPause: Duration = .seconds(300)

    private static func meter(_ quota: RateLimits.Quota) -> Meter? {
        let meter = Meter(limit: quota.limit, remaining: quota.remaining)
        return meter.isScarce ? meter : nil
    }

    private static func worse(_ left: Meter?, _ right: Meter?) -> Meter? {
        guard let left, let right else { return left ?? right }
        return (left.remaining ?? .max) <= (right.remaining ?? .max) ? left : right
    }
}
