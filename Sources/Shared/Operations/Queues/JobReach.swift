package import Queueing
package import Stores
package import Tenancy

/// Whose jobs somebody sees and steers.
package enum JobReach: Sendable, Hashable {
    /// Everybody's, and what concerns all of them: queues, workers, schedules.
    case installation
    /// Those of one organisation.
    case organization(OrganizationID)

    /// Of those that a filter means, those within reach.
    package func narrowed(_ filter: JobFilter) -> JobFilter {
        guard case .organization(let own) = self else { return filter }
        var filter = filter
        filter.organizationID = own
        return filter
    }

    /// Whether a job of that organisation is within reach; `nil` is the installation's own.
    package func contains(_ organization: OrganizationID?) -> Bool {
        switch self {
        case .installation: true
        case .organization(let own): organization == own
        }
    }

    /// Passes when it is everybody's.
    package func requireInstallation() throws(OutOfReach) {
        guard self == .installation else { throw OutOfReach() }
    }
}

/// What was asked for concerns everybody, and the caller's organisation does not run the installation.
package struct OutOfReach: Error, Hashable, CustomStringConvertible {
    package init() {}

    package var description: String {
        "This concerns every organisation: only operators of the one that runs the installation can do it."
    }
}

/// Tells how far somebody reaches.
package struct JobReaches: Sendable {
    private let organizations: OrganizationStore

    package init(organizations: OrganizationStore) { self.organizations = organizations }

    /// How far a caller of an interface reaches.
    package func reach(of principal: Principal) async throws -> JobReach {
        try await organizations.runsInstallation(principal.organizationID)
            ? .installation : .organization(principal.organizationID)
    }

    /// How far somebody who is kept in the audit reaches.
    package func reach(of actor: AuditActor) async throws -> JobReach {
        guard let principal = actor.principal else { return .installation }
        return try await reach(of: principal)
    }
}
