import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// Somebody as text: who they are, how they get in, what they may do and what is theirs.
struct PersonDocument {
    private let user: OperatorUser
    private let detail: OperatorUserDetail?

    init(_ user: OperatorUser, _ detail: OperatorUserDetail?) {
        self.user = user
        self.detail = detail
    }

    func document(width: Int, _ scope: Scope) -> Document {
        var document = Document(width: width, charset: scope.charset)
        FactList(facts: facts(scope)).add(to: &document)
        addGrants(to: &document)
        addBelongings(to: &document)
        return document
    }

    private func facts(_ scope: Scope) -> [NamedFact] {
        let purpose = Role(rawValue: user.role).map { ", \($0.purpose)" } ?? ""
        var facts = [NamedFact("name", user.fullName.isEmpty ? "-" : user.fullName, .strong)]
        if user.kind == .person { facts.append(NamedFact("address", user.email)) }
        facts += [
            NamedFact("kind", user.kind == .person ? "person" : "service account: keys only, nobody's"),
            NamedFact("role", "\(user.role)\(purpose)"),
            NamedFact("state", stateWords, user.standing.ink), .divider,
        ]
        if user.kind == .person {
            let factor = user.hasSecondFactor ? "yes" : "no"
            facts += [
                NamedFact(
                    "signed in",
                    user.lastSignInAt.map { "\(Formats.full($0)), \(ItemFigures.age($0, scope)) ago" } ?? "never"),
                NamedFact("by", user.hasPassword ? "a password" : "the identity provider, or not at all yet"),
                NamedFact("2nd factor", factor, user.hasSecondFactor ? .good : user.hasPassword ? .caution : .quiet),
                NamedFact("sessions", Counted.sessions(user.openSessions) + " open"),
            ]
        }
        return facts + [
            NamedFact("keys", Counted.keys(user.usableKeys) + " can be used"), .divider,
            NamedFact("since", Formats.full(user.createdAt)),
            NamedFact("made by", user.createdBy?.email ?? "an invitation, the identity provider, or on the server"),
            NamedFact("identifier", user.id.lowercase, .quiet),
        ]
    }

    private var stateWords: String {
        user.disabledAt.map { "deactivated \(Formats.full($0)): nothing of theirs opens anything" } ?? "active"
    }

    private func addGrants(to document: inout Document) {
        guard let detail else { return }
        document.title("More in single projects", note: detail.grants.isEmpty ? "" : Formats.count(detail.grants.count))
        if detail.grants.isEmpty { document.line("Nowhere: the role alone counts.", .quiet) }
        for grant in detail.grants {
            let by = grant.grantedBy.map { ", by \($0.email)" } ?? ""
            document.line([
                Document.Span(grant.project.label, .strong), Document.Span("  \(grant.role)  "),
                Document.Span("since \(Formats.day(grant.createdAt))\(by)", .quiet),
            ])
        }
    }

    private func addBelongings(to document: inout Document) {
        guard let detail else { return }
        document.title("Theirs")
        document.body(detail.belongings.words ?? "Nothing.", detail.belongings.total == 0 ? .quiet : .plain)
    }
}
