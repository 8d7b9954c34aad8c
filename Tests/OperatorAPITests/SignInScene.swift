import Access
import APIClient
import Cryptography
import FoundationEssentials
import Operations
import Postgres
import Stores
import Tenancy
import Testing
import WireAPI

/// Somebody who can sign in by password.
struct PasswordHolder: Sendable {
    let server: OperatorServer
    let user: User

    static let password = "correct horse battery"
    /// Cheap, so that tests do not wait for it. No two accounts have the same hash: it tells apart who waits.
    private static func hash() throws -> String {
        try PasswordHash.make(password, cost: PasswordHash.Cost(logN: 4, blockSize: 8, parallelism: 1))
    }

    var client: OperatorClient { OperatorClient(server: "http://127.0.0.1:\(server.port)", http: server.http) }

    init(
        _ tenant: Tenant, _ role: Role = .owner, hash: String? = nil, at domain: String = "example.com"
    ) async throws {
        server = tenant.server
        user = User(
            id: server.identifiers.next(), organizationID: tenant.organization,
            email: "\(role.rawValue)-\(server.identifiers.uuid())@\(domain)", fullName: "Some \(role.rawValue)",
            role: role, createdAt: Date())
        try await UserStore(database: server.database)
            .create(user, passwordHash: try hash ?? Self.hash())
    }

    /// Signs in over the internal API.
    func signIn(_ code: String? = nil, password: String = password) async throws -> (Viewer, OperatorSession) {
        let session = try await client.signIn(OperatorSignIn(email: user.email, password: password, code: code))
        let token = try #require(session.token)
        let stored = try await SessionStore(database: server.database)
            .find(tokenHash: OperatorServer.hash.of(token))
        return (
            Viewer(client: client, token: token, user: user, session: try #require(stored?.session)), session
        )
    }

    /// Signs in from an address of the test's choice.
    func signIn(
        from address: String, password: String = password, code: String? = nil, by signIn: SignIn? = nil
    ) async throws -> OpenedSession {
        try await (signIn ?? server.signIns.signIn).open(
            email: user.email, password: password, code: code,
            from: SignInPlace(address: address, client: "test", requestID: nil))
    }

    /// How signing in is refused; `nil` when it is not.
    func refusal(_ code: String? = nil, password: String = password) async throws -> APIFailure? {
        do {
            _ = try await client.signIn(OperatorSignIn(email: user.email, password: password, code: code))
            return nil
        } catch {
            return error
        }
    }
}

/// The device that makes somebody's codes, as its clock stood when it was set up.
struct Device: Sendable {
    private let totp: TOTP
    private let step = TOTP.step(at: Date())

    /// Reads the text that an app is given.
    init(_ text: String) throws {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bytes, word, bits) = ([UInt8](), UInt32(0), UInt32(0))
        for letter in text {
            word = word << 5 | UInt32(try #require(alphabet.firstIndex(of: letter)))
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> bits))
            }
        }
        totp = TOTP(secret: SecretBytes(bytes))
    }

    /// The code that the device is set up by, and the one after it. Both are taken for half a minute at least, also when the
    /// next step begins meanwhile.
    var firstCode: String { totp.code(step: step) }
    var nextCode: String { totp.code(step: step + 1) }
}

extension Viewer {
    /// Sets up a second factor by its first code: the next one is left.
    func enrol() async throws -> (device: Device, recoveryCodes: [String]) {
        let secret = try await ask(.beginSecondFactor())
        let device = try Device(secret.secret)
        let codes = try await ask(.confirmSecondFactor(code: device.firstCode)).codes
        return (device, codes)
    }
}

extension Tenant {
    /// What the audit has of an action, the oldest first.
    func audited(_ action: String) async throws -> [AuditedDeed] {
        let rows = try await server.database.query(
            """
            SELECT subject, outcome, actor_name, address, after::text AS after FROM audit_entries
            WHERE organization_id = \(organization) AND action = \(action) ORDER BY created_at, id
            """)
        return try rows.map { row in
            AuditedDeed(
                subject: try row.decode("subject"), outcome: try row.decode("outcome"),
                actor: try row.decode("actor_name"), address: try row.decode("address"),
                after: try row.decode("after", as: String?.self) ?? "")
        }
    }
}

/// An entry of the audit.
struct AuditedDeed: Sendable, Hashable {
    let subject: String
    let outcome: String
    let actor: String
    let address: String?
    let after: String
}
