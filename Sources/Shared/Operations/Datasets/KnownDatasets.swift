internal import Records
internal import Scoring
internal import Stores
internal import Tenancy

extension DatasetStore {
    /// The dataset that a caller names in a field, provided that it is their organisation's.
    /// - Throws: `InvalidDefinition` naming `field`.
    func known(_ id: DatasetID, field: String, of owner: OrganizationID) async throws -> Dataset {
        guard let found = try await find(id, in: owner) else {
            throw InvalidDefinition(field, "There is no such dataset in your organization.")
        }
        return found
    }
}
