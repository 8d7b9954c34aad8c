import Access
import Blobs
import EventLoop
import Foundation
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import JSON
import Jobs
import Logging
import Observability
import Operations
import Postgres
import PublicAPI
import Redis
import Idempotency
import Schema
import Stores
import Synchronization
import Tenancy
import TestSupport
import WireAPI

/// The public API over a real database and Redis, by two replicas, and an evaluation service that scores everything alike.
struct PublicServer: Sendable {
    let loops: LoopGroup
    let database: PostgresClient
    let redis: RedisClient
    let identifiers: IdentifierSource
    let product: Product
    let evaluations: CountedEvaluations
    let authenticator: Authenticator
    /// What the replicas serve, but for their rules.
    let router: Router
    private let http: HTTPClient
    private let replicas: [HTTPListener]
    /// Held, so that they go on serving.
    private let others: ([HTTPListener], PrivateRedis)

    static let hash = CredentialHash(secret: Array(repeating: 7, count: 32))
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let shared = Task { try await start() }

    /// Runs a test on one of the loops.
    static func run(_ body: @escaping @Sendable (PublicServer) async throws -> Void) async throws {
        let server = try await shared.value
        try await server.loops.next().run { try await body(server) }
    }

    private static func start() async throws -> PublicServer {
        let loops = LoopGroup(count: 2, name: "public-test")
        let connection = try await PrivatePostgres.shared().freshDatabase()
        let store = try await PrivateRedis.start()
        let redis = RedisClient(loops: loops, settings: try RedisSettings(url: store.url))
        return try await loops.next().run {
            let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
            try await SchemaMigrator(client: database, logger: logger).migrate()
            try await PresetStore(database: database).seed(at: Date())
            return try await PublicServer(loops, database, redis, store)
        }
    }

    private init(_ loops: LoopGroup, _ database: PostgresClient, _ redis: RedisClient, _ store: PrivateRedis)
        async throws
    {
        (self.loops, self.database, self.redis) = (loops, database, redis)
        let identifiers = IdentifierSource { Date() }
        self.identifiers = identifiers
        let authenticator = Authenticator(
            keys: APIKeyStore(database: database), sessions: SessionStore(database: database), hash: Self.hash)
        self.authenticator = authenticator
        let http = HTTPClient(loops: loops, settings: HTTPClientSettings(maxConnectionsPerHost: 64))
        self.http = http
        let evaluations = CountedEvaluations()
        self.evaluations = evaluations
        let service = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { await evaluations.answer($0) }
        try await service.start()
        let url = "http://127.0.0.1:\(service.port)"
        let events = EventPublisher(redis: redis, loops: loops)
        let product = Product(
            database: database, redis: redis, identifiers: identifiers,
            service: EvaldClient(client: http, url: url, serviceToken: "token"),
            recorder: ExecutionRecorder(database: database, loops: loops, events: events), events: events,
            queue: JobQueue(
                database: database, dispatcher: JobDispatcher(redis: redis), metrics: DispatchMetrics(Metrics()),
                logger: Self.logger),
            gateway: ModelGateway(client: http, addresses: [url], serviceToken: "token"),
            blobs: LocalBlobs(
                directory: FileManager.default.temporaryDirectory.path() + "/blobs-\(UUID().uuidString)",
                threads: WorkerThreads(name: "blobs", count: 1, queueLimit: 100)),
            forgetAccess: {})
        self.product = product
        let rules = (0..<2).map { _ in
            RepeatedCalls(
                store: IdempotentCallStore(database: database), holder: identifiers.uuid(), logger: Self.logger)
        }
        let routers = rules.map { Self.router(product, database, loops, authenticator, identifiers, [$0.middleware]) }
        router = routers[0]
        var replicas: [HTTPListener] = []
        for router in routers { replicas.append(try await Self.listen(router, on: loops, identifiers)) }
        self.replicas = replicas
        others = ([service], store)
        try await product.queue.dispatcher.start()
        try await product.queue.dispatcher.begin(epoch: 1)
    }

    private static func router(
        _ product: Product, _ database: PostgresClient, _ loops: LoopGroup, _ authenticator: Authenticator,
        _ identifiers: IdentifierSource, _ rules: [PrincipalMiddleware]
    ) -> Router {
        let temporaryUsers = TemporaryUsers(
            database: database, judges: product.judges, projects: product.projects, hash: hash, terms: nil,
            identifiers: identifiers, changes: product.changes)
        let traces = TraceProduct(
            database: database, loops: loops, projects: product.projects, evaluators: product.evaluators,
            judges: product.judges, identifiers: identifiers)
        return product.publicRoutes(temporaryUsers: temporaryUsers, executionTimeout: .seconds(20))
            .router(
                authenticator: authenticator, release: "test", with: OtelRoutes(product: traces), through: rules)
    }

    private static func listen(
        _ router: Router, on loops: LoopGroup, _ identifiers: IdentifierSource
    ) async throws -> HTTPListener {
        var options = RequestPipeline.Options(listener: "public")
        options.bodyLimit = 16 << 20
        let pipeline = RequestPipeline(
            router, options,
            in: RequestPipeline.Surroundings(
                logger: logger, metrics: Metrics(), identifiers: identifiers,
                traceIdentifiers: TraceIdentifiers(seed: 1)), mapping: ClientProblems.mapping)
        var settings = HTTPListenerSettings()
        settings.limits.bodyBytes = 64 << 20
        let listener = HTTPListener(
            settings: settings, loops: loops, refusal: { pipeline.refuse($0) },
            handler: { await pipeline.handle($0) })
        try await listener.start()
        return listener
    }

    /// A new organisation, as its owner with a key.
    func caller() async throws -> Caller {
        let name = "org-\(identifiers.uuid())"
        let organization = Organization(id: identifiers.next(), name: name, createdAt: Date())
        let owner = User(
            id: identifiers.next(), organizationID: organization.id, email: "\(name)@example.com", fullName: "Owner",
            role: .owner, isDisabled: false, createdAt: Date())
        let project = Project(
            id: identifiers.next(), organizationID: organization.id, name: "Default project", description: "",
            isDefault: true, ownerID: owner.id, createdAt: Date())
        // Nobody signs in: hashing a password would hold the loop up.
        try await OrganizationStore(database: database).create(
            organization, owner: owner, passwordHash: "none", defaultProject: project)
        let key = try await Accounts(database: database, identifiers: identifiers)
            .createKey(named: "key", for: owner.email, hash: Self.hash)
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
        var isOpen = true
    }

    /// How often it was asked about a response.
    func calls(about response: String) -> Int { state.withLock { $0.calls[response] ?? 0 } }
    /// Whether it answers.
    func open(_ isOpen: Bool) { state.withLock { $0.isOpen = isOpen } }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            let body = try await request.body.collect(upTo: 1 << 24)
            let call = try JSONCodec.decode(EvaluationCall.self, from: body)
            let response = call.input.response ?? ""
            state.withLock { $0.calls[response, default: 0] += 1 }
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
