import FoundationEssentials
import Settings
import Testing

@Suite struct SettingsFileTests {
    private func file(_ text: String) throws -> SettingsFile {
        try SettingsFile(path: "/etc/s.yaml", bytes: Array(text.utf8))
    }

    @Test func nestedSectionsBecomeDottedNamesWithTheirLines() throws {
        let file = try file(
            """
            # Comment
            log:
              level: debug
            apid:
              public:
                listen: "127.0.0.1:8000"
                hosts: [a, b]
                open:
              loops: 2
            """)
        #expect(
            file.entries == [
                "log.level": .init(text: "debug", line: 3),
                "apid.public.listen": .init(text: "127.0.0.1:8000", line: 6),
                "apid.public.hosts": .init(text: "a,b", line: 7),
                "apid.loops": .init(text: "2", line: 9),
            ])
    }

    @Test func numbersAreKeptAsTheyAreWritten() throws {
        #expect(try file("a: 007\nb: 1e3\nc: 0x10").entries.mapValues(\.text) == ["a": "007", "b": "1e3", "c": "0x10"])
    }

    @Test func anEmptyFileHasNoSettings() throws {
        #expect(try file("# nothing\n").entries.isEmpty)
    }

    @Test(arguments: [
        ("a: 1\na: 2", "2"), ("a: [{b: 1}]", "1"), ("- a", "1"), ("text", "1"), ("a:\n\tb: 1", "2"),
        ("a.b: 1\na: {b: 2}", "2"),
    ])
    func mistakesAreNamedWithTheirLine(text: String, line: String) {
        let error = #expect(throws: SettingsError.self) { try file(text) }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.hasPrefix("/etc/s.yaml cannot be read: line \(line)"), "\(message)")
    }

    @Test func sectionThatListsThingsIsKeptWhole() throws {
        let text = "log: {level: debug}\ngateway: {models: [{name: a}, {name: b}]}"
        let file = try SettingsFile(path: "/etc/s.yaml", bytes: Array(text.utf8), documents: ["gateway"])
        #expect(file.entries.keys.sorted() == ["log.level"])
        #expect(file.documents.keys.sorted() == ["gateway"])
    }

    @Test func mistypedSectionThatListsThingsIsTold() throws {
        let error = #expect(throws: SettingsError.self) {
            try SettingsFile(
                path: "/etc/s.yaml", bytes: Array("gatway: {models: [{name: a}]}".utf8), documents: ["gateway"])
        }
        #expect(error.map { "\($0)".contains("gatway.models") && "\($0)".contains("Did you mean gateway") } == true)
    }

    @Test func aFileThatWasNamedMustExist() throws {
        #expect(throws: SettingsError.self) { try SettingsFile.find(named: "/nonexistent.yaml", else: "/x") }
        #expect(try SettingsFile.find(named: nil, else: "/nonexistent.yaml") == nil)
    }
}
