@testable import CodeScoring
import Scoring
import Testing

@Suite struct PersonalDataTests {
    private func kinds(in text: String) -> [PersonalDataKind] {
        PersonalData.find(Set(PersonalDataKind.allCases), in: text).map(\.kind)
    }

    @Test(arguments: [
        ("Write to bob.smith+x@mail.example.org.", PersonalDataKind.email),
        ("почта иван@пример.рф", .email), ("call +49 (30) 901820 today", .phone), ("tel:+14155552671", .phone),
        ("IBAN DE89 3704 0044 0532 0130 00 please", .iban), ("GB82WEST12345698765432", .iban),
        ("card 4111 1111 1111 1111", .creditCard), ("5500-0000-0000-0004", .creditCard),
        ("378282246310005", .creditCard), ("host 192.168.10.1:80", .ipv4), ("at 2001:db8::ff00:42:8329 now", .ipv6),
        ("[::ffff:192.0.2.1]", .ipv6), ("key sk-proj-abcdefghijklmnop1234", .apiKey),
        ("AKIAIOSFODNN7EXAMPLE", .apiKey), ("token ghp_abcdefghijklmnopqrstuvwxyz0123456789", .apiKey),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", .apiKey),
        ("-----BEGIN RSA PRIVATE KEY-----", .privateKey),
    ]) func whatHasTheFormIsFound(_ text: String, _ kind: PersonalDataKind) {
        #expect(kinds(in: text) == [kind], "\(text)")
    }

    @Test(arguments: [
        "Nothing to see here.", "at 12:30:45 on 2024-01-31", "version 1.2.3", "999.1.1.1 and 1.2.3.4.5.6 and 01.2.3.4",
        "DE89 3704 0044 0532 0130 01", "4111 1111 1111 1112", "order 1234567890123456", "0000 0000 0000 0000",
        "a@b", "@name", "5 + 123 = 128", "std::vector::iterator", "skill-based", "price 1 234 567 890 123",
    ]) func whatOnlyLooksLikeItIsLeftAlone(_ text: String) {
        #expect(kinds(in: text).isEmpty, "\(text): \(kinds(in: text))")
    }

    @Test func everyKindHasAFormThatCompiles() {
        // One missing would leave a kind without findings; each of them is found above.
        let found: Set<PersonalDataKind> = [.email, .phone, .iban, .creditCard, .ipv4, .ipv6, .apiKey, .privateKey]
        #expect(found == Set(PersonalDataKind.allCases))
        #expect(PersonalData.isAffordable(for: 100_000))
    }

    @Test func placesAreToldAndTheDataItselfIsNot() throws {
        let evaluator = try CodeEvaluator(CodeEvaluation(.personalData([.email, .iban])))
        let finding = try evaluator.finding(
            on: EvaluationInput(response: "Ask bob@example.org or 4111 1111 1111 1111."))
        #expect(finding.score.value == 0)
        #expect(finding.justification == "Found: e-mail address at characters 5 to 19.")
    }
}
