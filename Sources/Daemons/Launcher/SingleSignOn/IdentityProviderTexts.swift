internal import FoundationEssentials
internal import JSON
internal import Tenancy
internal import WireAPI

extension OperatorIdentityProviderList {
    var text: String {
        guard !results.isEmpty else { return "There is no identity provider.\n" }
        var table = TextTable(["id", "name", "organization", "use", "people", "last sign-in", "domains"])
        for provider in results {
            let settings = provider.settings
            table.add([
                String(provider.id.lowercaseText.prefix(8)), settings.name, provider.organization?.name,
                settings.isEnabled ? "on" : "off", "\(provider.peopleCount)", provider.lastSignInAt.map(day),
                settings.domains.joined(separator: ", "),
            ])
        }
        return table.text
    }
}

extension OperatorIdentityProvider {
    var text: String {
        let attributes = settings.attributes
        let facts: [(String, String?)] = [
            ("name", settings.name), ("identifier", id.lowercaseText), ("organization", organization?.name ?? "-"),
            ("used", settings.isEnabled ? "yes" : "no"), ("entity id", metadata.entityID),
            ("signs in at", metadata.signInAddress), ("signs out at", metadata.signOutAddress ?? "-"),
            ("metadata", settings.metadataURL.map { "read every hour at \($0)" } ?? "given as text"),
            ("signed by", metadata.signer.map { certificates([$0]) } ?? "nobody has to have signed them"),
            ("read", moment(metadata.readAt) + (metadata.failure.map { "; failing: \($0)" } ?? "")),
            ("certificates", certificates(metadata.certificates)),
            ("domains", settings.domains.isEmpty ? "-" : settings.domains.joined(separator: ", ")),
            (
                "groups",
                settings.roles.isEmpty ? "-" : settings.roles.map { "\($0.group) = \($0.role)" }.joined(separator: ", ")
            ), ("other people", settings.defaultRole ?? "refused"),
            ("unknown people", settings.createsPeople ? "made" : "refused"),
            ("begins there", settings.allowsUnsolicited ? "allowed" : "refused"),
            ("clock skew", "\(settings.clockSkewSeconds) s"),
            (
                "attributes",
                "e-mail \(attributes.email ?? "usual"), name \(attributes.fullName ?? "usual"), "
                    + "groups \(attributes.groups ?? "usual")"
            ), ("people", "\(peopleCount)"), ("last sign-in", lastSignInAt.map(moment) ?? "never"),
            ("our metadata", ours.entityID), ("our callback", ours.callbackAddress),
            ("our sign-out", ours.signOutAddress), ("our keys", certificates(ours.certificates)),
        ]
        return FactLines.text(facts)
    }

    private func certificates(_ all: [OperatorCertificate]) -> String {
        all.map { "\($0.fingerprint.prefix(23))… until \(day($0.notAfter))" }.joined(separator: ", ")
    }
}

extension OperatorIdentityProviderTest {
    var text: String {
        checks.map { check in
            let mark =
                switch check.outcome {
                case .good: "good   "
                case .warning: "warning"
                case .bad: "bad    "
                }
            let advice = check.advice.map { "         \($0.shown)\n" } ?? ""
            return "\(mark)  \(check.name.shown): \(check.finding.shown)\n\(advice)"
        }.joined()
    }
}

private func day(_ date: Date) -> String { String((ISO8601.string(date) ?? "?").prefix(10)) }

private func moment(_ date: Date) -> String { String((ISO8601.string(date) ?? "?").prefix(16)) + " UTC" }
