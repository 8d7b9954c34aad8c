import Tenancy
import Testing

/// What people and things may be called, and how names that came otherwise are shown.
@Suite struct NameRuleTests {
    @Test(arguments: ["a\nb", "a\u{1B}[2J", "a\u{7F}", "a\u{9B}2J", "a\u{2028}b", "a\u{202E}b", "a\u{2067}b"])
    func whatSteersATerminalIsNoName(name: String) {
        let refusal = #expect(throws: InvalidDefinition.self) { try User.validate(name: name) }
        #expect(refusal?.problems.map(\.field) == ["full_name"])
        #expect(throws: InvalidDefinition.self) { try Organization.validate(name: name) }
        #expect(!ShownText.line(name).unicodeScalars.contains(where: ShownText.steers))
        #expect(ShownText.line(name).unicodeScalars.count == name.unicodeScalars.count)
    }

    @Test(arguments: ["Ada Lovelace", "Zoë Nuñez", "李小龍", "רות\u{200F} כהן", "O’Neil 👩‍💻"])
    func whatIsOnlyReadIsOne(name: String) throws {
        try User.validate(name: name)
        #expect(ShownText.line("Ada Lovelace") == "Ada Lovelace" && ShownText.lines("a\tb\nc") == "a\tb\nc")
    }
}
