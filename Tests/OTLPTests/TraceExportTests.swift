import JSON
import Records
import Testing

@testable import OTLP

@Suite struct ProtobufTraceTests {
    @Test func everythingThatASpanSaysIsRead() throws {
        let request = ProtobufBytes.request { scope in
            scope.span {
                $0.text(3, "vendor=1")
                $0.data(4, [0, 0, 0, 0, 0, 0, 0, 9])
                $0.number(6, 3)
                $0.attribute(9, "text") { $0.text(1, "value") }
                $0.attribute(9, "flag") { $0.number(2, 1) }
                $0.attribute(9, "number") { $0.number(3, UInt64(bitPattern: -7)) }
                $0.attribute(9, "fraction") { $0.fixed(4, 2.5.bitPattern) }
                $0.attribute(9, "list") { $0.message(5) { $0.message(1) { $0.number(3, 1) } } }
                $0.attribute(9, "map") { $0.message(6) { $0.attribute(1, "inner") { $0.text(1, "x") } } }
                $0.attribute(9, "bytes") { $0.data(7, [1, 2]) }
                $0.message(11) {
                    $0.fixed(1, 42)
                    $0.text(2, "happened")
                    $0.attribute(3, "why") { $0.text(1, "because") }
                }
                $0.message(13) {
                    $0.data(1, Array(repeating: 1, count: 16))
                    $0.data(2, Array(repeating: 2, count: 8))
                }
                $0.message(15) {
                    $0.text(2, "broken")
                    $0.number(3, 2)
                }
            }
        }
        let export = try TraceExport(protobuf: request)
        let span = try #require(export.spans.first)
        #expect(export.spans.count == 1 && export.refused.count == 0)
        #expect(span.traceID.description == String(repeating: "ab", count: 16))
        #expect(span.spanID.description == "0000000000000001" && span.parentID?.description == "0000000000000009")
        #expect(span.name == "operation" && span.kind == .client && span.traceState == "vendor=1")
        #expect(span.start.value == 1_700_000_000_123_456_789 && span.end.value == span.start.value + 5)
        #expect(span.status == .error && span.statusMessage == "broken" && span.hasError)
        #expect(
            span.attributes == [
                TraceAttribute("text", .string("value")), TraceAttribute("flag", .bool(true)),
                TraceAttribute("number", .integer(-7)), TraceAttribute("fraction", .double(2.5)),
                TraceAttribute("list", .array([.integer(1)])),
                TraceAttribute("map", .map([TraceAttribute("inner", .string("x"))])),
                TraceAttribute("bytes", .bytes([1, 2])),
            ])
        #expect(
            span.events == [
                SpanEvent(
                    name: "happened", at: UnixNanoseconds(42), attributes: [TraceAttribute("why", .string("because"))])
            ])
        #expect(span.links.first?.spanID.description == "0202020202020202")
        #expect(span.origin.serviceName == "shop" && span.origin.scopeName == "tracer")
        #expect(span.origin.scopeVersion == "1.2")
    }

    @Test func badSpansAreCountedAndTheOthersStay() throws {
        let request = ProtobufBytes.request { scope in
            scope.span(trace: [1, 2, 3])
            scope.span(trace: Array(repeating: 0, count: 16))
            scope.span(id: [])
            scope.span(start: 0)
            scope.span { span in
                for index in 0..<1001 { span.attribute(9, "k\(index)") { $0.number(2, 1) } }
            }
            scope.span { $0.text(5, String(repeating: "x", count: 1 << 20)) }
            scope.span(id: [0, 0, 0, 0, 0, 0, 0, 5])
        }
        let export = try TraceExport(protobuf: request)
        #expect(export.spans.map(\.spanID) == [SpanID(5)])
        #expect(
            export.refused.counts == [.traceID: 2, .spanID: 1, .time: 1, .tooManyAttributes: 1, .tooLarge: 1])
        #expect(
            export.refused.message.hasPrefix("2 spans without a valid trace_id (16 bytes, not all zero); 1 span "))
    }

    @Test func aParentOfZerosIsNone() throws {
        let export = try TraceExport(
            protobuf: ProtobufBytes.request { $0.span { $0.data(4, Array(repeating: 0, count: 8)) } })
        #expect(export.spans.count == 1 && export.spans.first?.parentID == nil)
    }

    @Test func nullCharactersAndDamagedTextAreReplaced() throws {
        let export = try TraceExport(
            protobuf: ProtobufBytes.request { scope in
                scope.span { $0.attribute(9, "k") { $0.data(1, [0x61, 0, 0xFF]) } }
            })
        #expect(export.spans.first?.attributes["k"] == .string("a\u{FFFD}\u{FFFD}"))
    }

    @Test func whatNestsTooDeepOrHasTooManySpansIsRefusedAsAWhole() {
        func nested(_ depth: Int, _ value: inout ProtobufBytes) {
            guard depth > 0 else { return value.number(3, 1) }
            value.message(5) { $0.message(1) { nested(depth - 1, &$0) } }
        }
        #expect(throws: OTLPError.self) {
            try TraceExport(
                protobuf: ProtobufBytes.request { $0.span { $0.attribute(9, "k") { nested(40, &$0) } } })
        }
        var limits = SpanLimits()
        limits.spans = 2
        let request = ProtobufBytes.request { scope in for _ in 0..<3 { scope.span() } }
        #expect(throws: OTLPError.self) { try TraceExport(protobuf: request, limits: limits) }
    }

    @Test func everyPrefixIsRefusedOrReadWithoutACrash() throws {
        let request = ProtobufBytes.request { scope in scope.span { $0.attribute(9, "k") { $0.text(1, "v") } } }
        for count in 1..<request.count {
            // The outermost length is wrong in every one of them.
            #expect(throws: OTLPError.self, "\(count) bytes") {
                try TraceExport(protobuf: Array(request.prefix(count)))
            }
        }
        #expect(try TraceExport(protobuf: []).spans.isEmpty)
    }

    @Test func damagedRequestsNeverCrash() throws {
        let request = ProtobufBytes.request { scope in
            for index in 1...5 {
                scope.span(id: [0, 0, 0, 0, 0, 0, 0, UInt8(index)]) {
                    $0.attribute(9, "k") { $0.message(5) { $0.message(1) { $0.text(1, "v") } } }
                    $0.message(11) { $0.text(2, "e") }
                }
            }
        }
        var random = Numbers(seed: 20_251_125)
        var refused = 0
        for _ in 0..<20_000 {
            var damaged = request
            for _ in 0...Int.random(in: 0...3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            do {
                let export = try TraceExport(protobuf: damaged)
                #expect(export.spans.count + export.refused.count <= damaged.count)
            } catch {
                refused += 1
                #expect(!error.description.isEmpty)
            }
        }
        #expect(refused > 1000)
    }

    @Test func theReplyCountsWhatWasRefused() throws {
        #expect(
            TraceExportReply.protobuf(RefusedSpans()) == [] && TraceExportReply.json(RefusedSpans()) == Array("{}".utf8)
        )
        var refused = RefusedSpans()
        refused.add(.spanID, 300)
        let expected = ProtobufBytes.message {
            $0.message(1) {
                $0.number(1, 300)
                $0.text(2, refused.message)
            }
        }
        #expect(TraceExportReply.protobuf(refused) == expected)
        let document = try JSONParser.parse(TraceExportReply.json(refused))
        #expect(document["partialSuccess"]?["rejectedSpans"] == "300")
    }
}

/// Numbers that are the same in every run.
struct Numbers: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
    }
}
