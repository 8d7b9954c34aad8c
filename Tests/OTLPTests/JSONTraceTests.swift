import JSON
import Records
import Testing

@testable import OTLP

@Suite struct JSONTraceTests {
    /// As the exporter for JavaScript sends it.
    private static let request = """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"web"}}],
        "droppedAttributesCount":0},"scopeSpans":[{"scope":{"name":"@opentelemetry/http","version":"0.57"},"spans":[{
        "traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","parentSpanId":"eee19b7ec3c1b173",
        "name":"GET /","kind":2,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000",
        "attributes":[{"key":"n","value":{"intValue":"12"}},{"key":"m","value":{"intValue":13}},
        {"key":"d","value":{"doubleValue":0.5}},{"key":"nan","value":{"doubleValue":"NaN"}},
        {"key":"b","value":{"boolValue":false}},{"key":"raw","value":{"bytesValue":"AQI="}},
        {"key":"l","value":{"arrayValue":{"values":[{"stringValue":"x"},{"stringValue":"y"}]}}},
        {"key":"o","value":{"kvlistValue":{"values":[{"key":"i","value":{"stringValue":"j"}}]}}}],
        "droppedAttributesCount":0,"events":[{"name":"exception","timeUnixNano":"1544712660500000000",
        "attributes":[{"key":"exception.message","value":{"stringValue":"no"}}],"droppedAttributesCount":0}],
        "droppedEventsCount":0,"status":{"code":2,"message":"no"},"links":[],"droppedLinksCount":0}]}]}]}
        """

    @Test func whatTheJavaScriptExporterSendsIsRead() throws {
        let export = try TraceExport(json: Array(Self.request.utf8))
        let span = try #require(export.spans.first)
        #expect(export.refused.count == 0 && span.traceID.description == "5b8efff798038103d269b633813fc60c")
        #expect(span.parentID?.description == "eee19b7ec3c1b173" && span.kind == .server && span.status == .error)
        #expect(span.start.value == 1_544_712_660_000_000_000 && span.end.value == 1_544_712_661_000_000_000)
        #expect(span.attributes["n"] == .integer(12) && span.attributes["m"] == .integer(13))
        #expect(span.attributes["d"] == .double(0.5) && span.attributes["b"] == .bool(false))
        #expect(span.attributes["raw"] == .bytes([1, 2]))
        #expect(span.attributes["l"] == .array([.string("x"), .string("y")]))
        #expect(span.attributes["o"] == .map([TraceAttribute("i", .string("j"))]))
        guard case .double(let number) = span.attributes["nan"] else { throw OTLPError("nan is no number") }
        #expect(number.isNaN)
        #expect(span.events.first?.attributes["exception.message"] == .string("no"))
        #expect(span.origin.serviceName == "web" && span.origin.scopeName == "@opentelemetry/http")
    }

    @Test func momentsInTwoHalvesAreRead() throws {
        let low = 1_544_712_660_000_000_000 & 0xFFFF_FFFF
        let high = 1_544_712_660_000_000_000 >> 32
        let text = Self.request.replacing(
            "\"1544712660000000000\"", with: "{\"low\":\(Int32(truncatingIfNeeded: low)),\"high\":\(high)}")
        let export = try TraceExport(json: Array(text.utf8))
        #expect(export.spans.first?.start.value == 1_544_712_660_000_000_000)
    }

    @Test func badIdentifiersAreCounted() throws {
        for (bad, reason) in [
            ("5B8EFFF798038103D269B633813FC60", SpanRefusal.traceID),
            ("00000000000000000000000000000000", .traceID), ("eee19b7ec3c1b174", .traceID), ("", .traceID),
        ] {
            let text = Self.request.replacing("5B8EFFF798038103D269B633813FC60C", with: bad)
            #expect(try TraceExport(json: Array(text.utf8)).refused.counts == [reason: 1], "\(bad)")
        }
        let text = Self.request.replacing("eee19b7ec3c1b173", with: "xyz")
        #expect(try TraceExport(json: Array(text.utf8)).refused.counts == [.parentID: 1])
    }

    @Test(arguments: [
        "", "[]", "{", #"{"resourceSpans":1}"#, #"{"resourceSpans":[{"scopeSpans":[{"spans":[1]}]}]}"#,
        #"{"resourceSpans":[{"resource":{"attributes":[{"value":{}}]}}]}"#,
        #"{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":{"intValue":"x"}}]}}]}"#,
    ])
    func whatIsNoRequestIsRefused(_ text: String) {
        #expect(throws: OTLPError.self) { try TraceExport(json: Array(text.utf8)) }
    }

    @Test func attributesAreWrittenAsTheyAreRead() throws {
        let span = try #require(try TraceExport(json: Array(Self.request.utf8)).spans.first)
        let written = JSONValue(otlp: span.attributes)
        #expect(written[0]?["key"] == "n" && written[0]?["value"] == ["intValue": "12"])
        let events = try [SpanEvent](otlp: JSONValue(otlp: span.events).description)
        #expect(events == span.events)
        let wanted: JSONValue = ["bytesValue": "AQI="]
        #expect(written[5]?["value"] == wanted)
    }

    @Test func damagedDocumentsNeverCrash() throws {
        var random = Numbers(seed: 7)
        let request = Array(Self.request.utf8)
        var refused = 0
        for _ in 0..<5000 {
            var damaged = request
            for _ in 0...2 {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            do {
                #expect(try TraceExport(json: damaged).spans.count <= 1)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 500)
    }
}
