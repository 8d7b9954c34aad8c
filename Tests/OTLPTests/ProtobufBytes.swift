/// Writes protobuf by hand, well-formed or not.
struct ProtobufBytes {
    private(set) var bytes: [UInt8] = []

    static func message(_ body: (inout ProtobufBytes) -> Void) -> [UInt8] {
        var message = ProtobufBytes()
        body(&message)
        return message.bytes
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func number(_ field: UInt64, _ value: UInt64) {
        varint(field << 3)
        varint(value)
    }

    mutating func fixed(_ field: UInt64, _ value: UInt64) {
        varint(field << 3 | 1)
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
    }

    mutating func data(_ field: UInt64, _ value: [UInt8]) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func text(_ field: UInt64, _ value: String) { data(field, Array(value.utf8)) }

    mutating func message(_ field: UInt64, _ body: (inout ProtobufBytes) -> Void) {
        data(field, Self.message(body))
    }

    /// An attribute whose value `fill` writes as `AnyValue`.
    mutating func attribute(_ field: UInt64, _ key: String, _ fill: (inout ProtobufBytes) -> Void) {
        message(field) {
            $0.text(1, key)
            $0.message(2, fill)
        }
    }
}

extension ProtobufBytes {
    /// A request with one resource, one scope and the spans that `fill` writes as fields 2 of the scope.
    static func request(_ fill: (inout ProtobufBytes) -> Void) -> [UInt8] {
        message {
            $0.message(1) { group in
                group.message(1) { $0.attribute(1, "service.name") { $0.text(1, "shop") } }
                group.message(2) { scope in
                    scope.message(1) {
                        $0.text(1, "tracer")
                        $0.text(2, "1.2")
                    }
                    fill(&scope)
                }
            }
        }
    }

    /// A span with the least that it must have, and what `more` adds.
    mutating func span(
        trace: [UInt8] = Array(repeating: 0xAB, count: 16), id: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1],
        start: UInt64 = 1_700_000_000_123_456_789, _ more: (inout ProtobufBytes) -> Void = { _ in }
    ) {
        message(2) {
            $0.data(1, trace)
            $0.data(2, id)
            $0.text(5, "operation")
            $0.fixed(7, start)
            $0.fixed(8, start + 5)
            more(&$0)
        }
    }
}
