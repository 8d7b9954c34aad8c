package import Stores
package import Tenancy

/// The organisations of the installation.
package struct Organizations: Sendable {
    private let store: OrganizationStore

    package init(store: OrganizationStore) { self.store = store }

    /// The organisation.
    /// - Throws: `NotFound`.
    package func find(_ id: OrganizationID) async throws -> Organization {
        guard let organization = try await store.find(id) else { throw NotFound("Organization") }
        return organization
    }
}
