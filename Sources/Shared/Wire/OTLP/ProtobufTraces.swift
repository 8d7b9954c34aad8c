internal import Records

extension TraceExport {
    /// Reads `ExportTraceServiceRequest` in protobuf.
    /// - Throws: for what is no such message, and for more spans than a request may have.
    package init(protobuf bytes: [UInt8], limits: SpanLimits = SpanLimits()) throws(OTLPError) {
        var request = ProtobufReader(bytes)
        while let (field, wire) = try request.next() {
            guard field == 1, wire == .lengthDelimited else {
                try request.skip(wire)
                continue
            }
            try read(resourceSpans: try request.message(), limits)
        }
    }

    private mutating func read(resourceSpans message: ProtobufReader, _ limits: SpanLimits) throws(OTLPError) {
        // The resource may stand behind its spans.
        var reader = message
        var resource: [TraceAttribute] = []
        var scopes: [ProtobufReader] = []
        while let (field, wire) = try reader.next() {
            switch (field, wire) {
            case (1, .lengthDelimited): resource += try reader.message().attributes(in: 1, limits)
            case (2, .lengthDelimited): scopes.append(try reader.message())
            default: try reader.skip(wire)
            }
        }
        for scope in scopes { try read(scopeSpans: scope, of: resource, limits) }
    }

    private mutating func read(
        scopeSpans message: ProtobufReader, of resource: [TraceAttribute], _ limits: SpanLimits
    ) throws(OTLPError) {
        var reader = message
        var spans: [ProtobufReader] = []
        var (name, version) = ("", "")
        while let (field, wire) = try reader.next() {
            switch (field, wire) {
            case (1, .lengthDelimited): (name, version) = try Self.scope(try reader.message())
            case (2, .lengthDelimited): spans.append(try reader.message())
            default: try reader.skip(wire)
            }
        }
        let origin = SpanOrigin(resource: resource, scopeName: name, scopeVersion: version)
        for span in spans {
            try check(limits)
            add(try SpanDraft(protobuf: span, limits), from: origin, limits)
        }
    }

    private static func scope(_ message: ProtobufReader) throws(OTLPError) -> (name: String, version: String) {
        var reader = message
        var (name, version) = ("", "")
        while let (field, wire) = try reader.next() {
            switch (field, wire) {
            case (1, .lengthDelimited): name = try reader.text()
            case (2, .lengthDelimited): version = try reader.text()
            default: try reader.skip(wire)
            }
        }
        return (name, version)
    }
}

extension SpanDraft {
    fileprivate init(protobuf message: ProtobufReader, _ limits: SpanLimits) throws(OTLPError) {
        lengthInBytes = message.lengthInBytes
        // What is too large is refused anyway: only its form is looked at.
        guard lengthInBytes <= limits.lengthInBytes else { return }
        var reader = message
        while let (field, wire) = try reader.next() {
            switch (field, wire) {
            case (1, .lengthDelimited): traceID = try reader.data()
            case (2, .lengthDelimited): spanID = try reader.data()
            case (3, .lengthDelimited): traceState = try reader.text()
            case (4, .lengthDelimited): parentID = try reader.data()
            case (5, .lengthDelimited): name = try reader.text()
            case (6, .varint): kind = Int(truncatingIfNeeded: try reader.varint())
            case (7, .fixed64): start = try reader.fixed64()
            case (8, .fixed64): end = try reader.fixed64()
            case (9, .lengthDelimited): attributes.append(try reader.message().attribute(limits, depth: 0))
            case (11, .lengthDelimited): events.append(try Self.event(try reader.message(), limits))
            case (13, .lengthDelimited):
                if let link = try Self.link(try reader.message(), limits) { links.append(link) }
            case (15, .lengthDelimited): try readStatus(try reader.message())
            default: try reader.skip(wire)
            }
        }
    }

    private mutating func readStatus(_ message: ProtobufReader) throws(OTLPError) {
        var reader = message
        while let (field, wire) = try reader.next() {
            switch (field, wire) {
            case (2, .lengthDelimited): statusMessage = try reader.text()
            case (3, .varint): statusCode = Int(truncatingIfNeeded: try reader.varint())
            default: try reader.skip(wire)
            }
        }
    }

