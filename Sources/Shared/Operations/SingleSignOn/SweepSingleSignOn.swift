package import FoundationEssentials
package import Postgres
internal import Stores

/// Removes what is left of sign-ins by identity providers that are over.
package struct SweepSingleSignOn: Sendable {
    private let requests: SAMLRequestStore
    private let sessions: SAMLSessionStore
    private let devices: DeviceLoginStore

    /// How long requests stay behind their end: a terminal asks for the last of them a moment later.
    private static let grace: TimeInterval = 3600

    package init(database: PostgresClient) {
        requests = SAMLRequestStore(database: database)
        sessions = SAMLSessionStore(database: database)
        devices = DeviceLoginStore(database: database)
    }

    /// How many were removed.
    package func sweep(at now: Date) async throws -> Int {
        let moment = now.addingTimeInterval(-Self.grace)
        let logins = try await devices.deleteExpired(at: moment)
        let answers = try await requests.deleteExpired(at: moment)
        return try await logins + answers + sessions.deleteExpired(at: now)
    }
}
