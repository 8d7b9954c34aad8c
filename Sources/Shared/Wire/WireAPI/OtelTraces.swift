package import FoundationEssentials
package import JSON
internal import OTLP
package import Records
internal import Tenancy

/// A trace in a list.
package struct OtelTraceRecord: Codable, Sendable {
    package let traceId: String
    /// Empty as long as no root has come.
    package let rootSpanName: String
    package let firstSpanAt: Date
    package let lastSpanAt: Date
    package let spanCount: Int
    package let inputPreview: String
    package let outputPreview: String
    package let hasError: Bool
    package let serviceName: String
    package let projectId: UUID

    package init(_ trace: TraceSummary) {
        traceId = trace.id.description
        rootSpanName = String(String.UnicodeScalarView((trace.rootSpanName ?? "").unicodeScalars.prefix(255)))
        firstSpanAt = trace.firstSpanAt
        lastSpanAt = trace.lastSpanAt
        spanCount = trace.spanCount
        inputPreview = trace.inputPreview
        outputPreview = trace.outputPreview
        hasError = trace.hasError
        serviceName = trace.serviceName ?? ""
        projectId = trace.projectID.uuid
    }
}

/// A span of a trace, its content in the words of OTLP's JSON.
package struct OtelSpanBody: Codable, Sendable {
    package let traceId: String
    package let spanId: String
    /// Empty for a root.
    package let parentSpanId: String
    package let timestamp: Date
    package let span: JSONValue

    package init(_ stored: StoredSpan) {
        let span = stored.span
        traceId = span.traceID.description
        spanId = span.spanID.description
        parentSpanId = span.parentID?.description ?? ""
        timestamp = span.start.date
        self.span = [
            "name": .string(span.name), "kind": .integer(Int64(span.kind.rawValue)),
            "has_error": .bool(span.hasError),
            "status": ["code": .integer(Int64(span.status.rawValue)), "message": .string(span.statusMessage)],
            "startTimeUnixNano": .string("\(span.start.value)"), "endTimeUnixNano": .string("\(span.end.value)"),
            "attributes": JSONValue(otlp: span.attributes), "events": JSONValue(otlp: span.events),
            "links": JSONValue(otlp: span.links), "resource_attributes": JSONValue(otlp: span.origin.resource),
            "scope": ["name": .string(span.origin.scopeName), "version": .string(span.origin.scopeVersion)],
            "traceState": .string(span.traceState),
        ]
    }
}
