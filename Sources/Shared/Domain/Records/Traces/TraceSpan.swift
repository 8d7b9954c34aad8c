package import FoundationEssentials

/// One value of an attribute, as OpenTelemetry knows them.
package enum AttributeValue: Sendable, Hashable {
    case string(String)
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case bytes([UInt8])
    case array([AttributeValue])
    case map([TraceAttribute])
    /// A value that was not set.
    case empty

    /// The text of a string, else `nil`.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}

/// A name with its value.
package struct TraceAttribute: Sendable, Hashable {
    package let key: String
    package let value: AttributeValue

    package init(_ key: String, _ value: AttributeValue) {
        self.key = key
        self.value = value
    }
}

extension [TraceAttribute] {
    /// The first value of that name.
    package subscript(key: String) -> AttributeValue? { first { $0.key == key }?.value }
}

/// What a span does, by the numbers of OTLP.
package enum SpanKind: Int, Sendable, Hashable, CaseIterable {
    case unspecified = 0
    case `internal` = 1
    case server = 2
    case client = 3
    case producer = 4
    case consumer = 5
}

/// How a span ended, by the numbers of OTLP.
package enum SpanStatus: Int, Sendable, Hashable, CaseIterable {
    case unset = 0
    case ok = 1
    case error = 2

    /// As lists are filtered by it.
    package var word: String {
        switch self {
        case .unset: "UNSET"
        case .ok: "OK"
        case .error: "ERROR"
        }
    }
}

/// A moment in nanoseconds since 1970, as exporters state them.
package struct UnixNanoseconds: Sendable, Hashable, Comparable {
    package let value: Int64

    package init(_ value: Int64) { self.value = value }

    package init(_ date: Date) { value = Int64(date.timeIntervalSince1970 * 1_000_000) * 1000 }

    /// Cut to whole microseconds, as the database keeps moments.
    package var date: Date { Date(timeIntervalSince1970: Double(value / 1000) / 1_000_000) }

    package static func < (left: UnixNanoseconds, right: UnixNanoseconds) -> Bool { left.value < right.value }
}

/// Something that happened within a span.
package struct SpanEvent: Sendable, Hashable {
    package let name: String
    package let at: UnixNanoseconds
    package let attributes: [TraceAttribute]

    package init(name: String, at: UnixNanoseconds, attributes: [TraceAttribute]) {
        self.name = name
        self.at = at
        self.attributes = attributes
    }
}

/// Another span that a span refers to.
package struct SpanLink: Sendable, Hashable {
    package let traceID: TraceID
    package let spanID: SpanID
    package let traceState: String
    package let attributes: [TraceAttribute]

    package init(traceID: TraceID, spanID: SpanID, traceState: String, attributes: [TraceAttribute]) {
        self.traceID = traceID
        self.spanID = spanID
        self.traceState = traceState
        self.attributes = attributes
    }
}

/// Who made spans: a service's resource, and the library that instruments it.
package struct SpanOrigin: Sendable, Hashable {
    package let resource: [TraceAttribute]
    package let scopeName: String
    package let scopeVersion: String

    package init(resource: [TraceAttribute], scopeName: String = "", scopeVersion: String = "") {
        self.resource = resource
        self.scopeName = scopeName
        self.scopeVersion = scopeVersion
    }

    /// The service, where the resource names it.
    package var serviceName: String? { resource["service.name"]?.text }
}

/// One operation of a trace: from when to when, under which other one, and what is known of it.
package struct TraceSpan: Sendable, Hashable {
    package let traceID: TraceID
    package let spanID: SpanID
    /// `nil` for a root.
    package let parentID: SpanID?
    package let name: String
    package let kind: SpanKind
    package let start: UnixNanoseconds
    package let end: UnixNanoseconds
    package let status: SpanStatus
    package let statusMessage: String
    package let traceState: String
    package let attributes: [TraceAttribute]
    package let events: [SpanEvent]
    package let links: [SpanLink]
    package let origin: SpanOrigin

    package init(
        traceID: TraceID, spanID: SpanID, parentID: SpanID?, name: String, kind: SpanKind, start: UnixNanoseconds,
        end: UnixNanoseconds, status: SpanStatus = .unset, statusMessage: String = "", traceState: String = "",
        attributes: [TraceAttribute] = [], events: [SpanEvent] = [], links: [SpanLink] = [], origin: SpanOrigin
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentID = parentID
        self.name = name
        self.kind = kind
        self.start = start
        self.end = end
        self.status = status
        self.statusMessage = statusMessage
        self.traceState = traceState
        self.attributes = attributes
        self.events = events
        self.links = links
        self.origin = origin
    }

    package var hasError: Bool { status == .error }
}
