import Access
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import JSON
import Operations
import Postgres
import ProductSupport
import PublicAPI
import SCIM
import Stores
import Tenancy
import Testing

@testable import OperatorAPI

/// SCIM over a real database and Redis, beside the event stream and a route that anybody with a credential may call.
struct SCIMServer: Sendable {
    let people: PeopleProduct
    /// Who may call what.
    let operations: [ProtectedOperation]
    private let http: HTTPClient
    private let listener: HTTPListener
    private let world: ProductWorld

    var loops: LoopGroup { world.loops }
    var database: PostgresClient { world.database }
    var identifiers: IdentifierSource { world.identifiers }

    private static let shared = Task { try await start() }

    /// Runs a test on one of the loops.
    static func run(_ body: @escaping @Sendable (SCIMServer) async throws -> Void) async throws {
        let server = try await shared.value
        try await server.loops.next().run { try await body(server) }
    }

    private static func start() async throws -> SCIMServer {
        let world = try await ProductWorld(named: "scim-test")
        return try await world.loops.next().run { try await SCIMServer(world) }
    }

    private init(_ world: ProductWorld) async throws {
        self.world = world
        http = HTTPClient(loops: world.loops, settings: HTTPClientSettings(maxConnectionsPerHost: 64))
        let authenticator = world.authenticator
        let changes = Changes(redis: world.redis) { if $0 == .access { authenticator.forgetAll() } }
        people = PeopleProduct(
            database: world.database, address: try #require(PublicAddress("https://scorable.example.com")),
            passwords: PasswordChecks(), identifiers: world.identifiers, changes: changes,
            logger: ProductWorld.logger)
        let feed = EventFeed(redis: world.redis, logger: ProductWorld.logger)
        // Unstructured: they run as long as the process.
        for body in [{ try await feed.run() }, { try await changes.follow() }] as [@Sendable () async throws -> Void] {
            _ = world.loops.next().spawn {
                do { try await body() } catch { Issue.record(error) }
            }
        }
        let mapping = ClientProblems.mapping
        var routes = ProtectedRoutes(authenticator: authenticator, trail: .none)
        EventRoutes(feed: feed, authenticator: authenticator).add(to: &routes)
        routes.on(.get, "/probe", needs: .projectRead) { _, _ in .noContent }
        var router = routes.router
        let scim = SCIMRoutes(provisioning: people.provisioning, mapping: mapping)
        let protected = ProtectedRoutes(authenticator: authenticator, trail: .none)
        router.include(scim.router(adding: protected))
        var listed = protected
        scim.add(to: &listed)
        operations = listed.operations
        listener = try await world.serve(router, RequestPipeline.Options(listener: "public"), mapping: mapping)
    }

    /// A new organisation, with an identity provider that keeps its people by a key of its owner's.
    func tenant(scopes: Scopes = .only([.userProvision])) async throws -> Provisioner {
        let owner = try await world.organization().owner
        return Provisioner(server: self, owner: owner, key: try await key(of: owner, scopes))
    }

    /// A key of somebody.
    func key(of user: User, _ scopes: Scopes = .everything) async throws -> String {
        let text = APIKeyText(randomness: randomBytes(APIKeyText.randomByteCount))
        let key = APIKey(
            id: identifiers.next(), organizationID: user.organizationID, projectID: nil, ownerID: user.id, name: "key",
            prefix: text.prefix, scopes: scopes, createdAt: Date(), expiresAt: nil, lastUsedAt: nil, revokedAt: nil)
        try await APIKeyStore(database: database).create(key, keyHash: ProductWorld.hash.of(text.secret))
        return text.secret
    }

    /// The token of a new session of somebody.
    func session(of user: UserID, in organization: OrganizationID) async throws -> String {
        let token = "st_\(identifiers.uuid().uuidString)"
        let later = Date().addingTimeInterval(3600)
        let session = Session(
            id: identifiers.next(), organizationID: organization, userID: user, createdAt: Date(),
            idleExpiresAt: later, expiresAt: later, confirmedAt: Date())
        try await SessionStore(database: database).create(session, tokenHash: ProductWorld.hash.of(token))
        return token
    }

