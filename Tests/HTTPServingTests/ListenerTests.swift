import EventLoop
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import JSON
import Testing

/// The pipeline behind a real listener, asked by a real client.
@Suite struct ListenerTests {
    private struct Served: Sendable {
        let client: HTTPClient
        let base: String

        func ask(
            _ method: HTTPMethod = .get, _ target: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil
        ) async throws -> InboundResponse {
            let request = OutboundRequest(
                method: method, url: base + target, headers: headers, body: body.map { .bytes($0) } ?? .none)
            return try await client.send(request, bodyLimit: 1 << 20)
        }
    }

    /// Serves `router` on a port of its own while `body` runs on a loop.
    private func serving(
        _ router: Router, limits: HTTPLimits = HTTPLimits(), _ body: @escaping @Sendable (Served) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 2, name: "test")
        let pipeline = Requests.pipeline(router)
        var settings = HTTPListenerSettings()
        settings.limits = limits
        let listener = HTTPListener(
            settings: settings, loops: loops, refusal: { pipeline.refuse($0) }, handler: { await pipeline.handle($0) })
        try await loops.next().run {
            try await listener.start()
            let client = HTTPClient(loops: loops)
            do {
                try await body(Served(client: client, base: "http://127.0.0.1:\(listener.port)"))
            } catch {
                Issue.record(error)
            }
            await client.close()
            await listener.drain(within: .seconds(1))
        }
        await loops.shutdown()
    }

    private static var router: Router {
        var router = Router(aliases: PathAliases(of: "v1", alternatives: ["beta"]))
        router.on(.get, "/v1/things/{id}/") { context in
            .json(["id": context.pathParameters["id"], "name": context.query["name"] ?? "none"])
        }
        router.on(.post, "/v1/things/", RouteOptions(bodyLimit: 1000)) { context in
            .json(try await context.decode([String: JSONValue].self), status: 201)
        }
        router.on(.get, "/v1/events/") { _ in
            .events(heartbeat: .milliseconds(20)) { stream in
                for number in 0..<3 {
                    try await stream.send(OutgoingEvent(name: "tick", id: "\(number)", data: "a\nb"))
                }
                try await Loop.current?.sleep(for: .milliseconds(100))
            }
        }
        return router
    }

    @Test func requestsAreRoutedAndNamed() async throws {
        try await serving(Self.router) { served in
            let found = try await served.ask(
                .get, "//things/a%2Fb?name=x+y", headers: ["x-request-id": "from-client"])
            #expect(found.status == 200)
            #expect(found.headers["content-type"] == "application/json")
            #expect(found.headers["x-request-id"] == "from-client")
            let body = try JSONParser.parse(found.body)
            #expect(body == ["id": "a/b", "name": "x y"])
            let head = try await served.ask(.head, "/v1/things/1")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            let missing = try await served.ask(.get, "/v1/nothing")
            #expect(missing.status == 404)
            #expect(!missing.body.isEmpty)
            #expect(try await served.ask(.delete, "/v1/things/1").headers["allow"] == "GET, HEAD")
        }
    }

    @Test func bodiesAreReadWithinTheirLimit() async throws {
        try await serving(Self.router) { served in
            let small = try await served.ask(.post, "/v1/things", body: Array(#"{"a":1}"#.utf8))
            #expect(small.status == 201)
            #expect(String(decoding: small.body, as: UTF8.self) == #"{"a":1}"#)
            let large = try await served.ask(.post, "/v1/things", body: [UInt8](repeating: 0x20, count: 2000))
            #expect(large.status == 413)
            let broken = try await served.ask(.post, "/v1/things", body: Array("{".utf8))
            #expect(broken.status == 400)
        }
    }

    @Test func whatTheServerRefusesIsNamedToo() async throws {
        var limits = HTTPLimits()
        limits.headerBytes = 8192
        try await serving(Self.router, limits: limits) { served in
            let refused = try await served.ask(
                .get, "/v1/things/1", headers: ["x-long": String(repeating: "x", count: 10_000)])
            #expect(refused.status == 431)
            #expect(refused.headers["x-request-id"]?.count == 36)
        }
    }

    @Test func eventsArriveWithHeartbeatsBetween() async throws {
        try await serving(Self.router) { served in
            let response = try await served.ask(.get, "/v1/events/")
            #expect(response.headers["content-type"] == "text/event-stream; charset=utf-8")
            let text = String(decoding: response.body, as: UTF8.self)
            let event = "event: tick\nid: 0\ndata: a\ndata: b\n\n"
            #expect(text.hasPrefix(event))
            #expect(text.split(separator: "event: tick").count == 3)
            #expect(text.contains(": keep-alive\n\n"))
        }
    }
}
