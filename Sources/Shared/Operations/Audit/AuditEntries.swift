package import Records
package import Stores
package import Tenancy

/// Reading what people did.
package struct AuditEntries: Sendable {
    private let store: AuditStore
    private let organizations: OrganizationStore

    package init(store: AuditStore, organizations: OrganizationStore) {
        self.store = store
        self.organizations = organizations
    }

    /// A page of what the caller's organisation did, and where it runs the installation of what was done on the servers.
    package func page(
        _ request: PageRequest, matching filter: AuditFilter, for principal: Principal
    ) async throws -> Slice<AuditEntry> {
        let runsInstallation = try await organizations.runsInstallation(principal.organizationID)
        return try await store.page(
            of: principal.organizationID, andOfInstallation: runsInstallation, matching: filter, request)
    }
}
