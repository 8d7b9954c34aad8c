internal import Cryptography
package import Postgres
internal import Scoring
internal import Stores
internal import WireAPI

/// Whether the keys of providers that are stored can be opened: with the key that the proxy is given.
package struct KeyUnsealing: Sendable {
    private let installation: InstallationStore
    private let readings: UpkeepReadings
    private let privateKeyPEM: String?
    private let formerKeyPEM: String?

    /// `privateKeyPEM` is `nil` where whoever looks may not see it, and `formerKeyPEM` also where there is none.
    package init(database: PostgresClient, privateKeyPEM: String?, formerKeyPEM: String? = nil) {
        installation = InstallationStore(database: database)
        readings = UpkeepReadings(database: database)
        self.privateKeyPEM = privateKeyPEM
        self.formerKeyPEM = formerKeyPEM
    }

    /// What is looked at.
    package var examination: Examination {
        Examination(.providers, "sealed keys", look)
    }

    private func look() async throws -> [Examination.Finding] {
        let boxes = try await readings.sealedKeys()
        let count = boxes.count
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
        let keys = try SealedBox.KeyPair(privateKeyPEM: privateKeyPEM)
        guard keys.publicKey.bytes == published else {
            return [
                Examination.Finding(
                    .providers, "sealed keys", .fail,
                    "llmproxyd.private_key is another one than \(count) keys of providers are sealed with.",
                    remedy: "Put the former key back, or enter the keys of the providers anew.")
            ]
        }
        let older = boxes.filter { !Self.opens($0, SealedBox.KeyRing(current: keys)) }
        guard !older.isEmpty else {
            return [
                Examination.Finding(
                    .providers, "sealed keys", .ok, "\(count) keys of providers can be opened with the proxy's key.")
            ]
        }
        let former = try formerKeyPEM.map { SealedBox.KeyRing(current: try SealedBox.KeyPair(privateKeyPEM: $0)) }
        let lost = older.count { box in former.map { !Self.opens(box, $0) } ?? true }
        return [
            lost > 0
                ? Examination.Finding(
                    .providers, "sealed keys", .fail, "\(lost) of \(count) keys of providers cannot be opened.",
                    remedy: "Enter them anew, or name the key they are sealed to as llmproxyd.former_private_key.")
                : Examination.Finding(
                    .providers, "sealed keys", .warn,
                    "\(older.count) of \(count) keys of providers are sealed to the proxy's former key.",
                    remedy: "Enter them anew; then llmproxyd.former_private_key is not needed any more.")
        ]
    }

    private static func opens(_ box: [UInt8], _ keys: SealedBox.KeyRing) -> Bool {
        do {
            _ = try keys.open(box, purpose: Provider.keyPurpose)
            return true
        } catch {
            return false
        }
    }
}
