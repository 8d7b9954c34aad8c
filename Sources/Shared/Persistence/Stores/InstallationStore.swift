package import FoundationEssentials
package import Postgres

/// What is true of the installation as a whole.
package struct InstallationStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The identifier that was drawn when the schema was made; it never changes.
    package func identifier() async throws -> UUID? {
        let rows = try await database.query("SELECT installation_id FROM installation")
        return try rows.first?.decode("installation_id")
    }

    /// With which key secrets of providers are sealed; `nil` before the proxy has published one.
    package func proxyPublicKey() async throws -> [UInt8]? {
        let rows = try await database.query("SELECT proxy_public_key FROM installation")
        return try rows.first?.decode("proxy_public_key", as: [UInt8]?.self)
    }

    /// Publishes the proxy's key.
    package func setProxyPublicKey(_ key: [UInt8]) async throws {
        try await database.execute("UPDATE installation SET proxy_public_key = \(key)")
    }
}
