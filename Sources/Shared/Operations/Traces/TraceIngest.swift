package import FoundationEssentials
package import Observability
package import OTLP
internal import Postgres
internal import Records
package import Stores
package import Tenancy

/// More spans come than can be stored at the moment: nothing is wrong with them, and they may be sent again.
package struct TracesBusy: Error, Sendable, CustomStringConvertible {
    package init() {}
    package var description: String { "More spans come than can be stored at the moment." }
}

/// Stores what exporters send.
package struct TraceIngest: Sendable {
    /// What began earlier is refused: its month may have no place any more.
    private static let oldest: TimeInterval = 60 * 86_400
    /// How far the clocks of services may be ahead.
    private static let lead: TimeInterval = 86_400
    /// How many pieces of a request are under way at once.
    private static let pieces = 8

    /// What requests that are being read may hold in memory.
    package let room = IngestRoom(limit: 96 << 20)

    private let writer: SpanWriter
    private let projects: Projects
    private let rejected: [SpanRefusal: Counter]
    private let busy: Counter
    private let now: @Sendable () -> Date

    package init(
        writer: SpanWriter, projects: Projects, metrics: Metrics, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        func counter(_ reason: String) -> Counter {
            metrics.counter(
                "scorable_otlp_rejected_total",
                "Spans that were not stored, by reason; busy counts pieces of requests.",
                labels: ["reason": reason])
        }
        rejected = Dictionary(uniqueKeysWithValues: SpanRefusal.allCases.map { ($0, counter($0.word)) })
        busy = counter("busy")
        self.writer = writer
        self.projects = projects
        self.now = now
    }

    /// Stores the spans of a request, and returns when they are committed; says which were refused in the end.
    ///
    /// They belong to the named project; else to that which their resource names, else to the caller's default.
    /// - Throws: `InvalidDefinition` for a named project that is not the organisation's; `PermissionDenied` for one, and for
    ///   the default, where they may store none; `TracesBusy`.
    package func store(
        _ export: TraceExport, in named: ProjectID?, for principal: Principal
    ) async throws -> RefusedSpans {
        var refused = export.refused
        if let named { _ = try await projects.target(named, needing: .traceCreate, for: principal) }
        var groups: [ProjectID: [TraceSpan]] = [:]
        for (word, spans) in Dictionary(grouping: export.spans, by: { $0.origin.projectWord }) {
            guard let target = try await target(word, named: named, principal) else {
                refused.add(.project, spans.count)
                continue
            }
            groups[target, default: []] += spans
        }
        let moment = now()
        for (project, spans) in groups {
            let timely = Self.timely(spans, at: moment, &refused)
            refused.add(.storage, try await write(timely, in: project, at: moment, principal))
        }
        for (reason, count) in refused.counts { rejected[reason]?.increment(by: UInt64(count)) }
        return refused
    }

    /// `nil` for a resource that names no project of the organisation, or one where the caller may store none.
    private func target(
        _ word: String?, named: ProjectID?, _ principal: Principal
    ) async throws -> ProjectID? {
        if let named { return named }
        guard let word else { return try await projects.target(nil, needing: .traceCreate, for: principal) }
        guard let id = ProjectID(word) else { return nil }
        do {
            return try await projects.target(id, needing: .traceCreate, for: principal)
        } catch is InvalidDefinition {
            return nil
        } catch is PermissionDenied {
            return nil
        }
    }

    private static func timely(
        _ spans: [TraceSpan], at moment: Date, _ refused: inout RefusedSpans
    ) -> [TraceSpan] {
        spans.filter { span in
            let age = moment.timeIntervalSince(span.start.date)
            if age > oldest { refused.add(.tooOld) }
            if age < -lead { refused.add(.inTheFuture) }
            return age <= oldest && age >= -lead
        }
    }

    /// Says how many could not be stored.
    private func write(
        _ spans: [TraceSpan], in project: ProjectID, at moment: Date, _ principal: Principal
    ) async throws -> Int {
        let batches = stride(from: 0, to: spans.count, by: SpanWriter.piece).map { start in
            SpanBatch(
                organizationID: principal.organizationID, projectID: project,
                spans: Array(spans[start..<min(start + SpanWriter.piece, spans.count)]), receivedAt: moment)
        }
        if batches.count == 1 { return try await write(batches[0]) }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            var lost = 0
            for (index, batch) in batches.enumerated() {
                if index >= Self.pieces { lost += try await group.next() ?? 0 }
                group.addTask { try await write(batch) }
            }
            for try await count in group { lost += count }
            return lost
        }
    }

    private func write(_ batch: SpanBatch) async throws -> Int {
        do {
            try await writer.write(batch)
            return 0
        } catch {
            if error.kind == .poolExhausted {
                busy.increment()
                throw TracesBusy()
            }
            guard error.sqlState?.isAboutData == true else { throw error }
            return batch.spans.count
        }
    }
}

extension SpanOrigin {
    /// The project that the resource names.
    fileprivate var projectWord: String? { resource[SpanConventions.project]?.text }
}
