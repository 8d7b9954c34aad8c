import EventLoop
import FoundationEssentials
import Postgres
import TestSupport
import Testing

/// Values go to a real server and come back the same.
@Suite struct ValueTests {
    private static let hostileTexts = [
        "", " ", "NULL", "null", "'", "\"", "\\", "\\\\", "{}", "{a,b}", "$1", "--", "/*", "a\"b", "a,b", "\n\r\t",
        "\\x00", "é", "日本語", "👩‍👩‍👧‍👦", "\u{202e}rtl", "\u{feff}", "e\u{301}", "';DROP TABLE t;--", "\u{1}\u{7f}",
        "\u{10ffff}",
        "E'\\''", "$$", "%s%n", "NaN", "{\"a\":null}",
    ]

    @Test func scalarsComeBackTheSame() async throws {
        try await withClient { client in
            let id = UUID()
            let now = Date(timeIntervalSince1970: 1_767_323_045.678901)
            let row = try #require(
                try await client.query(
                    """
                    SELECT \(Int.min) AS least, \(Int64.max) AS greatest, \(Int32(-7)) AS small, \(true) AS yes, \
                    \(false) AS no, \(0.1) AS double, \(Float(0.1)) AS float, \(Double.infinity) AS infinity, \
                    \(id) AS id, \(now) AS moment, \([0, 1, 0xff] as [UInt8]) AS bytes, \([UInt8]()) AS none, \
                    \(JSONText(#"{"a": [1, null, "é"]}"#)) AS json, \(Duration.milliseconds(90_061_500)) AS span
                    """
                ).first)
            #expect(try row.decode("least") == Int.min)
            #expect(try row.decode("greatest") == Int64.max)
            #expect(try row.decode("small") == Int32(-7))
            #expect(try row.decode("yes", as: Bool.self))
            #expect(try !row.decode("no", as: Bool.self))
            #expect(try row.decode("double") == 0.1)
            #expect(try row.decode("float") == Float(0.1))
            #expect(try row.decode("infinity") == Double.infinity)
            #expect(try row.decode("id") == id)
            #expect(abs(try row.decode("moment", as: Date.self).timeIntervalSince(now)) < 1e-6)
            #expect(try row.decode("bytes") == [0, 1, 0xff] as [UInt8])
            #expect(try row.decode("none") == [UInt8]())
            #expect(try row.decode("json") == JSONText(#"{"a": [1, null, "é"]}"#))
            #expect(try row.decode("span") == "25:01:01.5")
        }
    }

    @Test func nothingComesBackAsNil() async throws {
        try await withClient { client in
            let text: String? = nil
            let list: [Int]? = nil
            let row = try #require(
                try await client.query("SELECT \(text) AS text, \(list) AS list, \(Date?.none) AS moment").first)
            #expect(try row.decode("text", as: String?.self) == nil)
            #expect(try row.decode("list", as: [Int]?.self) == nil)
            #expect(try row.decode("moment", as: Date?.self) == nil)
        }
    }

    @Test func arraysComeBackTheSame() async throws {
        try await withClient { client in
            let ids = (0..<5).map { _ in UUID() }
            let bytes: [[UInt8]] = [[], [0], [0x5c, 0x22, 0xff]]
            let row = try #require(
                try await client.query(
                    """
                    SELECT \(Self.hostileTexts) AS texts, \(["a", nil, "NULL"]) AS gaps, \(ids) AS ids, \
                    \([Int.min, 0, Int.max]) AS numbers, \([1.5, -0.0, .infinity]) AS doubles, \([true, false]) AS flags, \
                    \(bytes) AS bytes, \([String]()) AS none, \([Int32]([1])) AS small
                    """
                ).first)
            #expect(try row.decode("texts") == Self.hostileTexts)
            #expect(try row.decode("gaps") == ["a", nil, "NULL"])
            #expect(try row.decode("ids") == ids)
            #expect(try row.decode("numbers") == [Int.min, 0, Int.max])
            #expect(try row.decode("doubles") == [1.5, -0.0, .infinity])
            #expect(try row.decode("flags") == [true, false])
            #expect(try row.decode("bytes") == bytes)
            #expect(try row.decode("none") == [String]())
            #expect(try row.decode("small") == [Int32(1)])
        }
    }

    @Test func arraysFeedUnnest() async throws {
        try await withClient { client in
            let rows = try await client.query(
                """
                SELECT * FROM unnest(\([1, 2, 3]), \(["a", nil, "c"])) AS t(number, text) ORDER BY number DESC
                """)
            #expect(rows.columns == ["number", "text"])
            #expect(try rows.map { try $0.decode("number", as: Int.self) } == [3, 2, 1])
            #expect(try rows.map { try $0.decode(1, as: String?.self) } == ["c", nil, "a"])
        }
    }

    @Test func failuresNameTheColumn() async throws {
        try await withClient { client in
            let row = try #require(try await client.query("SELECT 'x' AS letter, NULL::int AS gap").first)
            let failures: [(String, () throws -> Void)] = [
                ("column letter should be an integer", { _ = try row.decode("letter", as: Int.self) }),
                ("column letter should be a UUID", { _ = try row.decode("letter", as: UUID.self) }),
                ("column gap should be an integer, but is NULL", { _ = try row.decode("gap", as: Int.self) }),
                ("no column missing", { _ = try row.decode("missing", as: Int.self) }),
                ("no column at position 2", { _ = try row.decode(2, as: Int.self) }),
            ]
            for (expected, body) in failures {
                let error = await postgresError { try body() }
                #expect(error?.kind == .decoding)
                #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
            }
        }
    }

    @Test func zeroBytesAndBadJSONAreRefusedByTheServer() async throws {
        try await withClient { client in
            let zero = await postgresError { _ = try await client.query("SELECT \("a\0b")") }
            #expect(zero?.sqlState == "22021")
            let json = await postgresError { _ = try await client.query("SELECT \(JSONText("{"))") }
            #expect(json?.sqlState?.isAboutData == true)
            let one = try await client.query("SELECT 1")
            #expect(one.count == 1)
        }
    }

    /// As whole microseconds of the reference date, which is how JSON has them.
    @Test func momentsAreRoundedAsTheyAreElsewhere() async throws {
        try await withClient { client in
            let dates = (0..<500).map { Date(timeIntervalSinceReferenceDate: 817_000_000 + Double($0) * 1.000_000_7) }
            let row = try #require(try await client.query("SELECT \(dates) AS dates").first)
            let read = try row.decode("dates", as: [Date].self)
            func microseconds(_ date: Date) -> Double { (date.timeIntervalSinceReferenceDate * 1_000_000).rounded() }
            #expect(read.map(microseconds) == dates.map(microseconds))
        }
    }

    @Test func extremeDatesDoNotTrap() async throws {
        try await withClient { client in
            let extremes = [Date.distantPast, .distantFuture]
            let row = try #require(try await client.query("SELECT \(extremes) AS dates").first)
            #expect(try row.decode("dates") == extremes)
            for seconds in [Double.infinity, -.infinity, .nan, 1e300] {
                let date = Date(timeIntervalSince1970: seconds)
                let text: String = try #require(try await client.query("SELECT \(date)::text").first).decode(0)
                #expect(text.hasSuffix("infinity"))
            }
        }
    }

    /// Random texts of hostile parts, as scalars, in arrays and as JSON, against the server's own opinion of equality.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func randomHostileTextsComeBackTheSame(seed: UInt64) async throws {
        try await withClient { client in
            var random = SeededGenerator(seed: seed)
            let end = ContinuousClock.now + .seconds(1.5)
            var rounds = 0
            while rounds < 20 || ContinuousClock.now < end && rounds < 3000 {
                rounds += 1
                let texts = (0..<Int.random(in: 0...6, using: &random)).map { _ in Self.text(&random) }
                let gaps = texts.map { Bool.random(using: &random) ? $0 : nil }
                let bytes = texts.map { Array($0.utf8) }
                let single = Self.text(&random)
                let row = try #require(
                    try await client.query(
                        """
                        SELECT \(single) AS single, \(texts) AS texts, \(gaps) AS gaps, \(bytes) AS bytes,
                            to_jsonb(\(texts)) AS json, \(single) = ANY(\(texts + [single])) AS is_found,
                            coalesce(array_length(\(texts), 1), 0) AS length
                        """
                    ).first)
                try #require(try row.decode("single") == single)
                try #require(try row.decode("texts") == texts)
                try #require(try row.decode("gaps") == gaps)
                try #require(try row.decode("bytes") == bytes)
                try #require(try row.decode("is_found", as: Bool.self))
                try #require(try row.decode("length") == texts.count)
                let document: JSONText = try row.decode("json")
                let same = try await client.query(
                    "SELECT \(document) = to_jsonb(\(texts)) AND \(identifier: "a") = \(single) FROM (SELECT \(single) AS a) t"
                )
                try #require(try #require(same.first).decode(0, as: Bool.self))
            }
            #expect(rounds >= 20)
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
            if Bool.random(using: &random) { return hostileTexts.randomElement(using: &random) ?? "" }
            // Any scalar but the zero byte, which the server does not store.
            guard let scalar = Unicode.Scalar(UInt32.random(in: 1...0x10ffff, using: &random)) else { return "?" }
            return String(Character(scalar))
        }.joined()
    }
}
