internal import Records
internal import Scoring
internal import Stores
internal import Tenancy

extension DatasetStore {
    /// The dataset that a caller names in a field, provided that they may read it.
    /// - Throws: `InvalidDefinition` naming `field`.
    func known(_ id: DatasetID, field: String, for principal: Principal) async throws -> Dataset {
        guard let found = try await find(id, in: principal.organizationID),
            principal.may(.datasetRead, with: found.organizationID, in: found.projectID)
        else {
            throw InvalidDefinition(field, "There is no such dataset in your organization that you may read.")
        }
        return found
    }
}
