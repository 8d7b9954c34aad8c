internal import Cryptography
package import FoundationEssentials
package import Postgres
internal import Records
internal import SAML
package import Stores
internal import WireAPI

/// What people and programs get in with, and what is kept of what they do: keys, identity providers, the audit.
package struct TrustExaminations: Sendable {
    private let readings: UpkeepReadings
    private let targets: AuditTargetStore
    private let installation: InstallationStore
    private let now: @Sendable () -> Date

    private static let day = 86_400.0
    /// How long before its end something is told of.
    private static let notice = 30 * day

    /// `now` is the wall clock.
    package init(database: PostgresClient, now: @escaping @Sendable () -> Date = Date.init) {
        readings = UpkeepReadings(database: database)
        targets = AuditTargetStore(database: database)
        installation = InstallationStore(database: database)
        self.now = now
    }

    /// What is looked at.
    package var all: [Examination] {
        [
            Examination(.people, "API keys", keys),
            Examination(.people, "identity providers", identityProviders),
            Examination(.audit, "chains", chains),
            Examination(.audit, "receivers", receivers),
        ]
    }

    private func keys() async throws -> [Examination.Finding] {
        guard let ends = try await readings.keyEnds() else { return [] }
        let detail =
            "\(ends.withinAWeek) end within a week, \(ends.withinAMonth) more within 30 days, \(ends.ended) have ended "
            + "in the last 30."
        return [
            ends.withinAWeek == 0
                ? Examination.Finding(.people, "API keys", .ok, detail)
                : Examination.Finding(
                    .people, "API keys", .warn, detail,
                    remedy: "See which: scorable key list; and give their programs new ones: scorable key rotate")
        ]
    }

    private func identityProviders() async throws -> [Examination.Finding] {
        let providers = try await readings.identityProviders()
        guard !providers.isEmpty else {
            return [Examination.Finding(.people, "identity providers", .skipped, "None is in use.")]
        }
        return providers.map(standing)
    }

    private func standing(_ provider: UpkeepReadings.IdentityProvider) -> Examination.Finding {
        let name = "identity provider \(provider.name) of \(provider.organization)"
        func finding(_ state: OperatorDiagnosis.State, _ detail: String, _ remedy: String? = nil) -> Examination.Finding
        {
            Examination.Finding(.people, name, state, detail, remedy: remedy)
        }
        if let failure = provider.failure, let since = provider.failingSince {
            return finding(
                .warn,
                "Its metadata cannot be read for \(Amounts.time(now().timeIntervalSince(since))): \(failure)",
                "See the address of its metadata: scorable identity-provider show")
        }
        do {
            let said = try SAML.IdentityProvider(metadata: provider.metadata, id: provider.entityID)
            let ours = try provider.certificates.map { try PublicCertificate(text: $0).expires }
            let theirs = said.certificates.map(\.expires).max()
            let ends = [
                ("its metadata hold", said.validUntil), ("its certificate", theirs), ("our certificate", ours.min()),
            ]
            .compactMap { what, date in date.map { (what, $0) } }
            guard let (what, date) = ends.min(by: { $0.1 < $1.1 }) else { return finding(.ok, "It does not end.") }
            let left = date.timeIntervalSince(now())
            let detail =
                left < 0
                ? "Ended \(Amounts.time(-left)) ago: \(what)." : "Next to end in \(Amounts.time(left)): \(what)."
            guard left < Self.notice else { return finding(.ok, detail) }
            return finding(
                left < 0 && what != "its certificate" ? .fail : .warn, detail,
                what == "our certificate"
                    ? "Begin a new key: scorable identity-provider renew-key"
                    : "Get new metadata from whoever runs it: scorable identity-provider update")
        } catch {
            return finding(.fail, "Its metadata cannot be used: \(error)", "Get new metadata from whoever runs it.")
        }
    }

    private func chains() async throws -> [Examination.Finding] {
        guard let audit = try await readings.audit() else { return [] }
        guard audit.broken == 0 else {
            return [
                Examination.Finding(
                    .audit, "chains", .fail, "\(audit.broken) of \(audit.chains) chains are broken.",
                    remedy: "Somebody may have changed entries. See where: scorable audit verify")
            ]
        }
        let age = audit.oldestCheckSeconds.map { "gone over last \(Amounts.time($0)) ago" } ?? "not gone over yet"
        let isLate = (audit.oldestCheckSeconds ?? 0) > 2 * Self.day
        return [
            Examination.Finding(
                .audit, "chains", isLate ? .warn : .ok, "\(audit.chains) chains are whole, \(age).",
                remedy: isLate ? "The API servers go over them: see their logs, or: scorable audit verify" : nil)
        ]
    }

    private func receivers() async throws -> [Examination.Finding] {
        let standings = try await targets.list(of: nil, andOfInstallation: true).filter(\.target.isEnabled)
        guard !standings.isEmpty else {
            return [Examination.Finding(.audit, "receivers", .skipped, "The audit is sent nowhere.")]
        }
        return standings.map { standing in
            let lag = standing.waitingSeconds.map { "; the oldest has waited for \(Amounts.time(Double($0)))" } ?? ""
            let detail = "\(standing.waiting) entries wait\(lag)."
            let isLate = (standing.waitingSeconds ?? 0) > 300
            return Examination.Finding(
                .audit, "receiver \(standing.target.name)", standing.failure != nil || isLate ? .warn : .ok,
                standing.failure.map { "\(detail) \($0)" } ?? detail,
                remedy: standing.failure != nil || isLate
                    ? "See what it says, and its own log: scorable audit forward list" : nil)
        }
    }
}
