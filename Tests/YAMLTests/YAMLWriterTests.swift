import Testing
import YAML

@Suite struct YAMLWriterTests {
    private func node(_ value: YAMLValue) -> YAMLNode { YAMLNode(value) }

    @Test func documentsAreWrittenInBlocks() {
        let value: YAMLValue = .mapping([
            YAMLEntry(key: "a", node: node(.mapping([YAMLEntry(key: "b c", node: node(.integer(1)))]))),
            YAMLEntry(
                key: "list",
                node: node(
                    .sequence([
                        node(.string("x: y")), node(.sequence([node(.null)])),
                        node(
                            .mapping([
                                YAMLEntry(key: "k", node: node(.bool(true))),
                                YAMLEntry(key: "l", node: node(.number(0.5))),
                            ])),
                    ]))),
            YAMLEntry(key: "empty", node: node(.mapping([]))),
        ])
        #expect(
            YAMLWriter.text(of: value) == """
                a:
                  b c: 1
                list:
                  - "x: y"
                  - - null
                  - k: true
                    l: 0.5
                empty: {}

                """)
    }

    @Test(arguments: [
        "", " ", "plain", "two words", "true", "12", "1e5", "~", "null", "- x", "a: b", "a #b", "#", "'", "\"", "\\",
        "*a", "&a", "!t",
        "%x", "@x", "`x`", "{", "[", ",", "?", "|", ">", "line\nbreak", "tab\tbed", "\u{0}\u{1}\u{7f}\u{85}",
        "é😀\u{2028}\u{feff}", "<<",
        "127.0.0.1:8443", "https://a.b/c?d=e", "postgres://x", "a:", ":a", "-", "---", "...", "0x1F", "yes",
        "2026-01-02", "=",
    ])
    func textIsReadBack(_ text: String) throws {
        let value = YAMLValue.mapping([
            YAMLEntry(key: text, node: node(.string(text))),
            YAMLEntry(key: text + "x", node: node(.sequence([node(.string(text))]))),
        ])
        #expect(try YAMLReader.parse(YAMLWriter.text(of: value)).value == value)
        #expect(try YAMLReader.parse(YAMLWriter.text(of: .string(text))).value == .string(text))
    }

    @Test func textOfSeveralLinesStandsAsABlock() {
        let value: YAMLValue = .mapping([
            YAMLEntry(key: "kept", node: node(.string("one\n\n  two: {{x}} # three\n"))),
            YAMLEntry(key: "stripped", node: node(.string("one\ntwo"))),
            YAMLEntry(key: "indented", node: node(.string("  one\ntwo\n\n"))),
            YAMLEntry(key: "list", node: node(.sequence([node(.string("a\nb"))]))),
            YAMLEntry(key: "quoted", node: node(.string("one\r\ntwo"))),
        ])
        #expect(
            YAMLWriter.text(of: value) == """
                kept: |
                  one

                    two: {{x}} # three
                stripped: |-
                  one
                  two
                indented: |2+
                    one
                  two

                list:
                  - |-
                    a
                    b
                quoted: "one\\r\\ntwo"

                """)
    }

    /// Texts of the characters that mean something in YAML, in every order that chance finds.
    @Test func whateverIsWrittenIsReadBack() throws {
        let alphabet: [Character] = [
            "a", "b", " ", " ", "\n", "\n", "\t", ":", "#", "-", "|", ">", "{", "}", "[", "]", "\"", "'", "\\", "&",
            "*",
            "!", "%", "?", ",", ".", "0", "1", "é", "😀", "\u{85}", "\u{2028}", "\u{feff}", "\u{fffe}", "\r", "\u{1}",
            "\u{a0}", "=", "~",
        ]
        var generator = SeededGenerator(seed: 4711)
        func text() -> String {
            String(
                (0..<Int.random(in: 0...14, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? "a"
                })
        }
        for _ in 0..<20_000 {
            let value: YAMLValue = .mapping([
                YAMLEntry(key: "k" + text(), node: node(.string(text()))),
                YAMLEntry(
                    key: "n",
                    node: node(
                        .sequence([
                            node(.string(text())),
                            node(.mapping([YAMLEntry(key: "m" + text(), node: node(.string(text())))])),
                            node(.sequence([node(.string(text()))])),
                        ]))),
            ])
            let written = YAMLWriter.text(of: value)
            let read = try? YAMLReader.parse(written).value
            guard read != value else { continue }
            Issue.record("\(value) was written as \(written.debugDescription)")
            return
        }
    }
}

private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 29)) &* 0x9E37_79B9_7F4A_7C15
    }
}
