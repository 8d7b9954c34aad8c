package import Records

/// The request by which a collector is told of spans.
package enum TraceExportRequest {
    /// `ExportTraceServiceRequest` in protobuf, for spans that come all from `origin`.
    package static func protobuf(_ spans: [TraceSpan], from origin: SpanOrigin) -> [UInt8] {
        var request = ProtobufWriter()
        request.field(1) { resourceSpans in
            resourceSpans.field(1) { resource in resource.attributes(origin.resource, in: 1) }
            resourceSpans.field(2) { scopeSpans in
                scopeSpans.field(1) { scope in
                    scope.field(1, text: origin.scopeName)
                    scope.field(2, text: origin.scopeVersion)
                }
                for span in spans { scopeSpans.field(2) { $0.write(span) } }
            }
        }
        return request.bytes
    }
}

extension ProtobufWriter {
    fileprivate mutating func write(_ span: TraceSpan) {
        field(1, bytes: span.traceID.bytes)
        field(2, bytes: span.spanID.bytes)
        if !span.traceState.isEmpty { field(3, text: span.traceState) }
        if let parent = span.parentID { field(4, bytes: parent.bytes) }
        field(5, text: span.name)
        field(6, varint: UInt64(span.kind.rawValue))
        field(7, fixed64: UInt64(max(0, span.start.value)))
        field(8, fixed64: UInt64(max(0, span.end.value)))
        attributes(span.attributes, in: 9)
        guard span.status != .unset else { return }
        field(15) { status in
            if !span.statusMessage.isEmpty { status.field(2, text: span.statusMessage) }
            status.field(3, varint: UInt64(span.status.rawValue))
        }
    }

    fileprivate mutating func attributes(_ attributes: [TraceAttribute], in number: UInt64) {
        for attribute in attributes {
            field(number) { pair in
                pair.field(1, text: attribute.key)
                pair.field(2) { $0.write(attribute.value) }
            }
        }
    }

    /// As `AnyValue`.
    private mutating func write(_ value: AttributeValue) {
        switch value {
        case .string(let text): field(1, text: text)
        case .bool(let flag): field(2, varint: flag ? 1 : 0)
        case .integer(let number): field(3, varint: UInt64(bitPattern: number))
        case .double(let number): field(4, fixed64: number.bitPattern)
        case .array(let values): field(5) { array in for value in values { array.field(1) { $0.write(value) } } }
        case .map(let members): field(6) { $0.attributes(members, in: 1) }
        case .bytes(let bytes): field(7, bytes: bytes)
        case .empty: break
        }
    }
}
