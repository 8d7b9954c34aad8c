internal import Access
internal import Cryptography
internal import EventLoop
internal import FoundationEssentials
internal import Operations
internal import Postgres
internal import Stores
internal import SystemCalls
internal import Tenancy

/// The first administrator of a private installation with an organisation, a project and an API key.
struct FirstAccount: Sendable {
    let state: StateDirectory
    let loops: LoopGroup

    static let email = "admin@localhost"

    /// What was made, or what was there.
    struct Outcome: Sendable {
        /// Only when the administrator was made just now.
        let password: String?
        let apiKey: String
    }

    /// Makes what is missing: the administrator once, the key again when its file is gone.
    func makeIfMissing() async throws -> Outcome {
        let database = PrivateStores.client("scorable", state, loops)
        let outcome = try await make(in: database)
        await database.close()
        return outcome
    }

    private func make(in database: PostgresClient) async throws -> Outcome {
        let accounts = Accounts(database: database, identifiers: IdentifierSource(now: { Date() }))
        var password: String?
        if try await !accounts.exist() {
            let made = Base64URL.encode(randomBytes(15))
            try await accounts.createOrganization(
                "Default organization", ownerEmail: Self.email, ownerName: "Administrator", password: made)
            password = made
        }
        if FileContents.exists(state.apiKey) {
            let bytes = try FileContents.read(state.apiKey)
            return Outcome(password: password, apiKey: String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self))
        }
        let secret = try FileContents.read(state.secret("credential_secret")).filter { $0 > 0x20 }
        let key = try await accounts.createKey(
            named: "made by scorable up", for: Self.email, hash: CredentialHash(secret: secret))
        try FileWriting.write(key.secret + "\n", to: state.apiKey, mode: 0o600)
        return Outcome(password: password, apiKey: key.secret)
    }
}
