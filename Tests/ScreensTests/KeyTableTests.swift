import FoundationEssentials
import Screens
import Terminal
import Testing

struct KeymapTests {
    @Test(arguments: KeyContext.allCases)
    func noKeyIsBoundTwice(_ context: KeyContext) {
        var seen: Set<Key> = []
        for key in Keymap.bindings(context).flatMap(\.keys) { #expect(seen.insert(key).inserted, "\(key.name)") }
    }

    @Test(arguments: [KeyContext.signIn, .filter])
    func aFieldKeepsItsLetters(_ context: KeyContext) {
        for binding in Keymap.bindings(context) {
            for key in binding.keys {
                if case .character = key.code { #expect(key.modifiers.contains(.control), "\(key.name)") }
            }
        }
    }

    @Test(arguments: KeyContext.allCases)
    func everythingIsExplained(_ context: KeyContext) {
        for binding in Keymap.bindings(context) { #expect(!binding.explanation.isEmpty && !binding.keys.isEmpty) }
    }

    @Test func theManualPageNamesEveryKey() throws {
        let path = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let page = try String(
            decoding: Data(contentsOf: URL(filePath: path + "/man/scorable-console.1")), as: UTF8.self)
        for context in KeyContext.allCases {
            for binding in Keymap.bindings(context) {
                #expect(page.contains(binding.explanation), "\(binding.explanation)")
                for key in binding.keys { #expect(page.contains(key.name.replacing("-", with: "\\-")), "\(key.name)") }
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
