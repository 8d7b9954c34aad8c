import FoundationEssentials
import JSON
import OTLP
package import Postgres
package import Records
import Tenancy

extension TraceStore {
    /// One statement for any number of batches: the spans, the summaries of their traces, and the traces' places under
    /// the filters that are active. It may be executed again: spans that are stored already change nothing.
    ///
    /// Everything is written in the order of its keys, spans before traces before places, so that statements at the same
    /// moment wait for each other and never in a circle. The summary's row is locked by its change, so that none is lost.
    package static func insertion(of batches: [SpanBatch]) -> SQL {
        let spans = PreparedSpans(batches)
        return """
            WITH inserted AS (
                \(fragment: spans.insertion)
                ON CONFLICT DO NOTHING
                RETURNING organization_id, trace_id, status
            ), counted AS (
                SELECT organization_id, trace_id, count(*)::integer AS spans,
                    (count(*) FILTER (WHERE status = 2))::integer AS errors
                FROM inserted GROUP BY 1, 2
            ), digests AS (
                \(fragment: spans.digestRows)
            ), summed AS (
                INSERT INTO traces (organization_id, trace_id, project_id, created_at, settled_at, first_span_at, \
            last_span_at, ended_at, span_count, error_count, root_span_name, root_at, service_name, service_at, \
            input_preview, input_at, output_preview, output_at)
                SELECT organization_id, trace_id, project_id, received_at, settled_at, first_span_at, last_span_at, \
            ended_at, spans, errors, root_span_name, root_at, service_name, service_at, input_preview, input_at, \
            output_preview, output_at
                FROM digests JOIN counted USING (organization_id, trace_id)
                ORDER BY organization_id, trace_id
                ON CONFLICT (organization_id, trace_id) DO UPDATE SET \(fragment: combination)
                RETURNING organization_id, trace_id, created_at
            )
            INSERT INTO trace_candidates (organization_id, filter_id, trace_id, state, due_at, created_at)
            SELECT s.organization_id, f.id, s.trace_id, 'settling',
                d.received_at + make_interval(secs => f.delay_seconds), d.received_at
            FROM summed s
            JOIN digests d ON d.organization_id = s.organization_id AND d.trace_id = s.trace_id AND d.is_fresh
            JOIN trace_filters f ON f.organization_id = s.organization_id AND f.is_active AND f.deleted_at IS NULL
                AND (NOT f.new_only OR s.created_at >= f.created_at)
            ORDER BY f.id, s.trace_id
            ON CONFLICT DO NOTHING
            """
    }

    /// What came long ago stands for spans of evaluations, which do not make a trace longer.
    private static let combination: SQL = """
        settled_at = greatest(traces.settled_at, excluded.settled_at), \
        first_span_at = least(traces.first_span_at, excluded.first_span_at), \
        last_span_at = greatest(traces.last_span_at, excluded.last_span_at), \
        ended_at = CASE WHEN excluded.settled_at < '1970-01-01' \
        THEN traces.ended_at ELSE greatest(traces.ended_at, excluded.ended_at) END, \
        span_count = traces.span_count + excluded.span_count, \
        error_count = traces.error_count + excluded.error_count, \
        root_span_name = CASE WHEN excluded.root_at < coalesce(traces.root_at, 'infinity') \
        THEN excluded.root_span_name ELSE traces.root_span_name END, \
        root_at = least(traces.root_at, excluded.root_at), \
        service_name = CASE WHEN excluded.service_at < coalesce(traces.service_at, 'infinity') \
        THEN excluded.service_name ELSE traces.service_name END, \
        service_at = least(traces.service_at, excluded.service_at), \
        input_preview = CASE WHEN excluded.input_at < coalesce(traces.input_at, 'infinity') \
        THEN excluded.input_preview ELSE traces.input_preview END, \
        input_at = least(traces.input_at, excluded.input_at), \
        output_preview = CASE WHEN excluded.output_at > coalesce(traces.output_at, '-infinity') \
        THEN excluded.output_preview ELSE traces.output_preview END, \
        output_at = greatest(traces.output_at, excluded.output_at)
        """
}

/// Spans in the order of their keys, and what they say of their traces.
private struct PreparedSpans {
    fileprivate struct Entry {
        let span: TraceSpan
        let batch: SpanBatch

        /// What decides the order in which rows are locked.
        static func comesFirst(_ left: Entry, _ right: Entry) -> Bool {
            (left.batch.organizationID.uuid, left.span.traceID.uuid, left.span.spanID.value)
                < (right.batch.organizationID.uuid, right.span.traceID.uuid, right.span.spanID.value)
        }
    }

