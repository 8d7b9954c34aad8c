import FoundationEssentials
import JSON
import Testing

private func text(_ value: some Encodable, absent: JSONCodec.AbsentValues = .null) -> String {
    String(decoding: JSONCodec.encode(value, absent: absent), as: UTF8.self)
}

@Suite struct JSONEncodingTests {
    private struct Item: Codable, Equatable {
        var itemID: UUID
        var createdAt: Date
        var httpAPIKey: String?
        var count: Int?
        var ratio: Double
        var labels: [String: Int]
        var parts: [Part]
        var extra: JSONValue

        struct Part: Codable, Equatable {
            var isLast: Bool
            var weight: Float
        }
    }

    private let item = Item(
        itemID: UUID(uuidString: "0190B8E4-7C4E-7D6C-9F3A-0123456789AB") ?? UUID(),
        createdAt: Date(timeIntervalSince1970: 1_767_323_045.678901), httpAPIKey: nil, count: nil, ratio: 0.5,
        labels: ["keepMe": 1], parts: [Item.Part(isLast: true, weight: 0.1)], extra: ["someKey": [nil, 1.5]])

    @Test func propertiesBecomeSnakeCaseAndAbsentOnesNull() {
        #expect(
            text(item)
                == #"{"item_id":"0190b8e4-7c4e-7d6c-9f3a-0123456789ab","created_at":"2026-01-02T03:04:05.678901Z","http_api_key":null,"count":null,"ratio":0.5,"labels":{"keepMe":1},"parts":[{"is_last":true,"weight":0.1}],"extra":{"someKey":[null,1.5]}}"#
        )
    }

    @Test func absentPropertiesCanBeLeftOut() {
        #expect(!text(item, absent: .omitted).contains("null,\"count\""))
        #expect(!text(item, absent: .omitted).contains("http_api_key"))
    }

    @Test func whatIsWrittenIsReadBack() throws {
        #expect(try JSONCodec.decode(Item.self, from: JSONCodec.encode(item)) == item)
        #expect(try JSONCodec.decode([[Int]?].self, from: text([[1], nil, []] as [[Int]?])) == [[1], nil, []])
    }

    @Test func controlCharactersOfC1AreEscapedAsThoseOfASCIIAre() throws {
        let name = "a\u{80}b\u{9B}31m\u{9F}\u{A0}\u{C2}é\u{1B}\u{85}"
        #expect(text(name) == "\"a\\u0080b\\u009b31m\\u009f\u{A0}\u{C2}é\\u001b\\u0085\"")
        #expect(try JSONCodec.decode(String.self, from: JSONCodec.encode(name)) == name)
    }

    @Test func scalarsStandAlone() {
        #expect(text("a") == #""a""#)
        #expect(text(1) == "1")
        #expect(text(UInt64.max) == "18446744073709551615")
        #expect(text(Double.nan) == "null")
        #expect(text([Double.infinity, 1]) == "[null,1.0]")
        #expect(text(Int?.none) == "null")
        #expect(text([String: Int]()) == "{}")
        #expect(text([Int]()) == "[]")
    }

    @Test func enumerationsWithPayloadsAndEmptyTypesHaveAForm() throws {
        enum Shape: Codable, Equatable {
            case circle(radius: Double)
            case point
        }
        struct Nothing: Codable {}
        #expect(text([Shape.circle(radius: 2), .point]) == #"[{"circle":{"radius":2.0}},{"point":{}}]"#)
        #expect(
            try JSONCodec.decode([Shape].self, from: text([Shape.circle(radius: 2), .point])) == [
                .circle(radius: 2), .point,
            ])
        #expect(text([Nothing()]) == "[{}]")
    }

    @Test func aTypeMayAddToTheObjectThatItsPartHasBegun() {
        struct Inner: Encodable { var a = 1 }
        struct Outer: Encodable {
            enum CodingKeys: String, CodingKey { case b, list, nested }
            func encode(to encoder: any Encoder) throws {
                try Inner().encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                var list = container.nestedUnkeyedContainer(forKey: .list)
                try list.encode(1)
                var nested = list.nestedContainer(keyedBy: CodingKeys.self)
                try nested.encode(2, forKey: .b)
                try list.encode(3)
                _ = container.superEncoder(forKey: .nested)
                try container.encode("x", forKey: .b)
            }
        }
        #expect(text(Outer()) == #"{"a":1,"list":[1,{"b":2},3],"nested":null,"b":"x"}"#)
    }

    @Test(arguments: [
        ("evaluatorID", "evaluator_id"), ("baseURL", "base_url"), ("httpAPIKey", "http_api_key"),
        ("evaluatorIDs", "evaluator_ids"), ("already_snake", "already_snake"), ("p99Latency", "p99_latency"),
        ("x", "x"), ("isA", "is_a"), ("aBC", "a_bc"), ("URL", "url"), ("urlsByID", "urls_by_id"),
    ])
    func capitalsStartWords(_ property: String, _ member: String) throws {
        struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
        struct One: Encodable {
            let key: Key
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(1, forKey: key)
            }
        }
        #expect(text(One(key: Key(stringValue: property))) == "{\"\(member)\":1}")
    }
}

@Suite struct ISO8601Tests {
    @Test(arguments: [
        ("2026-01-02T03:04:05.678901Z", 1_767_323_045.678901), ("2026-01-02T03:04:05Z", 1_767_323_045),
        ("2026-01-02t03:04:05z", 1_767_323_045), ("2026-01-02 03:04:05", 1_767_323_045),
        ("2026-01-02T05:04:05+02:00", 1_767_323_045), ("2026-01-02T05:04:05+0200", 1_767_323_045),
        ("2026-01-01T22:04:05-05", 1_767_323_045), ("2026-01-02T03:04Z", 1_767_323_040), ("2026-01-02", 1_767_312_000),
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.5Z", -0.5), ("2024-02-29T00:00:00Z", 1_709_164_800),
        ("0001-01-01T00:00:00Z", -62_135_596_800), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
    func usualFormsAreRead(_ text: String, _ seconds: Double) {
        #expect(ISO8601.date(text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-02-29", "2026-00-10", "2026-01-32", "2026-01-02T", "2026-01-02T24:00:00Z",
        "2026-01-02T03:60:00Z", "2026-01-02T03:04:61Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+",
        "2026-01-02T03:04:05Zx",
        "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+02:", "yesterday", "0000-01-01", "1767323045",
    ])
    func otherTextIsNoDate(_ text: String) {
        #expect(ISO8601.date(text) == nil)
    }

    @Test func microsecondsSurviveWriting() throws {
        var random = SplitMix(seed: 3)
        for _ in 0..<5_000 {
            let micros = Int64.random(in: 0..<4_000_000_000_000_000, using: &random)
            let date = Date(timeIntervalSinceReferenceDate: Double(micros) / 1e6 - 978_307_200)
            let text = try #require(ISO8601.string(date))
            let read = try #require(ISO8601.date(text))
            #expect(ISO8601.string(read) == text)
        }
        #expect(ISO8601.string(Date(timeIntervalSince1970: -0.5)) == "1969-12-31T23:59:59.500000Z")
        #expect(ISO8601.string(Date(timeIntervalSince1970: .nan)) == nil)
        #expect(ISO8601.string(Date(timeIntervalSince1970: 1e18)) == nil)
    }
}
