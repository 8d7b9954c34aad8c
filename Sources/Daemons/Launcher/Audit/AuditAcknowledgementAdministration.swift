package import EventLoop
internal import FoundationEssentials
internal import Operations
internal import Records
internal import Stores
internal import Tenancy

/// What `scorable audit acknowledge` does: it says that somebody has looked into what is wrong with a chain.
package struct AuditAcknowledgementAdministration: Sendable {
    private let acknowledging: AuditAcknowledging
    private let verification: AuditVerification
    private let organizations: OrganizationStore
    private let actor: AuditActor
    private let form: QueueAdministration.Form

    private static let installation = "installation"

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text
    ) throws {
        let administration = try Administration(installation, on: loops)
        acknowledging = administration.auditAcknowledging
        verification = administration.auditVerification
        organizations = administration.organizations
        actor = installation.actor
        self.form = form
    }

    /// `name` is an organisation's name or identifier, also of one that is gone, or `installation`.
    package func acknowledge(_ name: String, because reason: String) async throws -> String {
        let chain = try await chain(name)
        do {
            let made = try await WrongInput.told {
                try await acknowledging.acknowledge(chain, because: reason, by: actor)
            }
            return form.text(
                of: Answer(chain: chain.id.lowercaseText, goesOnBehind: made.place.position, reason: reason)
            ) {
                """
                Acknowledged. The chain is gone over and sealed from entry \($0.goesOnBehind + 1) on; what is before stays as \
                it is.

                """
            }
        } catch let error as AuditAcknowledging.NothingToAcknowledge {
            throw LauncherFailure("\(error) See: scorable audit verify")
        }
    }

    private func chain(_ name: String) async throws -> AuditChain {
        if name == Self.installation { return .installation }
        if let id = UUID(uuidString: name), try await verification.chains().contains(AuditChain(id: id)) {
            return AuditChain(id: id)
        }
        return AuditChain(of: try await organizations.named(name))
    }

    private struct Answer: Encodable {
        let chain: String
        let goesOnBehind: Int64
        let reason: String
    }
}
