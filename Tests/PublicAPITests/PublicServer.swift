import Access
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import Idempotency
import IngestGate
import Jobs
import JSON
import Observability
import Operations
import Postgres
import ProductSupport
import PublicAPI
import Redis
import Stores
import Synchronization
import Tenancy
import WireAPI

/// The public API over a real database and Redis, by two replicas, and an evaluation service that scores everything alike. A
/// third replica looks at how full the disks are.
struct PublicServer: Sendable {
    let product: Product
    let evaluations: CountedEvaluations
    let models = CountedModels()
    /// What the replicas' calls leave for the audit.
    let followed = FollowedCalls()
    /// What the third replica goes by.
    let gate: StorageGate
    static let guarded = 2
    /// What the replicas serve, but for their rules.
    let router: Router
    /// Who may call what they serve.
    let operations: [ProtectedOperation]
    private let http: HTTPClient
    private let replicas: [HTTPListener]
    /// Held, so that it goes on serving.
    private let service: HTTPListener
    private let world: ProductWorld

    var loops: LoopGroup { world.loops }
    var database: PostgresClient { world.database }
    var redis: RedisClient { world.redis }
    var identifiers: IdentifierSource { world.identifiers }
    var authenticator: Authenticator { world.authenticator }

    static let logger = ProductWorld.logger
    private static let shared = Task { try await start() }

    /// Runs a test on one of the loops.
    static func run(_ body: @escaping @Sendable (PublicServer) async throws -> Void) async throws {
        let server = try await shared.value
        try await server.loops.next().run { try await body(server) }
    }

    private static func start() async throws -> PublicServer {
        let world = try await ProductWorld(named: "public-test")
        return try await world.loops.next().run { try await PublicServer(world) }
    }

    private init(_ world: ProductWorld) async throws {
        self.world = world
        let (loops, identifiers) = (world.loops, world.identifiers)
        http = HTTPClient(loops: loops, settings: HTTPClientSettings(maxConnectionsPerHost: 64))
        let evaluations = CountedEvaluations()
        self.evaluations = evaluations
        let models = self.models
        service = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { request in
            request.path == EvaluationCall.path ? await evaluations.answer(request) : await models.answer(request)
        }
        try await service.start()
        let url = "http://127.0.0.1:\(service.port)"
        let product = world.product(http, scoresFrom: url, modelsFrom: [url])
        self.product = product
        let rules = (0..<2).map { _ in
            RepeatedCalls(
                store: IdempotentCallStore(database: world.database), identifiers: identifiers,
                mapping: ClientProblems.mapping, logger: Self.logger)
        }
        let followed = self.followed
        let trail = AccessTrail(mapping: ClientProblems.mapping) { followed.add($0) }
        let routes = rules.map { Self.routes(product, world, trail, [$0.middleware]) }
        (router, operations) = (routes[0].router, routes[0].operations)
        let gate = StorageGate(
            board: StorageBoard(redis: world.redis), metrics: Metrics(), logger: Self.logger,
            probe: RoomProbe(database: world.database).write)
        self.gate = gate
        let guarded = Self.routes(product, world, trail, [gate.middleware]) { gate.takesNew() }
        var replicas: [HTTPListener] = []
        for routes in routes + [guarded] { replicas.append(try await Self.listen(routes.router, world)) }
        self.replicas = replicas
        try await product.queue.dispatcher.start()
        try await product.queue.dispatcher.begin(epoch: 1)
    }

    private static func routes(
        _ product: Product, _ world: ProductWorld, _ trail: AccessTrail, _ rules: [PrincipalMiddleware],
        takesNew: @escaping @Sendable () -> Bool = { true }
    ) -> ProtectedRoutes {
        let temporaryUsers = TemporaryUsers(
            database: world.database, projects: product.projects, hash: ProductWorld.hash,
            terms: nil, identifiers: world.identifiers, changes: product.changes,
            audit: Audit(database: world.database, identifiers: world.identifiers, logger: ProductWorld.logger))
        let traces = TraceProduct(
            database: world.database, loops: world.loops, projects: product.projects, evaluators: product.evaluators,
            judges: product.judges, identifiers: world.identifiers, metrics: Metrics(), audit: product.audit)
        return product.publicRoutes(temporaryUsers: temporaryUsers, executionTimeout: .seconds(20))
            .routes(
                authenticator: world.authenticator, trail: trail, release: "test", with: OtelRoutes(product: traces),
                through: rules, whileItTakesNew: takesNew)
    }

    private static func listen(_ router: Router, _ world: ProductWorld) async throws -> HTTPListener {
        var options = RequestPipeline.Options(listener: "public")
        options.bodyLimit = 16 << 20
        var settings = HTTPListenerSettings()
        settings.limits.bodyBytes = 64 << 20
        return try await world.serve(router, options, mapping: ClientProblems.mapping, within: settings)
    }

    /// A new organisation, as its owner with a key.
    func caller() async throws -> Caller { try await caller(world.organization().owner) }

    /// The owner of a new organisation, with a key that is not good for `permission`.
    func caller(without permission: Permission) async throws -> Caller {
        try await caller(world.organization().owner, scopes: Role.owner.permissions.subtracting([permission]))
    }

