internal import FoundationEssentials
package import Stores
package import Tenancy
package import WireAPI

/// Looking at people and service accounts.
package struct People: Sendable {
    private let surroundings: PeopleSurroundings
    private let grants: ProjectGrantStore

    init(in surroundings: PeopleSurroundings, grants: ProjectGrantStore) {
        self.surroundings = surroundings
        self.grants = grants
    }

    /// A page of an organisation's people and service accounts.
    package func page(
        in organization: OrganizationID, matching filter: PersonFilter, _ page: PageRequest
    ) async throws -> Slice<OperatorUser> {
        try await surroundings.users.overviews(
            in: organization, matching: filter, at: surroundings.now(), page: page
        ).map(OperatorUser.init)
    }

    /// One of them with what they may do in single projects and what is theirs.
    /// - Throws: `NotFound`.
    package func find(_ id: UserID, in organization: OrganizationID) async throws -> OperatorUserDetail {
        OperatorUserDetail(
            user: try await surroundings.shown(id, in: organization),
            grants: try await grants.list(of: id, in: organization).map(OperatorProjectGrant.init),
            belongings: OperatorBelongings(try await surroundings.users.belongings(of: id, in: organization)))
    }
}
