package import FoundationEssentials
package import Postgres
internal import Stores
internal import Tenancy

/// Deletes what temporary users leave behind.
package struct SweepTemporaryUsers: Sendable {
    private let store: TemporaryUserStore
    private let invitations: JudgeInvitationStore

    /// What they asked for in time may still be under way.
    private static let grace: TimeInterval = 3600
    /// How many go at once.
    private static let most = 20

    package init(database: PostgresClient) {
        store = TemporaryUserStore(database: database)
        invitations = JudgeInvitationStore(database: database)
    }

    /// Deletes temporary users whose time is over, with everything that is theirs; how many there were.
    package func sweep(at moment: Date) async throws -> Int {
        let expired = try await store.expired(at: moment.addingTimeInterval(-Self.grace), limit: Self.most)
        for organization in expired { try await store.delete(organization) }
        return expired.count
    }

    /// Deletes invitations that show nothing any more; how many there were.
    package func sweepInvitations(at moment: Date) async throws -> Int {
        try await invitations.deleteExpired(at: moment)
    }
}
