import FoundationEssentials
import Terminal
import WireAPI

extension OperatorIdentityProvider {
    /// How it does, in a sentence.
    func standing(_ scope: Scope) -> Segment {
        guard settings.isEnabled else { return Segment("off: nobody signs in by it", .caution) }
        if let failure = metadata.failure {
            let since = metadata.failingSince.map { " for \(ItemFigures.age($0, scope))" } ?? ""
            return Segment("its metadata cannot be read\(since): \(failure)", .bad)
        }
        if let end = usableUntil, let now = scope.date {
            if end <= now { return Segment("its certificates have ended: nobody gets in", .bad) }
            let days = Int(end.timeIntervalSince(now) / 86_400)
            if days < 30 { return Segment("its last certificate ends in \(days) d", .caution) }
        }
        return Segment("on", .good)
    }

    /// Until when something that it signs with holds.
    private var usableUntil: Date? { metadata.certificates.map(\.notAfter).max() }

    func explanation(_ scope: Scope) -> Explanation {
        var text = Explanation(
            settings.name,
            definition:
                "A SAML 2.0 identity provider: it says who somebody is, and by its groups what they may. Its responses are believed when they are signed, meant for us, in time, and an answer to a question of ours."
        ).value(standing(scope).text, standing(scope).ink)
        if !settings.domains.isEmpty {
            text = text.adding(
                "Domains",
                "People of \(settings.domains.joined(separator: ", ")) sign in here and not by password, except owners who keep one for emergencies."
            )
        }
        return text.adding(
            "Trouble",
            "T tries the connection and says what is wrong. The audit has every refused sign-in with its reason.")
    }

    /// What its administrator is asked for, and what people compare.
    var copies: [Copy] {
        [
            Copy("e", "our entity id, where our metadata are", ours.entityID),
            Copy("a", "our callback address (ACS)", ours.callbackAddress),
            Copy("o", "our sign-out address", ours.signOutAddress), Copy("p", "its entity id", metadata.entityID),
            Copy("i", "identifier", id.lowercase),
        ]
    }
}

extension OperatorCertificate {
    /// The certificate as a line, with what is wrong with it.
    func line(_ scope: Scope) -> (text: String, ink: Ink) {
        let span = "\(Formats.day(notBefore)) to \(Formats.day(notAfter))"
        guard let now = scope.date else { return (span, .plain) }
        if notAfter <= now { return ("\(span), ended", .bad) }
        if notBefore > now { return ("\(span), begins later", .quiet) }
        return notAfter.timeIntervalSince(now) < 30 * 86_400 ? ("\(span), ends soon", .caution) : (span, .good)
    }
}

extension OperatorIdentityProviderTest.Check.Outcome {
    /// A mark for it; the word stands beside it.
    var word: String {
        switch self {
        case .good: "good"
        case .warning: "look"
        case .bad: "wrong"
        }
    }

    var ink: Ink {
        switch self {
        case .good: .good
        case .warning: .caution
        case .bad: .bad
        }
    }
}

/// The columns of the list of identity providers.
enum IdentityProviderColumns {
    static let all: [Column<OperatorIdentityProvider>] = [
        Column(
            "name", "NAME", .flexible(minimum: 14), precedes: ascending { $0.settings.name.lowercased() },
            ink: { provider, _ in provider.settings.isEnabled ? .strong : .quiet },
            text: { provider, _ in provider.settings.name }),
        Column(
            "state", "STATE", .flexible(minimum: 20), ink: { provider, scope in provider.standing(scope).ink },
            text: { provider, scope in provider.standing(scope).text }),
        Column(
            "people", "PEOPLE", .fixed(6), isNumber: true, rank: 1, precedes: ascending { $0.peopleCount },
            text: { provider, _ in Formats.count(provider.peopleCount) }),
        Column(
            "used", "USED", .fixed(7), isNumber: true, rank: 2, precedes: ascending { $0.lastSignInAt },
            ink: { _, _ in .quiet },
            text: { provider, scope in provider.lastSignInAt.map { ItemFigures.age($0, scope) } ?? "never" }),
        Column(
            "domains", "DOMAINS", .flexible(minimum: 14), rank: 3, ink: { _, _ in .quiet },
            text: { provider, _ in provider.settings.domains.joined(separator: ", ") }),
        Column(
            "entity", "ENTITY ID", .flexible(minimum: 20), rank: 4, ink: { _, _ in .quiet },
            text: { provider, _ in provider.metadata.entityID }),
    ]
}
