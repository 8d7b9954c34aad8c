package import Stores
package import Tenancy
internal import WireAPI

/// Who may change what is the installation's own and not an organisation's: its providers, models and prices.
package struct InstallationRights: Sendable {
    private let organizations: OrganizationStore
    private let recent = RecentValues<OrganizationID, Bool>(lifetime: .seconds(10), limit: 1000)

    package init(organizations: OrganizationStore) { self.organizations = organizations }

    /// Whether somebody's organisation runs the installation.
    package func runsInstallation(_ principal: Principal) async throws -> Bool {
        try await recent.value(of: principal.organizationID) {
            try await organizations.runsInstallation(principal.organizationID)
        } ?? false
    }

    /// Refuses everybody whose organisation does not run the installation.
    /// - Throws: `SeenByInstallationOnly`.
    func requireInstallation(_ principal: Principal) async throws {
        guard try await runsInstallation(principal) else { throw SeenByInstallationOnly() }
    }

    /// The owner of something new that is to be that holder's; `nil` for the installation.
    /// - Throws: `NotOfInstallation`.
    func owner(_ holder: OperatorHolder, for principal: Principal) async throws -> OrganizationID? {
        switch holder {
        case .organization: return principal.organizationID
        case .installation:
            guard try await runsInstallation(principal) else { throw NotOfInstallation() }
            return nil
        }
    }

    /// Refuses somebody who may use what is that owner's and not change it.
    /// - Throws: `ReadOnly`.
    func requireEditable(_ kind: String, of owner: OrganizationID?, for principal: Principal) async throws {
        guard try await mayEdit(whatIsOf: owner, principal) else { throw ReadOnly(kind) }
    }

    /// Whether somebody may change what is that owner's; `nil` is the installation.
    func mayEdit(whatIsOf owner: OrganizationID?, _ principal: Principal) async throws -> Bool {
        if let owner { owner == principal.organizationID } else { try await runsInstallation(principal) }
    }
}

extension OperatorHolder {
    init(_ owner: OrganizationID?) { self = owner == nil ? .installation : .organization }
}

/// Something was to become everybody's, by somebody who does not run the installation.
package struct NotOfInstallation: Error, Hashable, CustomStringConvertible {
    package var description: String {
        "Only the organization that runs the installation adds what every organization uses. Add it for your own."
    }
}

/// Somebody who does not run the installation wanted to see what it is made of.
package struct SeenByInstallationOnly: Error, Hashable, CustomStringConvertible {
    package var description: String {
        "Only the organization that runs the installation sees what it is made of, and how that does."
    }
}

/// Somebody else has changed a thing since it was looked at.
package struct ChangedMeanwhile: Error, Hashable, CustomStringConvertible {
    /// Such as `provider`.
    package let kind: String

    package var description: String {
        "Somebody else has changed this \(kind) meanwhile. Look at it again and repeat your change."
    }
}

extension RevisedChange {
    /// Passes when it was done.
    /// - Throws: `NotFound`, `ChangedMeanwhile`.
    func require(_ kind: String) throws {
        switch self {
        case .done: return
        case .missing: throw NotFound(kind)
        case .outdated: throw ChangedMeanwhile(kind: kind.lowercased())
        }
    }
}
