import FoundationEssentials
import TestSupport
import Testing

@testable import Postgres

@Suite struct TextFormatTests {
    private func with<R>(_ text: String, _ body: (Span<UInt8>) -> R) -> R {
        let bytes = Array(text.utf8)
        return body(bytes.span)
    }

    @Test(arguments: [
        ("0", 0), ("-1", -1), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
    ])
    func integersAreRead(text: String, value: Int64) {
        #expect(with(text) { TextFormat.integer($0) } == value)
    }

    @Test(arguments: ["", "-", "1.5", "9223372036854775808", "-9223372036854775809", "1e3", " 1", "NaN"])
    func whatIsNoIntegerIsRefused(text: String) {
        #expect(with(text) { TextFormat.integer($0) as Int64? } == nil)
    }

    @Test(arguments: [
        ("1970-01-01 00:00:00+00", 0), ("2000-01-01 00:00:00+00", 946_684_800),
        ("2024-02-29 23:59:59+00", 1_709_251_199), ("1969-12-31 23:59:59+00", -1),
        ("2026-01-02 03:04:05.5+00", 1_767_323_045.5), ("2026-01-02 03:04:05.678901", 1_767_323_045.678901),
        ("2026-01-02", 1_767_312_000), ("2026-01-02 03:04:05+02", 1_767_315_845),
        ("0001-01-01 00:00:00+00", -62_135_596_800), ("0001-12-31 23:59:59+00 BC", -62_135_596_801),
        ("0044-03-15 BC", -63_517_824_000),
    ])
    func timestampsAreRead(text: String, seconds: Double) {
        #expect(with(text) { TextFormat.timestamp($0)?.timeIntervalSince1970 } == seconds)
    }

    @Test(arguments: [
        "", "infinity", "-infinity", "2026", "2026-13-01", "2026-01-02 03:04", "0044-03-15 12:00:00+00 AD",
        "2026-01-02 03:04:05.1234567+00", "2026-01-02 03:04:05+00x",
    ])
    func whatIsNoTimestampIsRefused(text: String) {
        #expect(with(text) { TextFormat.timestamp($0) } == nil)
    }

    @Test func identifiersAreRead() {
        let id = UUID()
        #expect(with(id.uuidString.lowercased()) { TextFormat.uuid($0) } == id)
        #expect(with(id.uuidString) { TextFormat.uuid($0) } == id)
        for text in ["", "123", String(repeating: "g", count: 36), String(repeating: "0", count: 36)] {
            #expect(with(text) { TextFormat.uuid($0) } == nil)
        }
    }

    @Test func bytesAreRead() {
        #expect(with("\\x") { TextFormat.hexadecimal($0) } == [])
        #expect(with("\\x00fFa1") { TextFormat.hexadecimal($0) } == [0, 0xff, 0xa1])
        for text in ["", "\\x0", "00", "\\xzz"] { #expect(with(text) { TextFormat.hexadecimal($0) } == nil) }
    }

    @Test func arraysAreRead() {
        func elements(_ text: String) -> [String?]? {
            with(text) { TextFormat.arrayElements($0) }?.map { $0.map { String(decoding: $0, as: UTF8.self) } }
        }
        #expect(elements("{}") == [])
        #expect(elements("{a,NULL,\"NULL\",\"\",\"x,\\\"y\\\\\",null}") == ["a", nil, "NULL", "", "x,\"y\\", "null"])
        for text in [
            "", "{", "{a", "a}", "{a,}", "{,a}", "{{a}}", "{\"a}", "{\"a\"b}", "{a\"b\"}", "{\"\\}", "[0:1]={a,b}",
        ] {
            #expect(elements(text) == nil, "\(text)")
        }
    }

    /// Nothing the server could send traps.
    @Test func readersSurviveRandomBytes() {
        var random = SeededGenerator(seed: 42)
        let alphabet = Array("{}\",\\NUL0123456789-:. +xabcdef".utf8) + [0, 0xff, 0xc3]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            let span = bytes.span
            if let elements = TextFormat.arrayElements(span) { #expect(elements.count <= count) }
            if let hexadecimal = TextFormat.hexadecimal(span) { #expect(hexadecimal.count == (count - 2) / 2) }
            if TextFormat.uuid(span) != nil { #expect(count == 36) }
            if TextFormat.timestamp(span) != nil { #expect(count >= 5) }
            if (TextFormat.integer(span) as Int64?) != nil { #expect(Int64(TextFormat.string(span)) != nil) }
        }
    }
}
