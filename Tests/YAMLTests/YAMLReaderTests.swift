import Testing
import YAML

@Suite struct YAMLReaderTests {
    @Test func aConfigurationFileIsReadWithItsLines() throws {
        let root = try YAMLReader.parse(
            """
            # the daemons
            apid:
              public: {listen: "127.0.0.1:8443", tls: true}
              limit: 10
            hosts:
              - a
              - 'b: c'
            ratio: 0.5
            nothing:
            text: |
              one
              two
            """)
        #expect(root["apid"]?["public"]?["listen"]?.value == .string("127.0.0.1:8443"))
        #expect(root["apid"]?["public"]?["tls"]?.value == .bool(true))
        #expect(root["apid"]?["limit"]?.value == .integer(10))
        #expect(root["apid"]?["limit"]?.line == 4)
        #expect(root["apid"]?["limit"]?.column == 10)
        #expect(root["hosts"]?.value == .sequence([YAMLNode(.string("a")), YAMLNode(.string("b: c"))]))
        #expect(root["ratio"]?.value == .number(0.5))
        #expect(root["ratio"]?.text == "0.5")
        #expect(root["nothing"]?.value == .null)
        #expect(root["text"]?.value == .string("one\ntwo"))
        #expect(root["absent"] == nil)
        guard case .mapping(let entries) = root.value else { return #expect(Bool(false), "no mapping") }
        #expect(entries.map(\.key) == ["apid", "hosts", "ratio", "nothing", "text"])
        #expect(entries.map(\.line) == [2, 5, 8, 9, 10])
    }

    @Test(
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("true", .bool(true)), ("FALSE", .bool(false)),
            ("yes", .string("yes")), ("off", .string("off")), ("012", .integer(12)), ("0x1F", .integer(31)),
            ("0o17", .integer(15)), ("-7", .integer(-7)), ("+7", .integer(7)), ("1e3", .number(1000)),
            (".5", .number(0.5)), ("1.", .number(1)), ("-.inf", .number(-.infinity)), ("1.2.3", .string("1.2.3")),
            ("10s", .string("10s")), ("1_000", .string("1_000")), ("-", .sequence([YAMLNode(.null)])),
            ("\"1\"", .string("1")), ("'true'", .string("true")),
            ("!!str 1", .string("1")), ("99999999999999999999", .number(1e20)), ("0x", .string("0x")),
            (".", .string(".")),
            ("2026-01-02", .string("2026-01-02")),
        ] as [(String, YAMLValue)])
    func scalarsFollowTheCoreSchema(_ text: String, _ value: YAMLValue) throws {
        #expect(try YAMLReader.parse(text).value == value)
    }

    @Test(arguments: [
        ("a: [1, 2", 2, 1), ("a: 1\nb: 2\na: 3", 3, 1), ("a:\n\t- b", 2, 1), ("a: b: c", 1, 5), ("- a\nb: c", 2, 1),
        ("a: *b", 1, 4), ("a: !!binary x", 1, 4), ("a: !custom {b: c}", 1, 4), ("{a: 1}: b", 1, 1),
        ("a: &x {b: 1}\nc:\n  <<: *x", 3, 3), ("--- a\n--- b", 2, 1), ("a: \"x", 1, 6), ("%YAML 3.0\n--- a", 1, 1),
    ])
    func errorsNameTheirPlace(_ text: String, _ line: Int, _ column: Int) {
        let error = #expect(throws: YAMLError.self) { try YAMLReader.parse(text) }
        #expect(error?.line == line, "\(error?.description ?? "")")
        #expect(error?.column == column, "\(error?.description ?? "")")
        #expect(error?.problem.isEmpty == false)
    }

    @Test func badUTF8IsRefused() {
        #expect(throws: YAMLError.self) { try YAMLReader.parse(Array("a: ".utf8) + [0xC0, 0x80]) }
        #expect(throws: YAMLError.self) { try YAMLReader.parse(Array("a: ".utf8) + [0x00]) }
    }

    @Test func aliasesStandForTheirAnchor() throws {
        let root = try YAMLReader.parse("base: &b {x: 1}\nother: *b\n")
        #expect(root["other"]?["x"]?.value == .integer(1))
        #expect(root["other"]?.line == 2)
    }

    @Test func bombsAreDefused() {
        var laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            laughs += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = #expect(throws: YAMLError.self) { try YAMLReader.parse(laughs) }
        #expect(error?.problem == "more than 100000 values, aliases included")
        #expect(throws: YAMLError.self) { try YAMLReader.parse("a: &a [*a]") }
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(throws: YAMLError.self) { try YAMLReader.parse(deep) }
        var nested = "a0: &a0 [[[[[[[[[[x]]]]]]]]]]\n"
        for level in 1...4 { nested += "a\(level): &a\(level) [[[[[[[[[[*a\(level - 1)]]]]]]]]]]\n" }
        #expect(throws: YAMLError.self) { try YAMLReader.parse(nested) }
        #expect(throws: YAMLError.self) {
            try YAMLReader.parse(String(repeating: "#", count: 100), limits: YAMLLimits(lengthInBytes: 99))
        }
    }
}

@Suite struct YAMLDocumentsTests {
    @Test func everyDocumentOfATextIsReadWithItsPlace() throws {
        let roots = try YAMLReader.documents("# first\nname: a\n---\nname: b\nlist:\n  - 1\n--- c\n")
        #expect(roots.map(\.line) == [2, 4, 7])
        #expect(roots.map { $0["name"]?.value } == [.string("a"), .string("b"), nil])
        #expect(roots.last?.value == .string("c"))
        guard case .mapping(let entries) = roots[1].value else { return #expect(Bool(false), "no mapping") }
        #expect(entries.map(\.line) == [4, 5])
        #expect(entries.map(\.column) == [1, 1])
        #expect(try YAMLReader.documents("# nothing\n").isEmpty)
    }

    @Test func anAnchorEndsWithItsDocument() {
        #expect(throws: YAMLError.self) { try YAMLReader.documents("a: &x 1\n---\nb: *x\n") }
    }

    @Test func theLimitsAreThoseOfTheWholeText() {
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.documents("[1, 2, 3]\n---\n[4, 5, 6]\n", limits: YAMLLimits(nodes: 7))
        }
        #expect(error?.line == 3)
    }
}
