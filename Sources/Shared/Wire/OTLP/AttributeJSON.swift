internal import FoundationEssentials
package import JSON
package import Records

/// Attributes, events and links in the words of OTLP's JSON.
extension JSONValue {
    /// An array of objects with `key` and `value`.
    package init(otlp attributes: [TraceAttribute]) {
        self = .array(
            attributes.map { ["key": .string($0.key), "value": JSONValue(otlp: $0.value)] })
    }

    private init(otlp value: AttributeValue) {
        switch value {
        case .string(let text): self = ["stringValue": .string(text)]
        case .bool(let flag): self = ["boolValue": .bool(flag)]
        case .integer(let number): self = ["intValue": .string("\(number)")]
        case .double(let number) where number.isFinite: self = ["doubleValue": .number(number)]
        case .double(let number): self = ["doubleValue": .string(number.otlpName)]
        case .bytes(let bytes): self = ["bytesValue": .string(Data(bytes).base64EncodedString())]
        case .array(let values): self = ["arrayValue": ["values": .array(values.map { JSONValue(otlp: $0) })]]
        case .map(let members): self = ["kvlistValue": ["values": JSONValue(otlp: members)]]
        case .empty: self = [:]
        }
    }

    package init(otlp events: [SpanEvent]) {
        self = .array(
            events.map { event in
                [
                    "name": .string(event.name), "timeUnixNano": .string("\(event.at.value)"),
                    "attributes": JSONValue(otlp: event.attributes),
                ]
            })
    }

    package init(otlp links: [SpanLink]) {
        self = .array(
            links.map { link in
                [
                    "traceId": .string(link.traceID.description), "spanId": .string(link.spanID.description),
                    "traceState": .string(link.traceState), "attributes": JSONValue(otlp: link.attributes),
                ]
            })
    }
}

extension Double {
    /// What JSON has no number for.
    fileprivate var otlpName: String { isNaN ? "NaN" : self < 0 ? "-Infinity" : "Infinity" }
}
