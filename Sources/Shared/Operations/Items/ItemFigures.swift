package import FoundationEssentials
package import Records
package import Replicas
package import Scoring
internal import Stores
package import Tenancy

/// How evaluators and judges do, in numbers.
package struct ItemFigures: Sendable {
    private let reads: ReadReplicas

    package init(reads: ReadReplicas) {
        self.reads = reads
    }

    /// How an item did, by version and stretch of time.
    package struct History: Sendable {
        package let from: Date
        package let to: Date
        package let step: Duration
        /// In the order of time. Stretches in which nothing happened are left out.
        package let spans: [ExecutionSpan]
    }

    /// How each of the items did in the last seven days; those that were not executed are left out, and those whose
    /// executions are not the caller's to see.
    package func statistics(
        of items: [ItemSummary], for principal: Principal
    ) async throws -> [UUID: ItemStatistics] {
        let ids = items.filter(principal.maySeeFigures(of:)).map(\.id)
        guard !ids.isEmpty else { return [:] }
        let now = Date()
        let day: TimeInterval = 86_400
        let from = Self.endOfHour(now).addingTimeInterval(-Double(ItemStatistics.dayCount) * day)
        let found = try await reads.late { database in
            try await ExecutionFigureStore(database: database).days(
                ofItems: ids, in: principal.organizationID, from: from, to: now,
                try await ExecutionSumStore(database: database).progress())
        }
        return found.mapValues { days in
            var statistics = ItemStatistics()
            for (start, figures) in days {
                let place = Int((start.timeIntervalSince(from) / day).rounded())
                if statistics.days.indices.contains(place) { statistics.days[place] += figures }
            }
            return statistics
        }
    }

    /// How an item did in the time back from now, in stretches of whole hours; without any for a caller who may not see its
    /// executions.
    package func history(
        of item: ItemSummary, back length: Duration, step: Duration, for principal: Principal
    ) async throws -> History {
        let now = Date()
        let from = Self.endOfHour(now).addingTimeInterval(-TimeInterval(length.components.seconds))
        guard principal.maySeeFigures(of: item) else { return History(from: from, to: now, step: step, spans: []) }
        let spans = try await reads.late { database in
            let sums = ExecutionSumStore(database: database)
            return try await sums.spans(
                of: .item(item.id, principal.organizationID), from: from, to: now, every: step,
                try await sums.progress())
        }
        return History(from: from, to: now, step: step, spans: spans)
    }

    /// When the hour ends that a moment lies in: sums are read by whole hours.
    static func endOfHour(_ moment: Date) -> Date {
        Date(timeIntervalSince1970: (moment.timeIntervalSince1970 / 3600).rounded(.down) * 3600 + 3600)
    }
}

extension Principal {
    /// Whether they may see how an item did: where executions of it are theirs to see. What lies in no project of their
    /// organisation is executed in all of them.
    fileprivate func maySeeFigures(of item: ItemSummary) -> Bool {
        let reach = reach(.executionLogList)
        guard item.organizationID == organizationID, let project = item.projectID else { return reach == .organization }
        return reach.contains(project)
    }
}
