import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

/// What is typed into forms, as what is sent.
struct FormTests {
    private func values(_ text: String) -> FormValues { Form([.text("x", "X", value: text)]).values }

    @Test(
        arguments: [
            ("", nil), ("12", 12), ("1,500", 1500), ("2k", 2000), ("3M", 3_000_000), ("  7 ", 7),
        ] as [(String, Int?)])
    func countsAreReadAsPeopleWriteThem(_ text: String, _ count: Int?) throws {
        #expect(try values(text).count("x") == count)
    }

    @Test(arguments: ["1.5k", "-1", "many", "99999999999999999999", "9999999999k"])
    func whatIsNoCountIsRefused(_ text: String) {
        #expect(throws: FormProblem.self) { try values(text).count("x") }
    }

    @Test(
        arguments: [
            ("", nil), ("2.50", 2_500_000_000), ("$0.000000001", 1), (".5", 500_000_000), ("1,000", 1_000_000_000_000),
            ("0", 0),
        ] as [(String, Int64?)])
    func moneyIsExactToTheNinthDecimal(_ text: String, _ amount: Int64?) throws {
        #expect(try values(text).money("x") == amount)
    }

    @Test(arguments: ["2.5000000001", "-1", "two", "1.2.3", "$", ".", "1e3", "9999999999"])
    func whatIsNoMoneyIsRefused(_ text: String) {
        #expect(throws: FormProblem.self) { try values(text).money("x") }
    }

    @Test(
        arguments: [("", nil), ("90", 90), ("90s", 90), ("10m", 600), ("24h", 86_400), ("7d", 604_800)]
            as [(
                String, Int?
            )])
    func spansHaveUnits(_ text: String, _ seconds: Int?) throws {
        #expect(try values(text).seconds("x") == seconds)
    }

    @Test(arguments: ["soon", "h", "1.5h", "-3m", "99999999d"])
    func whatIsNoSpanIsRefused(_ text: String) {
        #expect(throws: FormProblem.self) { try values(text).seconds("x") }
    }

    @Test func daysAreThoseOfUTC() throws {
        #expect(try values("2026-11-24").date("x") == Date(timeIntervalSince1970: 1_795_478_400))
        #expect(try values("2026-11-24 12:04").date("x") == Date(timeIntervalSince1970: 1_795_521_840))
        #expect(throws: FormProblem.self) { try values("tomorrow").date("x") }
    }

    @Test func listsAreDividedByCommas() { #expect(values(" a, b ,,c").list("x") == ["a", "b", "c"]) }

    @Test func whatIsNotAskedForHasNoAnswer() {
        let choices = [FormField.Choice("a", "A"), FormField.Choice("b", "B")]
        let form = Form([
            .choice("kind", "Kind", choices, value: "b"),
            .text("only", "Only", value: "typed", when: { $0["kind"] == "a" }),
            .decision("on", "On", isOn: true),
        ])
        #expect(form.values["kind"] == "b")
        #expect(form.values.text("only") == nil)
        #expect(form.values.isOn("on"))
    }

    @Test func aSecretIsNotToldByADescription() {
        let secret = FormField.secret("key", "Key")
        #expect("\(secret)" == "key: ‹redacted›")
        #expect(!String(reflecting: secret).contains("typed"))
    }
}
