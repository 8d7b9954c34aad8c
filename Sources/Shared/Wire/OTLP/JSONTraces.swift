internal import FoundationEssentials
internal import JSON
internal import Records

extension TraceExport {
    /// Reads `ExportTraceServiceRequest` in OTLP's JSON: identifiers in hexadecimal, 64-bit numbers as texts or numbers.
    /// - Throws: for what is no such document, and for more spans than a request may have.
    package init(json bytes: [UInt8], limits: SpanLimits = SpanLimits()) throws(OTLPError) {
        let document: JSONNode
        do {
            document = try JSONNode(bytes, limits: JSONLimits(depth: 64))
        } catch {
            throw OTLPError(error.description)
        }
        guard document.kind == .object else { throw OTLPError("the document is no object") }
        for group in try document.optionalList("resourceSpans") {
            let resource = try group["resource"]?.attributes("attributes", limits) ?? []
            for scope in try group.optionalList("scopeSpans") {
                let origin = SpanOrigin(
                    resource: resource, scopeName: scope["scope"]?.storable("name") ?? "",
                    scopeVersion: scope["scope"]?.storable("version") ?? "")
                for span in try scope.optionalList("spans") {
                    try check(limits)
                    add(try SpanDraft(json: span, limits), from: origin, limits)
                }
            }
        }
    }
}

extension SpanDraft {
    fileprivate init(json node: JSONNode, _ limits: SpanLimits) throws(OTLPError) {
        guard node.kind == .object else { throw OTLPError("a span is no object") }
        lengthInBytes = node.lengthInBytes
        guard lengthInBytes <= limits.lengthInBytes else { return }
        // What is no identifier has a length that none has.
        traceID = node.identifier("traceId")
        spanID = node.identifier("spanId")
        parentID = node.identifier("parentSpanId")
        name = node.storable("name") ?? ""
        kind = node["kind"]?.integer ?? 0
        start = node["startTimeUnixNano"]?.unsigned ?? 0
        end = node["endTimeUnixNano"]?.unsigned ?? 0
        statusCode = node["status"]?["code"]?.integer ?? 0
        statusMessage = node["status"]?.storable("message") ?? ""
        traceState = node.storable("traceState") ?? ""
        attributes = try node.attributes("attributes", limits)
        events = try node.events("events", limits)
        links = try node.links("links", limits)
    }
}

extension [SpanEvent] {
    /// Reads what `JSONValue(otlp:)` has written.
    package init(otlp text: String) throws {
        self = try JSONNode([UInt8]("{\"events\":\(text)}".utf8)).events("events", .accepted)
    }
}

extension [SpanLink] {
    /// Reads what `JSONValue(otlp:)` has written.
    package init(otlp text: String) throws {
        self = try JSONNode([UInt8]("{\"links\":\(text)}".utf8)).links("links", .accepted)
    }
}

extension SpanLimits {
    /// For what was accepted already.
    fileprivate static var accepted: SpanLimits {
        var limits = SpanLimits()
        limits.depth = 256
        return limits
    }
}

extension JSONNode {
    /// The elements of a member; none when it is absent.
    fileprivate func optionalList(_ name: String) throws(OTLPError) -> [JSONNode] {
        guard let member = self[name] else { return [] }
        guard let list = member.list else { throw OTLPError("\(name) is no array") }
        return Array(list)
    }

    fileprivate func storable(_ name: String) -> String? { self[name]?.string.map(StorableText.of) }

    fileprivate var lengthInBytes: Int { raw.count }

    /// The bytes of hexadecimal digits; a single zero for what is none, which is no identifier.
    fileprivate func identifier(_ name: String) -> [UInt8] {
        guard let text = self[name]?.string, !text.isEmpty else { return [] }
        return TraceID(text).map(\.bytes) ?? SpanID(text).map(\.bytes) ?? (text.allSatisfy { $0 == "0" } ? [0] : [1])
    }

    /// A whole number that is written as such, as a text, or in two halves as older exporters do.
    fileprivate var unsigned: UInt64? {
        if let text = string { return UInt64(text) }
        if let number = integer { return UInt64(exactly: number) }
        guard let low = self["low"]?.integer, let high = self["high"]?.integer else { return nil }
        return UInt64(UInt32(truncatingIfNeeded: high)) << 32 | UInt64(UInt32(truncatingIfNeeded: low))
    }

    fileprivate func attributes(_ name: String, _ limits: SpanLimits) throws(OTLPError) -> [TraceAttribute] {
        var attributes: [TraceAttribute] = []
        for member in try optionalList(name) { attributes.append(try member.attribute(limits, depth: 0)) }
        return attributes
    }

    fileprivate func events(_ name: String, _ limits: SpanLimits) throws(OTLPError) -> [SpanEvent] {
        var events: [SpanEvent] = []
        for event in try optionalList(name) {
            events.append(
                SpanEvent(
                    name: event.storable("name") ?? "",
                    at: UnixNanoseconds(Int64(clamping: event["timeUnixNano"]?.unsigned ?? 0)),
                    attributes: try event.attributes("attributes", limits)))
        }
        return events
    }

    fileprivate func links(_ name: String, _ limits: SpanLimits) throws(OTLPError) -> [SpanLink] {
        var links: [SpanLink] = []
        for link in try optionalList(name) {
            let draft = LinkDraft(
                traceID: link.identifier("traceId"), spanID: link.identifier("spanId"),
                traceState: link.storable("traceState") ?? "", attributes: try link.attributes("attributes", limits))
            if let link = draft.link { links.append(link) }
        }
        return links
    }

    private func attribute(_ limits: SpanLimits, depth: Int) throws(OTLPError) -> TraceAttribute {
        guard let key = storable("key") else { throw OTLPError("an attribute has no key") }
        return TraceAttribute(key, try self["value"]?.attributeValue(limits, depth: depth) ?? .empty)
    }

    private func attributeValue(_ limits: SpanLimits, depth: Int) throws(OTLPError) -> AttributeValue {
        guard depth < limits.depth else {
            throw OTLPError("values are nested deeper than \(limits.depth) levels")
        }
        if let text = storable("stringValue") { return .string(text) }
        if let flag = self["boolValue"]?.bool { return .bool(flag) }
        if let node = self["intValue"] {
            guard let value = node.integer.map(Int64.init) ?? node.string.flatMap({ Int64($0) }) else {
                throw OTLPError("intValue is no whole number")
            }
            return .integer(value)
        }
        if let node = self["doubleValue"] {
            // NaN and the infinities are written as texts.
            guard let value = node.double ?? node.string.flatMap({ Double($0) }) else {
                throw OTLPError("doubleValue is no number")
            }
            return .double(value)
        }
        if let list = self["arrayValue"] {
            var elements: [AttributeValue] = []
            for element in try list.optionalList("values") {
                elements.append(try element.attributeValue(limits, depth: depth + 1))
            }
            return .array(elements)
        }
        if let list = self["kvlistValue"] {
            var members: [TraceAttribute] = []
            for member in try list.optionalList("values") {
                members.append(try member.attribute(limits, depth: depth + 1))
            }
            return .map(members)
        }
        if let text = self["bytesValue"]?.string {
            guard let data = Data(base64Encoded: text) else { throw OTLPError("bytesValue is no base64") }
            return .bytes(Array(data))
        }
        return .empty
    }
}
