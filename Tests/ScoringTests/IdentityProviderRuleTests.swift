import Tenancy
import Testing

@Suite struct IdentityProviderRuleTests {
    @Test func theFirstGroupOfTheListDecides() {
        let settings = IdentityProviderSettings(
            name: "Own", roles: [.init(group: "ops", role: .operator), .init(group: "eng", role: .engineer)],
            defaultRole: .viewer)
        #expect(settings.role(of: ["eng", "ops"], having: nil) == .operator)
        #expect(settings.role(of: ["eng"], having: .admin) == .engineer)
        #expect(settings.role(of: [], having: nil) == .viewer)
        #expect(settings.role(of: ["eng"], having: .owner) == .owner)
        let strict = IdentityProviderSettings(name: "Own")
        #expect(strict.role(of: ["eng"], having: .owner) == nil, "whoever has no role here is refused, owners too")
    }

    @Test(arguments: [
        ("bcdf-ghjk", "BCDF-GHJK"), ("BCDFGHJK", "BCDF-GHJK"), (" b c d f g h j k ", "BCDF-GHJK"), ("BCDF-GHJ", nil),
        ("ACDF-GHJK", nil), ("", nil),
    ])
    func codesAreReadAsPeopleTypeThem(typed: String, meant: String?) {
        #expect(UserCode(typed: typed)?.description == meant)
    }

    @Test func codesAreReadAgain() {
        for _ in 0..<100 {
            let code = UserCode { Int.random(in: $0) }
            #expect(UserCode(typed: code.description) == code)
        }
    }

    @Test(arguments: [
        ("Example.COM", "example.com"), ("a-b.example.com", "a-b.example.com"), ("example", nil), ("", nil),
        ("-a.com", nil), ("exa mple.com", nil), ("example..com", nil),
    ])
    func domainsAreNames(text: String, meant: String?) {
        #expect(EmailDomain(text)?.description == meant)
    }

    @Test func theDomainOfAnAddressIsBehindItsLastAt() {
        #expect(EmailDomain(of: "ada@example.com")?.description == "example.com")
        #expect(EmailDomain(of: "\"a@b\"@Example.com")?.description == "example.com")
        #expect(EmailDomain(of: "@example.com") == nil)
        #expect(EmailDomain(of: "ada") == nil)
    }

    @Test(arguments: [
        ("https://scorable.example.com", "https://scorable.example.com/device"),
        ("https://Host:8443/scorable/", "https://host:8443/scorable/device"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/device"), ("https://[::1]:8443", "https://[::1]:8443/device"),
        ("ftp://host", nil), ("https://", nil), ("https://user@host", nil), ("https://host/a b", nil), ("host", nil),
        ("https://host//a", nil), ("https://host?x", nil),
    ])
    func addressesMakeLinks(text: String, link: String?) {
        #expect(PublicAddress(text)?.url("/device") == link)
    }
}