    private struct Trace: Hashable {
        let organization: OrganizationID
        let id: TraceID
    }

    private let entries: [Entry]
    private let digests: [TraceDigest]

    init(_ batches: [SpanBatch]) {
        var entries: [Entry] = []
        var digests: [Trace: TraceDigest] = [:]
        for batch in batches {
            for span in batch.spans {
                entries.append(Entry(span: span, batch: batch))
                let digest = TraceDigest(span, of: batch)
                let trace = Trace(organization: batch.organizationID, id: span.traceID)
                if digests[trace]?.combine(digest) == nil { digests[trace] = digest }
            }
        }
        self.entries = entries.sorted(by: Entry.comesFirst)
        self.digests = Array(digests.values)
    }

    var insertion: SQL {
        func each<T>(_ value: (TraceSpan) -> T) -> [T] { entries.map { value($0.span) } }
        let resources = StoredResources(entries.map(\.span.origin))
        return """
            INSERT INTO trace_spans (organization_id, trace_id, span_id, started_at, parent_span_id, start_nanos, \
            end_nanos, name, kind, status, status_message, scope_name, scope_version, trace_state, attributes, \
            resource, events, links, received_at)
            SELECT unnest(\(entries.map(\.batch.organizationID))), unnest(\(each(\.traceID.uuid))), \
            unnest(\(each(\.spanID.column))), unnest(\(each(\.start.date))), unnest(\(each(\.parentID?.column))), \
            unnest(\(each(\.start.value))), unnest(\(each(\.end.value))), unnest(\(each(\.name))), \
            unnest(\(each { Int32($0.kind.rawValue) }))::smallint, \
            unnest(\(each { Int32($0.status.rawValue) }))::smallint, unnest(\(each(\.statusMessage.orNull))), \
            unnest(\(each(\.origin.scopeName.orNull))), unnest(\(each(\.origin.scopeVersion.orNull))), \
            unnest(\(each(\.traceState.orNull))), \
            unnest(\(each { JSONText(StoredAttributes.text(of: $0.attributes)) })), \
            unnest(\(resources.documents)), \
            unnest(\(each { $0.events.isEmpty ? nil : JSONValue(otlp: $0.events).description }))::json, \
            unnest(\(each { $0.links.isEmpty ? nil : JSONValue(otlp: $0.links).description }))::json, \
            unnest(\(entries.map(\.batch.receivedAt)))
            """
    }

    var digestRows: SQL {
        func each<T>(_ value: (TraceDigest) -> T) -> [T] { digests.map(value) }
        return """
            SELECT unnest(\(each(\.organizationID))) AS organization_id, \
            unnest(\(each(\.traceID.uuid))) AS trace_id, unnest(\(each(\.projectID))) AS project_id, \
            unnest(\(each(\.receivedAt))) AS received_at, \
            unnest(\(each { $0.isFresh ? $0.receivedAt : .distantPast })) AS settled_at, \
            unnest(\(each(\.isFresh))) AS is_fresh, unnest(\(each(\.firstSpanAt))) AS first_span_at, \
            unnest(\(each(\.lastSpanAt))) AS last_span_at, unnest(\(each(\.endedAt))) AS ended_at, \
            unnest(\(each(\.root?.value))) AS root_span_name, unnest(\(each(\.root?.at))) AS root_at, \
            unnest(\(each(\.service?.value))) AS service_name, unnest(\(each(\.service?.at))) AS service_at, \
            unnest(\(each(\.input?.value))) AS input_preview, unnest(\(each(\.input?.at))) AS input_at, \
            unnest(\(each(\.output?.value))) AS output_preview, unnest(\(each(\.output?.at))) AS output_at
            """
    }
}

/// The documents of resources: spans that come together mostly have the same one.
private struct StoredResources {
    let documents: [JSONText]

    init(_ origins: [SpanOrigin]) {
        var known: (resource: [TraceAttribute], document: JSONText)?
        documents = origins.map { origin in
            if let known, known.resource == origin.resource { return known.document }
            let document = JSONText(StoredAttributes.text(of: origin.resource))
            known = (origin.resource, document)
            return document
        }
    }
}

extension String {
    fileprivate var orNull: String? { isEmpty ? nil : self }
}

extension SpanID {
    /// The same bits as the database's signed number.
    var column: Int64 { Int64(bitPattern: value) }
}
