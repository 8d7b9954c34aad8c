package import FoundationEssentials
package import Records
package import Replicas
internal import Stores
package import Tenancy

/// What a window of executions came to.
package struct DashboardFigures: Sendable {
    package let from: Date
    package let to: Date
    package let computedAt: Date
    /// In the order of time; stretches in which nothing happened are left out.
    package let spans: [ExecutionSpan]
    /// The same of the window before; `nil` where it was not counted.
    package let previous: ExecutionSums?
    package let failures: [FailureSum]
    package let lastMinute: ExecutionSums
    package let progress: SumProgress

    /// The whole window.
    package var total: ExecutionSums { spans.reduce(into: ExecutionSums()) { $0 += $1.sums } }
    /// The part of the window that is not counted.
    package var missing: Range<Date>? { progress.missing(from: from, to: to) }
}

/// Counts executions for those who watch; what was counted is shown to all of them for a moment.
package struct Dashboards: Sendable {
    private let reads: ReadReplicas
    private let now: @Sendable () -> Date
    private let recent = RecentValues<Key, DashboardFigures>(lifetime: .seconds(2), limit: 500)

    private struct Key: Hashable {
        let organization: OrganizationID
        let project: ProjectID?
        let window: Duration
    }

    /// `now` is the clock.
    package init(reads: ReadReplicas, now: @escaping @Sendable () -> Date = Date.init) {
        self.reads = reads
        self.now = now
    }

    /// The executions of the organisation, or of one project of it, in a window back from now, in stretches of `bucket`, of
    /// which a window has a whole number. The last stretch is the one that goes on.
    package func figures(
        back window: Duration, every bucket: Duration, in project: ProjectID?, for principal: Principal
    ) async throws -> DashboardFigures {
        let organization = principal.organizationID
        let key = Key(organization: organization, project: project, window: window)
        let found = try await recent.value(of: key) {
            // All of it from one server, so that the parts fit together.
            try await reads.late { database in
                try await count(
                    .executions(organization, project), window, bucket, ExecutionSumStore(database: database))
            }
        }
        guard let found else { preconditionFailure("what is counted is there") }
        return found
    }

    private func count(
        _ subject: SumSubject, _ window: Duration, _ bucket: Duration, _ sums: ExecutionSumStore
    ) async throws -> DashboardFigures {
        let now = now()
        let (length, step) = (TimeInterval(window.components.seconds), TimeInterval(bucket.components.seconds))
        let running = (now.timeIntervalSince1970 / step).rounded(.down) * step
        let from = Date(timeIntervalSince1970: running - length + step)
        let before = from.addingTimeInterval(-length)
        // Asked first: what is summed up then stays so, whatever the worker does meanwhile.
        let progress = try await sums.progress()
        let spans = try await sums.spans(of: subject, from: from, to: now, every: bucket, progress)
        let failures = try await sums.failures(of: subject, from: from, to: now, every: bucket, progress)
        var previous: ExecutionSums?
        if progress.missing(from: before, to: from) == nil {
            previous = try await sums.spans(of: subject, from: before, to: from, every: window, progress)
                .reduce(into: ExecutionSums()) { $0 += $1.sums }
        }
        let unsummed = SumProgress(minutesThrough: nil, hoursThrough: nil)
        let lastMinute = try await sums.spans(
            of: subject, from: now.addingTimeInterval(-60), to: now, every: .seconds(60), unsummed)
        return DashboardFigures(
            from: from, to: now, computedAt: now, spans: spans, previous: previous, failures: failures,
            lastMinute: lastMinute.reduce(into: ExecutionSums()) { $0 += $1.sums }, progress: progress)
    }
}
