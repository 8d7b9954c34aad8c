import APIClient
import Access
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import Observability
import Operations
import Postgres
import ProductSupport
import PublicAPI
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

@testable import OperatorAPI

/// Taking away a right reaches every way in within five seconds, while others keep the servers busy: also a server that
/// hears nothing of it, because the message was lost.
@Suite(.serialized) struct RevocationTests {
    private static let limit = Duration.seconds(5)

    /// What is taken away, as another process does it.
    enum Taking: String, CaseIterable, Sendable {
        case revokedKey, deactivatedPerson, loweredRole, endedSession
    }

    @Test(arguments: Taking.allCases)
    func whatIsTakenAwayIsGoneEverywhere(taking: Taking) async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let engineer = try await tenant.viewer(.engineer)
            let key = try await engineer.ask(.makeKey(OperatorAPIKeyDraft(name: "in use")))
            let tokens: [String] =
                switch taking {
                case .revokedKey: [key.secret]
                case .endedSession: [engineer.token]
                case .deactivatedPerson, .loweredRole: [key.secret, engineer.token]
                }
            let servers = try await Replicas(server)
            var entrances: [Entrance] = []
            for token in tokens { entrances += try await servers.entrances(with: token) }
            for entrance in entrances { #expect(try await entrance.admits(), "\(entrance.name) does not admit at all") }

            let load = try await Load(on: server, for: try await server.tenant(), at: servers.ports)
            try await load.reach(100)
            try await Self.take(taking, from: engineer, key.key.id, of: tenant)
            let began = ContinuousClock.now
            let times = try await Self.times(until: entrances, areClosedSince: began, on: server)
            let calls = await load.stop()
            for (name, time) in times { #expect(time < Self.limit, "\(taking): \(name) let in after \(time)") }
            let slowest = times.sorted { $0.time > $1.time }.map { "\($0.name) \($0.time.inMilliseconds) ms" }
            print("\(taking) with \(calls) other calls meanwhile: \(slowest.joined(separator: ", "))")
            await servers.close()
        }
    }

    /// Straight in the database, and told over Redis alone: as another daemon or the administration tool does it.
    private static func take(
        _ taking: Taking, from engineer: Viewer, _ key: UUID, of tenant: Tenant
    ) async throws {
        let (database, user) = (tenant.server.database, engineer.user.id)
        switch taking {
        case .revokedKey:
            let keys = APIKeys(
                database: database, hash: OperatorServer.hash, changes: Changes(redis: tenant.server.redis) { _ in },
                identifiers: tenant.server.identifiers, logger: OperatorServer.logger)
            try await keys.revoke(APIKeyID(uuid: key), by: AuditActor(machineUser: "root", requestID: "test"))
            return
        case .deactivatedPerson:
            try await database.execute(
                "UPDATE users SET is_disabled = true, disabled_at = now() WHERE id = \(user)")
        case .loweredRole: try await database.execute("UPDATE users SET role = 'auditor' WHERE id = \(user)")
        case .endedSession: try await database.execute("DELETE FROM sessions WHERE user_id = \(user)")
        }
        await Changes(redis: tenant.server.redis) { _ in }.announce(.access)
    }