    private static func event(_ message: ProtobufReader, _ limits: SpanLimits) throws(OTLPError) -> SpanEvent {
        var reader = message
        var (name, moment) = ("", UInt64(0))
        var attributes: [TraceAttribute] = []
        while let (field, wire) = try reader.next() {
            switch (field, wire) {
            case (1, .fixed64): moment = try reader.fixed64()
            case (2, .lengthDelimited): name = try reader.text()
            case (3, .lengthDelimited): attributes.append(try reader.message().attribute(limits, depth: 0))
            default: try reader.skip(wire)
            }
        }
        return SpanEvent(name: name, at: UnixNanoseconds(Int64(clamping: moment)), attributes: attributes)
    }

    private static func link(_ message: ProtobufReader, _ limits: SpanLimits) throws(OTLPError) -> SpanLink? {
        var reader = message
        var draft = LinkDraft()
        while let (field, wire) = try reader.next() {
            switch (field, wire) {
            case (1, .lengthDelimited): draft.traceID = try reader.data()
            case (2, .lengthDelimited): draft.spanID = try reader.data()
            case (3, .lengthDelimited): draft.traceState = try reader.text()
            case (4, .lengthDelimited): draft.attributes.append(try reader.message().attribute(limits, depth: 0))
            default: try reader.skip(wire)
            }
        }
        return draft.link
    }
}

extension ProtobufReader {
    /// The attributes that a message has in one of its fields.
    fileprivate func attributes(in wanted: UInt64, _ limits: SpanLimits) throws(OTLPError) -> [TraceAttribute] {
        var reader = self
        var attributes: [TraceAttribute] = []
        while let (field, wire) = try reader.next() {
            guard field == wanted, wire == .lengthDelimited else {
                try reader.skip(wire)
                continue
            }
            attributes.append(try reader.message().attribute(limits, depth: 0))
        }
        return attributes
    }

    /// This message as `KeyValue`.
    fileprivate func attribute(_ limits: SpanLimits, depth: Int) throws(OTLPError) -> TraceAttribute {
        var reader = self
        var key = ""
        var value = AttributeValue.empty
        while let (field, wire) = try reader.next() {
            switch (field, wire) {
            case (1, .lengthDelimited): key = try reader.text()
            case (2, .lengthDelimited): value = try reader.message().value(limits, depth: depth)
            default: try reader.skip(wire)
            }
        }
        return TraceAttribute(key, value)
    }

    /// This message as `AnyValue`; of several values the last counts.
    private func value(_ limits: SpanLimits, depth: Int) throws(OTLPError) -> AttributeValue {
        guard depth < limits.depth else {
            throw OTLPError("values are nested deeper than \(limits.depth) levels")
        }
        var reader = self
        var value = AttributeValue.empty
        while let (field, wire) = try reader.next() {
            switch (field, wire) {
            case (1, .lengthDelimited): value = .string(try reader.text())
            case (2, .varint): value = .bool(try reader.varint() != 0)
            case (3, .varint): value = .integer(Int64(bitPattern: try reader.varint()))
            case (4, .fixed64): value = .double(Double(bitPattern: try reader.fixed64()))
            case (5, .lengthDelimited): value = .array(try reader.message().elements(limits, depth: depth))
            case (6, .lengthDelimited): value = .map(try reader.message().members(limits, depth: depth))
            case (7, .lengthDelimited): value = .bytes(try reader.data())
            default: try reader.skip(wire)
            }
        }
        return value
    }

    private func elements(_ limits: SpanLimits, depth: Int) throws(OTLPError) -> [AttributeValue] {
        var reader = self
        var elements: [AttributeValue] = []
        while let (field, wire) = try reader.next() {
            guard field == 1, wire == .lengthDelimited else {
                try reader.skip(wire)
                continue
            }
            elements.append(try reader.message().value(limits, depth: depth + 1))
        }
        return elements
    }

    private func members(_ limits: SpanLimits, depth: Int) throws(OTLPError) -> [TraceAttribute] {
        var reader = self
        var members: [TraceAttribute] = []
        while let (field, wire) = try reader.next() {
            guard field == 1, wire == .lengthDelimited else {
                try reader.skip(wire)
                continue
            }
            members.append(try reader.message().attribute(limits, depth: depth + 1))
        }
        return members
    }
}
