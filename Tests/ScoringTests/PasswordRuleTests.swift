import Tenancy
import Testing

@Suite struct PasswordRuleTests {
    @Test(arguments: ["a sentence of mine", "Zw7!kPq2mXv9", "пароль-из-слов", "correct horse battery"])
    func aLongTextOfDifferentCharactersIsAPassword(password: String) {
        #expect(PasswordRule.problem(with: password, of: "ann@example.com") == nil)
    }

    @Test(arguments: [
        ("", "at least 12"), ("Zw7!kPq2mXv", "at least 12"), ("aaaaaaaaaaaaaaaa", "different"),
        ("121212121212", "different"), ("my name is ANNA.B ok", "address"), ("twelve\0chars!", "Null"),
        (String(repeating: "abcdefgh", count: 129), "at most 1024 bytes"),
    ])
    func whatIsEasilyGuessedIsNone(password: String, reason: String) {
        let problem = PasswordRule.problem(with: password, of: "anna.b@example.com")
        #expect(problem?.contains(reason) == true, "\(problem ?? "accepted")")
    }

    @Test func aShortNameOfAnAddressMayOccur() {
        #expect(PasswordRule.problem(with: "plans and plots", of: "an@example.com") == nil)
    }
}