    /// Somebody with a key that is good for these permissions alone.
    func caller(_ owner: User, scopes: Set<Permission>) async throws -> Caller {
        let text = APIKeyText(randomness: randomBytes(APIKeyText.randomByteCount))
        let key = APIKey(
            id: identifiers.next(), organizationID: owner.organizationID, projectID: nil, ownerID: owner.id,
            name: "key", prefix: text.prefix, scopes: .only(scopes), createdAt: Date(), expiresAt: nil,
            lastUsedAt: nil, revokedAt: nil)
        try await APIKeyStore(database: database).create(key, keyHash: ProductWorld.hash.of(text.secret))
        return try await caller(text)
    }

    /// Somebody else of the organisation of a caller, with a key of their own.
    func caller(in organization: Caller, as role: Role = .owner) async throws -> Caller {
        try await caller(colleague(in: organization, as: role))
    }

    /// Somebody else of the organisation of a caller.
    func colleague(in organization: Caller, as role: Role = .owner) async throws -> User {
        let colleague = User(
            id: identifiers.next(), organizationID: organization.principal.organizationID,
            email: "colleague-\(identifiers.uuid())@example.com", fullName: "Colleague", role: role,
            createdAt: Date())
        try await UserStore(database: database).create(colleague, passwordHash: "none")
        return colleague
    }

    private func caller(_ user: User) async throws -> Caller {
        let key = try await Accounts(database: database, identifiers: identifiers)
            .createKey(named: "key", for: user.email, hash: ProductWorld.hash)
        return try await caller(key)
    }

    private func caller(_ key: APIKeyText) async throws -> Caller {
        let principal = try await authenticator.principal(.token(key.secret))
        return Caller(server: self, authorization: "Api-Key \(key.secret)", principal: principal)
    }

    /// Sends a request to one of the replicas.
    func send(
        _ method: HTTPMethod, _ path: String, _ body: [UInt8]?, _ headers: HTTPHeaders, replica: Int
    ) async throws -> Answer {
        let request = OutboundRequest(
            method: method, url: "http://127.0.0.1:\(replicas[replica].port)\(path)", headers: headers,
            body: body.map { .bytes($0) } ?? .none)
        let response = try await http.send(request, bodyLimit: 64 << 20)
        return Answer(status: response.status, headers: response.headers, bytes: response.body)
    }
}

/// What a call was answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSONValue { (try? JSONCodec.decode(JSONValue.self, from: bytes)) ?? .null }
    subscript(key: String) -> JSONValue { json[key] ?? .null }
    var id: String { self["id"].stringValue ?? "" }
    var results: [JSONValue] { self["results"].arrayValue ?? [] }
}

/// Somebody who calls the API.
struct Caller: Sendable {
    let server: PublicServer
    let authorization: String
    let principal: Principal

    func send(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: HTTPHeaders = [:], replica: Int = 0
    ) async throws -> Answer {
        var headers = headers
        headers["authorization"] = authorization
        if body != nil { headers["content-type"] = "application/json" }
        return try await server.send(method, path, body.map { JSONWriter.bytes(of: $0) }, headers, replica: replica)
    }

    func get(_ path: String) async throws -> Answer { try await send(.get, path) }

    /// A call with an idempotency key.
    func once(_ key: String, _ path: String, _ body: JSONValue, replica: Int = 0) async throws -> Answer {
        try await send(.post, path, body, headers: ["idempotency-key": key], replica: replica)
    }

    /// What is made at that path; its identifier.
    func make(_ path: String, _ body: JSONValue) async throws -> String {
        let answer = try await send(.post, path, body)
        guard answer.status == 201 else { throw NotMade(path: path, text: answer.text) }
        return answer.id
    }
}

/// Something that a test needs could not be made.
struct NotMade: Error {
    let path: String
    let text: String
}

/// Scores every evaluator 0.75, counts how often it was asked, and answers only while its gate is open.
final class CountedEvaluations: Sendable {
    private let state = Mutex(State())

    private struct State {
        var calls: [String: Int] = [:]
        var files: [String: [EvaluationCall.File]] = [:]
        var isOpen = true
    }

    /// How often it was asked about a response.
    func calls(about response: String) -> Int { state.withLock { $0.calls[response] ?? 0 } }
    /// What it was shown with a response.
    func files(beside response: String) -> [EvaluationCall.File] { state.withLock { $0.files[response] ?? [] } }
    /// Whether it answers.
    func open(_ isOpen: Bool) { state.withLock { $0.isOpen = isOpen } }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            let body = try await request.body.collect(upTo: 1 << 24)
            let call = try JSONCodec.decode(EvaluationCall.self, from: body)
            let response = call.input.response ?? ""
            state.withLock { state in
                state.calls[response, default: 0] += 1
                state.files[response] = call.input.files
            }
            while !state.withLock({ $0.isOpen }) { try await Loop.current?.sleep(for: .milliseconds(5)) }
            return .json(
                EvaluationReply(
                    results: call.evaluators.map { _ in
                        var result = EvaluationReply.Result()
                        result.score = 0.75
                        result.justification = "Because."
                        return result
                    }))
        } catch {
            return .text("\(error)", status: 500)
        }
    }
}
