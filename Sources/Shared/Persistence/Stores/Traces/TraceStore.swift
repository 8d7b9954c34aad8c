import FoundationEssentials
import OTLP
package import Postgres
package import Records
package import Tenancy

/// Traces and their spans. ``SpanWriter`` writes what exporters send.
package struct TraceStore: Sendable {
    let database: PostgresClient
    /// How many traces a statement of a list looks at.
    let reach: Int

    package init(database: PostgresClient, reach: Int = 2000) {
        self.database = database
        self.reach = reach
    }

    /// The most spans of a trace that are read.
    package static let mostSpans = 10_000

    /// The trace's summary, `nil` when the organisation has none of this identifier.
    package func find(_ id: TraceID, in organization: OrganizationID) async throws -> TraceSummary? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM traces t
            WHERE t.organization_id = \(organization) AND t.trace_id = \(id.uuid)
            """)
        return try rows.first.map(TraceSummary.init(row:))
    }

    /// Whether the trace fulfils all conditions.
    package func fulfils(
        _ conditions: [TraceCondition], _ id: TraceID, in organization: OrganizationID
    ) async throws -> Bool {
        let all: [SQL] =
            ["t.organization_id = \(organization)", "t.trace_id = \(id.uuid)"]
            + conditions.map(TraceConditionQuery.condition)
        let rows = try await database.query("SELECT 1 FROM traces t\(fragment: .matching(all: all))")
        return !rows.isEmpty
    }

    /// The spans of a trace in the order in which they began, at most ``mostSpans``.
    package func spans(of id: TraceID, in organization: OrganizationID) async throws -> [StoredSpan] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.spanColumns) FROM trace_spans s
            WHERE s.organization_id = \(organization) AND s.trace_id = \(id.uuid)
            ORDER BY s.start_nanos, s.span_id LIMIT \(Self.mostSpans)
            """)
        return try rows.map(StoredSpan.init(row:))
    }

    /// The newest of the organisation's traces, for trying rules on them.
    package func newest(_ count: Int, in organization: OrganizationID) async throws -> [TraceID] {
        let rows = try await database.query(
            """
            SELECT trace_id FROM traces WHERE organization_id = \(organization)
            ORDER BY created_at DESC, trace_id DESC LIMIT \(count)
            """)
        return try rows.map { TraceID(uuid: try $0.decode("trace_id")) }
    }

    static let columns: SQL = """
        t.trace_id, t.project_id, t.created_at, t.first_span_at, t.last_span_at, t.ended_at, t.span_count, \
        t.error_count, t.root_span_name, t.service_name, t.input_preview, t.output_preview
        """

    private static let spanColumns: SQL = """
        s.trace_id, s.span_id, s.parent_span_id, s.name, s.kind, s.start_nanos, s.end_nanos, s.status, \
        coalesce(s.status_message, ''), coalesce(s.trace_state, ''), s.attributes, s.events, s.links, s.resource, \
        coalesce(s.scope_name, ''), coalesce(s.scope_version, ''), s.received_at
        """
}

extension TraceStore {
    /// Makes the partitions that spans of now and of the last sixty days need, and those of months to come.
    package func ensurePartitions(monthsAhead: Int) async throws -> Int {
        let rows = try await database.query(
            "SELECT ensure_trace_span_partitions(3, \(Int32(clamping: monthsAhead))) AS made")
        return try rows.first?.decode("made") ?? 0
    }
}

extension TraceSummary {
    init(row: PostgresRow) throws {
        self.init(
            id: TraceID(uuid: try row.decode(0)), projectID: try row.decode(1), createdAt: try row.decode(2),
            firstSpanAt: try row.decode(3), lastSpanAt: try row.decode(4), endedAt: try row.decode(5),
            spanCount: try row.decode(6), errorCount: try row.decode(7), rootSpanName: try row.decode(8),
            serviceName: try row.decode(9), inputPreview: try row.decode(10, as: String?.self) ?? "",
            outputPreview: try row.decode(11, as: String?.self) ?? "")
    }
}

extension StoredSpan {
    fileprivate init(row: PostgresRow) throws {
        let events = try row.decode(11, as: String?.self)
        let links = try row.decode(12, as: String?.self)
        let origin = SpanOrigin(
            resource: try StoredAttributes.attributes(from: row.decode(13)), scopeName: try row.decode(14),
            scopeVersion: try row.decode(15))
        let span = TraceSpan(
            traceID: TraceID(uuid: try row.decode(0)), spanID: SpanID(column: try row.decode(1)),
            parentID: try row.decode(2, as: Int64?.self).map(SpanID.init(column:)), name: try row.decode(3),
            kind: SpanKind(rawValue: try row.decode(4)) ?? .unspecified,
            start: UnixNanoseconds(try row.decode(5, as: Int64.self)),
            end: UnixNanoseconds(try row.decode(6, as: Int64.self)),
            status: SpanStatus(rawValue: try row.decode(7)) ?? .unset, statusMessage: try row.decode(8),
            traceState: try row.decode(9), attributes: try StoredAttributes.attributes(from: row.decode(10)),
            events: try events.map { try [SpanEvent](otlp: $0) } ?? [],
            links: try links.map { try [SpanLink](otlp: $0) } ?? [], origin: origin)
        self.init(span: span, receivedAt: try row.decode(16))
    }
}

extension SpanID {
    fileprivate init(column: Int64) { self.init(UInt64(bitPattern: column)) }
}
