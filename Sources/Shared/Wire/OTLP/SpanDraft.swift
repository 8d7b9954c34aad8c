import Records

/// A span as it was read, before it is known to be one.
struct SpanDraft {
    var traceID: [UInt8] = []
    var spanID: [UInt8] = []
    var parentID: [UInt8] = []
    var name = ""
    var kind = 0
    var start: UInt64 = 0
    var end: UInt64 = 0
    var statusCode = 0
    var statusMessage = ""
    var traceState = ""
    var attributes: [TraceAttribute] = []
    var events: [SpanEvent] = []
    var links: [SpanLink] = []
    /// How long it is as it was sent.
    var lengthInBytes = 0

    func span(from origin: SpanOrigin, _ limits: SpanLimits) throws(SpanRefusal) -> TraceSpan {
        guard lengthInBytes <= limits.lengthInBytes else { throw .tooLarge }
        guard let traceID = TraceID(bytes: traceID) else { throw .traceID }
        guard let spanID = SpanID(bytes: spanID) else { throw .spanID }
        guard let start = Int64(exactly: start), start > 0 else { throw .time }
        let bearers = [attributes.count, origin.resource.count] + events.map(\.attributes.count)
        guard bearers.allSatisfy({ $0 <= limits.attributes }) else { throw .tooManyAttributes }
        guard events.count <= limits.events, links.count <= limits.events else { throw .tooManyEvents }
        return TraceSpan(
            traceID: traceID, spanID: spanID, parentID: try parent(), name: name,
            kind: SpanKind(rawValue: kind) ?? .unspecified, start: UnixNanoseconds(start),
            // One that has not ended yet, or ends before it begins, lasted no time that is known.
            end: UnixNanoseconds(max(start, Int64(exactly: end) ?? start)),
            status: SpanStatus(rawValue: statusCode) ?? .unset, statusMessage: statusMessage, traceState: traceState,
            attributes: attributes, events: events, links: links, origin: origin)
    }

    /// No parent is written as nothing, and by some exporters as zeros.
    private func parent() throws(SpanRefusal) -> SpanID? {
        guard parentID.contains(where: { $0 != 0 }) else { return nil }
        guard let parent = SpanID(bytes: parentID) else { throw .parentID }
        return parent
    }
}

/// A link as it was read: one without valid identifiers refers to nothing and is left out.
struct LinkDraft {
    var traceID: [UInt8] = []
    var spanID: [UInt8] = []
    var traceState = ""
    var attributes: [TraceAttribute] = []

    var link: SpanLink? {
        guard let traceID = TraceID(bytes: traceID), let spanID = SpanID(bytes: spanID) else { return nil }
        return SpanLink(traceID: traceID, spanID: spanID, traceState: traceState, attributes: attributes)
    }
}
