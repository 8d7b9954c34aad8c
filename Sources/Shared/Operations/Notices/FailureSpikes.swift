package import FoundationEssentials
internal import Records
package import Redis
internal import Scoring
package import Stores
internal import Tenancy

/// Notices when executions fail more often than usual.
package struct FailureSpikes: Sendable {
    private let sums: ExecutionSumStore
    private let notices: Notices
    private let redis: RedisClient

    /// How far back is looked, and for how long the same is not noted again.
    private static let length: TimeInterval = 300
    private static let silence = 1800

    package init(sums: ExecutionSumStore, notices: Notices, redis: RedisClient) {
        self.sums = sums
        self.notices = notices
        self.redis = redis
    }

    /// Looks at the minutes before `through`, up to which everything is summed up; how many notices came of it.
    package func look(through: Date) async throws -> Int {
        var posted = 0
        for trend in try await sums.failureTrends(through: through, length: Self.length) where trend.isSpike {
            guard try await isNew(trend) else { continue }
            try await notices.post(
                trend.isMajority ? .critical : .warning, Self.summary(of: trend),
                about: Notice.Subject(kind: .failure, id: trend.code.rawValue, name: trend.provider),
                to: trend.organizationID, needs: .executionLogList)
            posted += 1
        }
        return posted
    }

    private func isNew(_ trend: FailureTrend) async throws -> Bool {
        let key = "scorable:spike:\(trend.organizationID):\(trend.code.rawValue):\(trend.provider ?? "")"
        let reply = try await redis.command(["SET", .init(key), "1", "NX", "EX", .init(Self.silence)])
        return !reply.isNull
    }

    private static func summary(of trend: FailureTrend) -> String {
        let place = trend.provider.map { " at the provider “\($0)”" } ?? ""
        return "\(trend.recent) of \(trend.executions) executions failed within 5 minutes\(place): "
            + "\(EvaluationFailure(code: trend.code, message: "the criteria could not be filled").summary)"
    }
}
