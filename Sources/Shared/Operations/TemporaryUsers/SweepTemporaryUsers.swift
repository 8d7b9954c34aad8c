package import FoundationEssentials
package import Logging
package import Postgres
internal import Stores
internal import Tenancy

/// Deletes what temporary users leave behind.
package struct SweepTemporaryUsers: Sendable {
    private let store: TemporaryUserStore
    private let invitations: JudgeInvitationStore
    private let logger: Logger

    /// What they asked for in time may still be under way.
    private static let grace: TimeInterval = 3600
    /// How many go at once.
    private static let most = 20

    package init(database: PostgresClient, logger: Logger) {
        store = TemporaryUserStore(database: database)
        invitations = JudgeInvitationStore(database: database)
        self.logger = logger
    }

    /// Deletes temporary users whose time is over, with everything that is theirs; how many there were. Whoever cannot be
    /// deleted holds nobody else up.
    package func sweep(at moment: Date) async throws -> Int {
        let expired = try await store.expired(at: moment.addingTimeInterval(-Self.grace), limit: Self.most)
        var count = 0
        for organization in expired {
            do {
                try await store.delete(organization)
                count += 1
            } catch let error as PostgresError where error.kind != .cancelled {
                logger.warning(
                    "temporary user could not be deleted",
                    metadata: ["organization": "\(organization)", "reason": "\(error)"])
            }
        }
        return count
    }

    /// Deletes invitations that show nothing any more; how many there were.
    package func sweepInvitations(at moment: Date) async throws -> Int {
        try await invitations.deleteExpired(at: moment)
    }
}
