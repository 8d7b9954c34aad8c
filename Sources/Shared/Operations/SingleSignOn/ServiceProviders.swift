package import Access
internal import Cryptography
package import EventLoop
package import FoundationEssentials
package import Postgres
internal import SAML
internal import Stores
package import Tenancy

/// Who we are to identity providers: our addresses, and the keys that we sign with and they encrypt for.
package struct ServiceProviders: Sendable {
    private let keys: IdentityProviderKeyStore
    private let sealing: SecretSealing
    private let address: PublicAddress
    private let workers: WorkerThreads
    private let now: @Sendable () -> Date

    /// What the commands on the server and the API server agree on: for which purpose keys are sealed.
    private static let purpose = "identity provider keys"
    /// For how many days a certificate of ours is made. Identity providers know it by heart, and do not ask how old it is.
    private static let days = 3650

    /// `hash` seals our private keys; `address` is where browsers reach us; `workers` are threads for what
    /// takes milliseconds of a processor.
    package init(
        database: PostgresClient, hash: CredentialHash, address: PublicAddress, workers: WorkerThreads,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        keys = IdentityProviderKeyStore(database: database)
        sealing = hash.sealing(for: Self.purpose)
        self.address = address
        self.workers = workers
        self.now = now
    }

    /// The paths below our address, a folder for each identity provider.
    package enum Path {
        package static let metadata = "metadata"
        package static let signIn = "sign-in"
        package static let callback = "acs"
        package static let signOut = "slo"

        /// One of them.
        package static func of(_ name: String, for id: IdentityProviderID) -> String { "/saml/\(id)/\(name)" }
    }

    func url(_ name: String, for id: IdentityProviderID) -> String { address.url(Path.of(name, for: id)) }

    /// Who we are to one of them.
    /// - Throws: `KeyCannotBeOpened`.
    func service(for id: IdentityProviderID) async throws -> ServiceProvider {
        let known = try await keys.keys(of: [id])[id] ?? []
        guard !known.isEmpty else { throw KeyCannotBeOpened() }
        let opened = try known.map { key in
            try SAMLKey(
                privateKey: String(decoding: try open(key.sealedPrivateKey, for: id), as: UTF8.self),
                certificate: key.certificate)
        }
        return ServiceProvider(
            id: url(Path.metadata, for: id), callback: url(Path.callback, for: id),
            signOut: url(Path.signOut, for: id), keys: opened)
    }

    /// The two parties of a conversation with one of them.
    /// - Throws: `KeyCannotBeOpened`; `SAMLRefusal`, also when its metadata do not hold any more.
    func party(with provider: Tenancy.IdentityProvider) async throws -> SAMLParty {
        let service = try await service(for: provider.id)
        let moment = now()
        return try await workers.run {
            let said = try SAML.IdentityProvider(metadata: provider.metadata, id: provider.entityID)
            if let end = said.validUntil, end <= moment {
                throw SAMLRefusal(
                    .settings,
                    "the metadata of the identity provider were valid until \(end.formatted(.iso8601)) only; "
                        + "read them anew, or give newer ones")
            }
            return try SAMLParty(service: service, provider: said)
        }
    }

    /// Does something that takes milliseconds of a processor.
    func work<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await workers.run(body)
    }

    /// The certificates that are published for these, PEM, the present one first.
    func certificates(of ids: [IdentityProviderID]) async throws -> [IdentityProviderID: [String]] {
        try await keys.keys(of: ids).mapValues { $0.map(\.certificate) }
    }

    /// A new key, sealed.
    func makeKey(
        _ state: IdentityProviderKeyStore.State, for id: IdentityProviderID, at moment: Date
    ) async throws -> IdentityProviderKeyStore.Key {
        let made = try await workers.run {
            try SAMLKey.generate(commonName: "scorable", now: moment, days: Self.days)
        }
        return IdentityProviderKeyStore.Key(
            state: state, certificate: made.certificatePEM,
            sealedPrivateKey: try sealing.seal(Array(made.privateKey.utf8), for: id.description))
    }

    private func open(_ sealed: [UInt8], for id: IdentityProviderID) throws -> [UInt8] {
        do {
            return try sealing.open(sealed, for: id.description)
        } catch {
            throw KeyCannotBeOpened()
        }
    }
}

/// Our key for an identity provider cannot be used.
package struct KeyCannotBeOpened: Error, CustomStringConvertible {
    package var description: String {
        "Our key for this identity provider cannot be opened: credential_secret is another one than when it was made. "
            + "Renew the key, and give the identity provider our new metadata."
    }
}
