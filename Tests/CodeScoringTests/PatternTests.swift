@testable import CodeScoring
import JSON
import Testing

@Suite struct PatternTests {
    @Test func matchesAreThoseOfPython() throws {
        let rows = try #require(try Vectors.load("patterns").arrayValue)
        #expect(rows.count > 500)
        for row in rows {
            let pattern = try Pattern(row["pattern"]?.stringValue ?? "")
            let text = Array((row["text"]?.stringValue ?? "").unicodeScalars)
            let span = row["match"]?.arrayValue?.compactMap { $0.integerValue.map(Int.init) }
            #expect(pattern.firstMatch(in: text) == span.map { $0[0]..<$0[1] }, "\(row)")
        }
    }

    /// Python and others need longer than the universe for these.
    @Test(arguments: ["(a+)+$", "^(a|a)*$", "(a|aa)+$", "(.*a){20}$", "^((a*)*)*$", "(a?){40}a{40}$"])
    func noPatternRunsAway(_ text: String) throws {
        let pattern = try Pattern(text)
        let subject = Array((String(repeating: "a", count: 1000) + "!").unicodeScalars)
        let clock = ContinuousClock()
        var match: Range<Int>?
        let duration = clock.measure { match = pattern.firstMatch(in: subject) }
        #expect(match == nil)
        #expect(duration < .seconds(10), "\(duration)")
    }

    @Test(arguments: [
        ("(", 1, "never closed"), (")", 1, "closes nothing"), ("[a", 1, "never closed"), ("*a", 1, "repeats nothing"),
        ("a**", 3, "repeated again"), ("(a)\\1", 5, "References"), ("a(?=b)", 5, "Look-around"),
        ("(?<!a)b", 5, "Look-around"), ("a++", 4, "Possessive"), ("[z-a]", 5, "wrong order"),
        ("a{3,2}", 7, "wrong order"),
        ("a{1001}", 8, "no more than 1000"), ("\\q", 2, "not supported"), ("\\p{Greek}", 10, "general category"),
        ("(?x)a", 3, "the flags are"), ("\\", 2, "nothing to escape"), ("((a{1000}){1000}){1000}", 1, "too large"),
        ("(((((((?:){1000}){1000}){1000}){1000}){1000}){1000})", 1, "too large"),
    ]) func whatIsNoPatternIsRefusedWithItsPlace(_ pattern: String, _ place: Int, _ words: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        #expect(error?.place == place, "\(String(describing: error))")
    }

    @Test func caseIsIgnoredInAllScripts() throws {
        let pattern = try Pattern("ПРИВЕТ[ä-ü]", ignoresCase: true)
        #expect(pattern.firstMatch(in: Array("привет Приветä ПРИВЕТÖ".unicodeScalars)) == 7..<14)
    }

    @Test func allMatchesAreFoundOnceAndInOrder() throws {
        let text = Array("a1b22c333".unicodeScalars)
        #expect(try Pattern(#"\d+"#).matches(in: text) == [1..<2, 3..<5, 6..<9])
        #expect(try Pattern("x*").matches(in: Array("ab".unicodeScalars)) == [0..<0, 1..<1, 2..<2])
    }
}