    /// When the last call began that was let in: how long an answer takes is another matter.
    private static func times(
        until entrances: [Entrance], areClosedSince began: ContinuousClock.Instant, on server: OperatorServer
    ) async throws -> [(name: String, time: Duration)] {
        try await withThrowingTaskGroup(of: (name: String, time: Duration).self) { group in
            for entrance in entrances {
                group.addTask {
                    var (last, next) = (Duration.zero, began.duration(to: .now))
                    while try await entrance.admits(), next < limit * 2 {
                        last = next
                        try await server.loops.next().sleep(for: .milliseconds(20))
                        next = began.duration(to: .now)
                    }
                    return (entrance.name, last)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

/// A way in, for somebody.
private struct Entrance: Sendable {
    let name: String
    let admits: @Sendable () async throws -> Bool
}

/// Two more API servers: one that is told of changes, and one that never is.
private struct Replicas: Sendable {
    let server: OperatorServer
    private let first, told, deaf: HTTPListener
    private let deafStream: HTTPListener

    init(_ server: OperatorServer) async throws {
        self.server = server
        let (told, deaf) = (server.freshAuthenticator, server.freshAuthenticator)
        first = try await server.servePublicly(by: server.world.authenticator)
        self.told = try await server.servePublicly(by: told)
        self.deaf = try await server.servePublicly(by: deaf)
        var routes = ProtectedRoutes(authenticator: deaf, trail: .none)
        EventRoutes(feed: server.feed, authenticator: deaf).add(to: &routes)
        deafStream = try await server.world.serve(
            routes.router, RequestPipeline.Options(listener: "internal"), mapping: ClientProblems.mapping)
        let changes = Changes(redis: server.redis) { _ in told.forgetAll() }
        // Unstructured: it runs as long as the process.
        _ = server.loops.next().spawn {
            do { try await changes.follow() } catch { Issue.record(error) }
        }
    }

    var ports: [Int] { [first.port, told.port, deaf.port] }

    func close() async {
        for listener in [first, told, deaf, deafStream] { await listener.drain(within: .seconds(1)) }
    }

    func entrances(with token: String) async throws -> [Entrance] {
        let kind = token.hasPrefix("sk_") ? "key" : "session"
        let (server, port) = (server, first.port)
        let calls: [(String, HTTPListener?, String, String?)] = [
            ("public API", first, "/v1/evaluators/", nil),
            ("public API of another server", told, "/v1/evaluators/", nil),
            ("public API of one without news", deaf, "/v1/evaluators/", nil),
            ("OTLP", first, "/otel/v1/traces", #"{"resourceSpans":[]}"#),
            ("OTLP of one without news", deaf, "/otel/v1/traces", #"{"resourceSpans":[]}"#),
            ("internal API", nil, "/internal/evaluators", nil),
        ]
        var entrances = calls.map { name, listener, path, body in
            Entrance(name: "\(name) (\(kind))") {
                try await server.raw(
                    body == nil ? .get : .post, path, body, token: token, port: listener?.port
                ).status < 400
            }
        }
        entrances.append(
            Entrance(name: "MCP (\(kind))") {
                let call = """
                    {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_evaluators","arguments":{}}}
                    """
                let answer = try await server.raw(.post, "/v1/mcp", call, token: token, port: port)
                return answer.status < 400 && !answer.text.contains(#""isError":true"#)
            })
        for (name, port) in [("event stream", server.port), ("event stream of one without news", deafStream.port)] {
            let client = OperatorClient(server: "http://127.0.0.1:\(port)", http: server.http)
            let loop = try #require(Loop.current)
            let stream = OpenStream(try await client.events(after: nil, token: token), on: loop)
            entrances.append(Entrance(name: "\(name) (\(kind))") { stream.isOpen })
        }
        return entrances
    }
}

/// An event stream that is watched until it ends.
private final class OpenStream: Sendable {
    private let open = Atomic(true)

    var isOpen: Bool { open.load(ordering: .acquiring) }

    /// `loop` is the one that it was opened on.
    init(_ feed: APIClient.EventFeed, on loop: Loop) {
        // Unstructured: it ends with the stream.
        _ = loop.spawn { [self] in
            do {
                while true { _ = try await feed.next() }
            } catch {
                open.store(false, ordering: .releasing)
            }
        }
    }
}

/// Others who call all the while.
private final class Load: Sendable {
    private let server: OperatorServer
    private let calls = Atomic(0)
    private let isOver = Atomic(false)
    private let ended = Atomic(0)
    private static let callers = 8

    init(on server: OperatorServer, for tenant: Tenant, at ports: [Int]) async throws {
        self.server = server
        let token = try await tenant.viewer(.engineer).ask(.makeKey(OperatorAPIKeyDraft(name: "load"))).secret
        for caller in 0..<Self.callers {
            // Unstructured: it ends by `stop`.
            _ = server.loops.next().spawn { [self] in
                while !isOver.load(ordering: .relaxed) {
                    do {
                        let answer = try await server.raw(
                            .get, "/v1/projects/", token: token, port: ports[caller % ports.count])
                        #expect(answer.status == 200)
                    } catch {
                        Issue.record(error)
                    }
                    calls.add(1, ordering: .relaxed)
                }
                ended.add(1, ordering: .relaxed)
            }
        }
    }

    /// Returns when the servers are busy: so many calls were answered.
    func reach(_ number: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while calls.load(ordering: .relaxed) < number {
            try #require(ContinuousClock.now < deadline, "there is no load")
            try await server.loops.next().sleep(for: .milliseconds(20))
        }
    }

    /// Ends the calls; how many they were.
    func stop() async -> Int {
        isOver.store(true, ordering: .relaxed)
        while ended.load(ordering: .relaxed) < Self.callers {
            do { try await server.loops.next().sleep(for: .milliseconds(5)) } catch { break }
        }
        return calls.load(ordering: .relaxed)
    }
}

extension OperatorServer {
    /// What another API server knows its callers by.
    fileprivate var freshAuthenticator: Authenticator {
        Authenticator(
            keys: APIKeyStore(database: database), sessions: SessionStore(database: database),
            objects: ObjectProjectStore(database: database), hash: Self.hash)
    }

    /// The public API, whose callers that one knows.
    fileprivate func servePublicly(by authenticator: Authenticator) async throws -> HTTPListener {
        let temporaryUsers = TemporaryUsers(
            database: database, projects: product.projects, hash: Self.hash, terms: nil,
            identifiers: identifiers, changes: product.changes,
            audit: Audit(database: database, identifiers: identifiers, logger: Self.logger))
        let traces = TraceProduct(
            database: database, loops: loops, projects: product.projects, evaluators: product.evaluators,
            judges: product.judges, identifiers: identifiers, metrics: Metrics(), audit: product.audit)
        let routes = product.publicRoutes(temporaryUsers: temporaryUsers, executionTimeout: .seconds(20)).routes(
            authenticator: authenticator, trail: .none, release: "test", with: OtelRoutes(product: traces))
        return try await world.serve(
            routes.router, RequestPipeline.Options(listener: "public"), mapping: ClientProblems.mapping)
    }
}

extension Duration {
    fileprivate var inMilliseconds: Int {
        Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