    /// Somebody who came in another way than by the identity provider.
    func person(_ name: String, _ role: Role, in organization: OrganizationID) async throws -> User {
        let user = User(
            id: identifiers.next(), organizationID: organization, email: name, fullName: "Somebody", role: role,
            createdAt: Date())
        try await UserStore(database: database).create(user, passwordHash: "none")
        return user
    }

    func send(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue?, _ headers: HTTPHeaders
    ) async throws -> Answer {
        let request = OutboundRequest(
            method: method, url: "http://127.0.0.1:\(listener.port)\(path)", headers: headers,
            body: body.map { .bytes(JSONWriter.bytes(of: $0)) } ?? .none)
        let response = try await http.send(request, bodyLimit: 64 << 20)
        return Answer(status: response.status, headers: response.headers, bytes: response.body)
    }

    /// What is answered to somebody who shows a token.
    func status(_ path: String, showing token: String) async throws -> Int {
        try await send(.get, path, nil, ["authorization": "Bearer \(token)"]).status
    }

    /// The event stream, open.
    func openStream(showing token: String) async throws -> WatchedStream {
        let request = OutboundRequest(
            method: .get, url: "http://127.0.0.1:\(listener.port)/internal/events",
            headers: ["authorization": "Bearer \(token)"], body: .none)
        let stream = try await http.open(request)
        try #require(stream.status == 200)
        return WatchedStream(stream: stream)
    }
}

/// An event stream that somebody watches.
struct WatchedStream: Sendable {
    fileprivate let stream: InboundStream

    /// Returns when the server has ended it, which it does by closing the connection.
    func untilItsEnd() async throws {
        do {
            while try await stream.next() != nil {}
        } catch {
            guard error.kind == .truncated else { throw error }
        }
    }
}

/// What a call was answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSONValue { (try? JSONParser.parse(bytes)) ?? .null }  // ok: what is no JSON is compared as none
    subscript(key: String) -> JSONValue { json[key] ?? .null }
    var id: String { self["id"].stringValue ?? "" }
    var resources: [JSONValue] { self["Resources"].arrayValue ?? [] }
    /// The names of the people or groups in a list.
    var names: [String] {
        resources.compactMap { ($0["userName"] ?? $0["displayName"])?.stringValue }
    }
}

/// An identity provider that keeps the people of an organisation.
struct Provisioner: Sendable {
    let server: SCIMServer
    let owner: User
    let key: String

    var organization: OrganizationID { owner.organizationID }

    func send(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: HTTPHeaders = [:]
    ) async throws -> Answer {
        var headers = headers
        headers["authorization"] = "Bearer \(key)"
        if body != nil, headers["content-type"] == nil { headers["content-type"] = "application/scim+json" }
        return try await server.send(method, "/scim/v2\(path)", body, headers)
    }

    func get(_ path: String) async throws -> Answer { try await send(.get, path) }

    /// A list by a filter.
    func find(_ filter: String, in place: String = "/Users", _ more: String = "") async throws -> Answer {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
        let encoded = filter.utf8.map { byte in
            if allowed.contains(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }
        return try await get("\(place)?filter=\(encoded.joined())\(more)")
    }

    /// A change by one operation of PATCH.
    func patch(_ path: String, _ operations: JSONValue...) async throws -> Answer {
        try await send(
            .patch, path,
            [
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": .array(operations),
            ])
    }

    /// A person that the identity provider has made.
    func make(_ userName: String, _ more: JSONObject = [:]) async throws -> Answer {
        var body: JSONObject = [
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": .string(userName),
            "emails": [["value": .string(userName), "type": "work", "primary": true]],
        ]
        for member in more.members { body[member.key] = member.value }
        return try await send(.post, "/Users", .object(body))
    }

    /// A group with these members.
    func group(_ name: String, _ members: [String] = []) async throws -> Answer {
        try await send(
            .post, "/Groups",
            [
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": .string(name),
                "members": .array(members.map { ["value": .string($0)] }),
            ])
    }

    /// Who somebody is here.
    func user(_ id: String) async throws -> User {
        let user = try await UserStore(database: server.database).find(try #require(UserID(id)), in: organization)
        return try #require(user)
    }

    /// A name that nobody else has, also not in other tests.
    func name(_ text: String) -> String { "\(text)-\(organization)@example.com" }
}
