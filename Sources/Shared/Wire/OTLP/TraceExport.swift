internal import JSON
package import Records

/// What a request to store spans holds: the spans that can be stored, and how many cannot.
package struct TraceExport: Sendable {
    package internal(set) var spans: [TraceSpan] = []
    package internal(set) var refused = RefusedSpans()

    /// Takes a span as it was read, or counts it as refused.
    mutating func add(_ draft: SpanDraft, from origin: SpanOrigin, _ limits: SpanLimits) {
        do {
            spans.append(try draft.span(from: origin, limits))
        } catch {
            refused.add(error)
        }
    }

    /// - Throws: when the request has more spans than it may.
    func check(_ limits: SpanLimits) throws(OTLPError) {
        guard spans.count + refused.count < limits.spans else {
            throw OTLPError("a request holds at most \(limits.spans) spans")
        }
    }
}

/// How large spans may be.
package struct SpanLimits: Sendable {
    /// The most spans of a request.
    package var spans = 20_000
    /// The most attributes of a span, of an event, of a link and of a resource.
    package var attributes = 1000
    /// The most events and links of a span.
    package var events = 1000
    /// The most bytes of a span as it is sent.
    package var lengthInBytes = 1 << 20
    /// How deep values of attributes are nested.
    package var depth = 16

    package init() {}
}

/// Why a span is not stored.
package enum SpanRefusal: Error, Sendable, Hashable, CaseIterable {
    case traceID
    case spanID
    case parentID
    case time
    case tooManyAttributes
    case tooManyEvents
    case tooLarge
    case tooOld
    case inTheFuture
    case project
    case storage

    /// As it is counted.
    package var word: String {
        switch self {
        case .traceID: "trace_id"
        case .spanID: "span_id"
        case .parentID: "parent_span_id"
        case .time: "time"
        case .tooManyAttributes: "too_many_attributes"
        case .tooManyEvents: "too_many_events"
        case .tooLarge: "too_large"
        case .tooOld: "too_old"
        case .inTheFuture: "in_the_future"
        case .project: "project"
        case .storage: "storage"
        }
    }

    /// What is wrong, to follow “1 span”.
    var complaint: String {
        switch self {
        case .traceID: "without a valid trace_id (16 bytes, not all zero)"
        case .spanID: "without a valid span_id (8 bytes, not all zero)"
        case .parentID: "with an invalid parent_span_id (8 bytes, or none)"
        case .time: "without a valid start time"
        case .tooManyAttributes: "with more attributes than \(SpanLimits().attributes)"
        case .tooManyEvents: "with more events or links than \(SpanLimits().events)"
        case .tooLarge: "larger than \(SpanLimits().lengthInBytes) bytes"
        case .tooOld: "that began more than 60 days ago"
        case .inTheFuture: "that begins more than a day from now"
        case .project: "of a project that is not yours (resource attribute \(SpanConventions.project))"
        case .storage: "that cannot be stored"
        }
    }
}

/// How many spans were refused, by reason.
package struct RefusedSpans: Sendable, Hashable {
    package private(set) var counts: [SpanRefusal: Int] = [:]

    package init() {}

    package var count: Int { counts.values.reduce(0, +) }

    package mutating func add(_ reason: SpanRefusal, _ count: Int = 1) { counts[reason, default: 0] += count }

    /// What a client is told; empty when none was refused.
    package var message: String {
        SpanRefusal.allCases.compactMap { reason in
            counts[reason].map { "\($0) \($0 == 1 ? "span" : "spans") \(reason.complaint)" }
        }.joined(separator: "; ")
    }
}

/// The answer to a request to store spans.
package enum TraceExportReply {
    /// `ExportTraceServiceResponse` in protobuf: nothing at all when everything was stored.
    package static func protobuf(_ refused: RefusedSpans) -> [UInt8] {
        guard refused.count > 0 else { return [] }
        var partial = ProtobufWriter()
        partial.field(1, varint: UInt64(refused.count))
        partial.field(2, bytes: Array(refused.message.utf8))
        var reply = ProtobufWriter()
        reply.field(1, bytes: partial.bytes)
        return reply.bytes
    }

    /// The same in JSON.
    package static func json(_ refused: RefusedSpans) -> [UInt8] {
        guard refused.count > 0 else { return Array("{}".utf8) }
        return JSONWriter.bytes(of: [
            "partialSuccess": [
                "rejectedSpans": .string("\(refused.count)"), "errorMessage": .string(refused.message),
            ]
        ])
    }
}
