import Screens
import Terminal
import Testing

struct KeyTableTests {
    @Test(arguments: KeyTable.screens + KeyTable.general)
    func noKeyIsBoundTwice(_ table: KeyTable) {
        var seen: Set<Key> = []
        for key in table.help.flatMap(\.keys) { #expect(seen.insert(key).inserted, "\(key.name)") }
    }

    @Test func theGeneralTablesDoNotShareKeys() {
        var seen: Set<Key> = []
        for table in KeyTable.general.dropFirst() {
            for key in table.help.flatMap(\.keys) { #expect(seen.insert(key).inserted, "\(key.name)") }
        }
    }

    @Test func aFieldKeepsItsLetters() {
        for key in SignIn.bindings.flatMap(\.keys) {
            if case .character = key.code { #expect(key.modifiers.contains(.control), "\(key.name)") }
        }
    }

    @Test(arguments: KeyTable.screens + KeyTable.general)
    func everythingIsExplained(_ table: KeyTable) {
        for line in table.help { #expect(!line.explanation.isEmpty && !line.keys.isEmpty) }
    }

    /// Only upper case letters change something, so that a slip of the finger does not.
    @Test(arguments: KeyTable.screens)
    func whatChangesSomethingIsAnUpperCaseLetter(_ table: KeyTable) {
        for line in table.help where line.section == .action {
            for key in line.keys {
                guard case .character(let scalar) = key.code else {
                    Issue.record("\(key.name)")
                    continue
                }
                #expect(scalar.properties.isUppercase, "\(key.name)")
            }
        }
    }
}

struct FormatTests {
    @Test(arguments: [
        (0.2, "<1ms"), (3.2, "3ms"), (999.4, "999ms"), (999.6, "1.0s"), (1243, "1.2s"), (9_949, "9.9s"),
        (10_000, "10s"),
        (61_000, "1m01s"), (3_720_000, "1h02m"), (200_000_000, "2d07h"),
    ])
    func latenciesFitSixColumns(_ milliseconds: Double, _ text: String) {
        #expect(Formats.latency(milliseconds: milliseconds) == text)
        #expect(text.count <= 6)
    }

    @Test(
        arguments: [
            (0, "$0"), (1, "<$0.0001"), (410_000, "$0.0004"), (999_900_000, "$0.9999"), (1_234_000_000, "$1.23"),
        ] as [(Int64, String)])
    func costsFitEightColumns(_ nanodollars: Int64, _ text: String) {
        #expect(Formats.cost(nanodollars: nanodollars) == text)
        #expect(text.count <= 8)
    }

    @Test func amountsAndCountsAreExact() {
        #expect(Formats.exactCost(nanodollars: 410_001) == "$0.000410001")
        #expect(Formats.exactCost(nanodollars: 12_400_000_000) == "$12.40")
        #expect(Formats.count(1_234_567) == "1,234,567")
        #expect(Formats.count(-12_345) == "-12,345")
        #expect(Formats.score(nil) == "-")
        #expect(Formats.score(0.996) == "1.00")
    }
}
