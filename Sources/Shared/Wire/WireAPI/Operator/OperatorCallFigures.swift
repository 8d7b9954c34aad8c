package import FoundationEssentials

/// What calls of models came to lately, over all proxies that answered. Not shown of a provider of the installation to
/// those who do not run it: the calls are everybody's.
package struct OperatorCallFigures: Codable, Sendable, Hashable {
    package let recent: OperatorCallSums
    package let hour: OperatorMinuteSeries

    package init(recent: OperatorCallSums, hour: OperatorMinuteSeries) {
        self.recent = recent
        self.hour = hour
    }
}

/// The sum of calls over a stretch of time.
package struct OperatorCallSums: Codable, Sendable, Hashable {
    /// How long the stretch is.
    package let minutes: Int
    package let calls: Int
    /// Of them, those that failed, by code, the most frequent first.
    package let failures: [OperatorFailureCount]
    /// Of them, those whose caller left.
    package let abandoned: Int
    package let promptTokens: Int
    package let completionTokens: Int
    package let costNanodollars: Int64
    /// Until the first byte of an answer.
    package let firstByte: OperatorLatency
    /// Until the end of an answer.
    package let whole: OperatorLatency

    package init(
        minutes: Int, calls: Int, failures: [OperatorFailureCount], abandoned: Int, promptTokens: Int,
        completionTokens: Int, costNanodollars: Int64, firstByte: OperatorLatency, whole: OperatorLatency
    ) {
        self.minutes = minutes
        self.calls = calls
        self.failures = failures
        self.abandoned = abandoned
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.costNanodollars = costNanodollars
        self.firstByte = firstByte
        self.whole = whole
    }

    /// How many failed for whatever reason.
    package var failed: Int { failures.reduce(0) { $0 + $1.count } }
}

/// How often calls failed in one way.
package struct OperatorFailureCount: Codable, Sendable, Hashable {
    /// Such as `rate_limited`.
    package let code: String
    package let count: Int

    package init(code: String, count: Int) {
        self.code = code
        self.count = count
    }
}

/// What half, 95 and 99 of 100 stayed within; `nil` when there were none. Exact to about ten percent.
package struct OperatorLatency: Codable, Sendable, Hashable {
    package let p50Ms: Double?
    package let p95Ms: Double?
    package let p99Ms: Double?

    package init(p50Ms: Double?, p95Ms: Double?, p99Ms: Double?) {
        self.p50Ms = p50Ms
        self.p95Ms = p95Ms
        self.p99Ms = p99Ms
    }
}

/// The last sixty minutes one by one: every list has sixty elements, the oldest first; the last minute is not over.
package struct OperatorMinuteSeries: Codable, Sendable, Hashable {
    package static let length = 60

    /// When the first minute began, by the clock of the server that asked.
    package let from: Date
    package let calls: [Int]
    package let failed: [Int]
    package let tokens: [Int]
    package let costNanodollars: [Int64]
    /// Of several proxies the slowest one's; `nil` for a minute without an answer.
    package let firstByteP50Ms: [Int?]
    package let firstByteP95Ms: [Int?]

    package init(
        from: Date, calls: [Int], failed: [Int], tokens: [Int], costNanodollars: [Int64], firstByteP50Ms: [Int?],
        firstByteP95Ms: [Int?]
    ) {
        self.from = from
        self.calls = calls
        self.failed = failed
        self.tokens = tokens
        self.costNanodollars = costNanodollars
        self.firstByteP50Ms = firstByteP50Ms
        self.firstByteP95Ms = firstByteP95Ms
    }
}
