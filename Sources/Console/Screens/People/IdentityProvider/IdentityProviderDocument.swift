import FoundationEssentials
import Terminal
import WireAPI

/// An identity provider as text: what was wrong when it was tried, what its administrator has to know of us, what it
/// says of itself, and what it is believed.
struct IdentityProviderDocument {
    private let provider: OperatorIdentityProvider
    private let test: OperatorIdentityProviderTest?

    init(_ provider: OperatorIdentityProvider, _ test: OperatorIdentityProviderTest?) {
        self.provider = provider
        self.test = test
    }

    func document(width: Int, _ scope: Scope) -> Document {
        var document = Document(width: width, charset: scope.charset)
        if let test { add(test, to: &document) }
        addOurs(to: &document, scope)
        addTheirs(to: &document, scope)
        addSettings(to: &document)
        return document
    }

    private func add(_ test: OperatorIdentityProviderTest, to document: inout Document) {
        let bad = test.checks.count { $0.outcome == .bad }
        let note = bad == 0 ? "nothing is wrong" : "\(bad) of \(test.checks.count) wrong"
        document.title("The connection", note: "\(note), tried \(Formats.time(test.testedAt))")
        for check in test.checks {
            document.line([
                Document.Span(
                    check.outcome.word + String(repeating: " ", count: max(1, 6 - check.outcome.word.count)),
                    check.outcome.ink),
                Document.Span(check.name, .strong),
            ])
            document.body(check.finding, indent: 6)
            if let advice = check.advice { document.body(advice, .caution, indent: 6) }
        }
    }

    private func addOurs(to document: inout Document, _ scope: Scope) {
        document.title("What its administrator needs", note: "y copies each")
        FactList(facts: [
            NamedFact("entity id", provider.ours.entityID, .link),
            NamedFact("callback", provider.ours.callbackAddress, .link),
            NamedFact("sign-out", provider.ours.signOutAddress, .link),
        ]).add(to: &document)
        document.body(
            "Our metadata are at the entity id. Assertions have to be signed, by HTTP-POST to the callback.", .quiet)
        add(provider.ours.certificates, to: &document, scope)
    }

    private func addTheirs(to document: inout Document, _ scope: Scope) {
        let metadata = provider.metadata
        document.title("What it says of itself", note: "read \(Formats.dayAndMinute(metadata.readAt))")
        if let failure = metadata.failure {
            let since = metadata.failingSince.map { " since \(Formats.full($0))" } ?? ""
            document.body("Not read\(since): \(failure) The last good ones stay in use.", .bad)
        }
        let signer = metadata.signer.map { [NamedFact("signed by", $0.fingerprint)] } ?? []
        let facts = [
            NamedFact("entity id", metadata.entityID),
            NamedFact("sign-in", metadata.signInAddress, .link),
            NamedFact(
                "sign-out", metadata.signOutAddress ?? "it knows no single logout",
                metadata.signOutAddress == nil ? .quiet : .link),
            NamedFact("holds until", metadata.validUntil.map(Formats.full) ?? "it does not say"),
        ]
        FactList(facts: facts + signer).add(to: &document)
        add(metadata.certificates, to: &document, scope)
    }

    private func add(_ certificates: [OperatorCertificate], to document: inout Document, _ scope: Scope) {
        for certificate in certificates {
            let line = certificate.line(scope)
            document.line([Document.Span("certificate ", .quiet), Document.Span(line.text, line.ink)])
            document.body(certificate.fingerprint, .quiet, indent: 2)
        }
    }

    private func addSettings(to document: inout Document) {
        let settings = provider.settings
        document.title("What it is believed")
        let attributes = settings.attributes
        let arrow = document.charset == .unicode ? "\u{2192}" : "->"
        let rules = settings.roles.map { "\($0.group) \(arrow) \($0.role)" }
        FactList(facts: [
            NamedFact("metadata", settings.metadataURL.map { "at \($0)" } ?? "given as text"),
            NamedFact("address", attributes.email ?? "the usual attributes"),
            NamedFact("name", attributes.fullName ?? "the usual attributes"),
            NamedFact("groups", attributes.groups ?? "the usual attributes"),
            NamedFact("roles", rules.isEmpty ? "no group makes a role" : rules.joined(separator: ", ")),
            NamedFact("others", settings.defaultRole.map { "become \($0)" } ?? "do not get in"),
            NamedFact("new people", settings.createsPeople ? "are made" : "do not get in"),
            NamedFact(
                "domains", settings.domains.isEmpty ? "none is bound to it" : settings.domains.joined(separator: ", ")),
            NamedFact(
                "from there", settings.allowsUnsolicited ? "allowed" : "refused",
                settings.allowsUnsolicited ? .caution : .plain),
            NamedFact("clocks", "may differ by \(Formats.span(seconds: settings.clockSkewSeconds))"),
            NamedFact(
                "people",
                "\(Counted.people(provider.peopleCount)), the last \(provider.lastSignInAt.map(Formats.full) ?? "never")"
            ),
        ]).add(to: &document)
    }
}
