internal import Cryptography
package import Postgres
package import Stores
internal import WireAPI

/// Whether the keys of providers that are stored can be opened: with the key that the proxy is given.
package struct KeyUnsealing: Sendable {
    private let installation: InstallationStore
    private let readings: UpkeepReadings
    private let privateKeyPEM: String?

    /// `privateKeyPEM` is `nil` where whoever looks may not see it.
    package init(database: PostgresClient, privateKeyPEM: String?) {
        installation = InstallationStore(database: database)
        readings = UpkeepReadings(database: database)
        self.privateKeyPEM = privateKeyPEM
    }

    /// What is looked at.
    package var examination: Examination {
        Examination(.providers, "sealed keys", look)
    }

    private func look() async throws -> [Examination.Finding] {
        let count = try await readings.sealedKeys()
        guard let published = try await installation.proxyPublicKey() else {
            return [
                Examination.Finding(
                    .providers, "sealed keys", count > 0 ? .fail : .warn, "The proxy has not published its key yet.",
                    remedy: "See that scorable-llmproxyd runs, and llmproxyd.private_key in its settings.")
            ]
        }
        guard let privateKeyPEM else {
            return [
                Examination.Finding(
                    .providers, "sealed keys", .skipped,
                    "\(count) keys of providers are sealed; the proxy's key cannot be read from here.")
            ]
        }
        let ours = try SealedBox.KeyPair(privateKeyPEM: privateKeyPEM).publicKey.bytes
        guard ours == published else {
            return [
                Examination.Finding(
                    .providers, "sealed keys", .fail,
                    "llmproxyd.private_key is another one than \(count) keys of providers are sealed with.",
                    remedy: "Put the former key back, or enter the keys of the providers anew.")
            ]
        }
        return [
            Examination.Finding(
                .providers, "sealed keys", .ok, "\(count) keys of providers can be opened with the proxy's key.")
        ]
    }
}
