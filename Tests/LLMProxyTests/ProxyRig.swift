import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import JSON
import LLMProxy
import Logging
import Observability
import Providers
import Scoring
import Synchronization
import Tenancy

/// The loop of all tests of the process.
enum TestLoops {
    static let group = LoopGroup(count: 1, name: "proxy-test")
}

/// llmproxyd, between a caller and a provider that does what a test wants.
struct ProxyRig {
    typealias Script = @Sendable (_ call: Int, _ request: HTTPRequest, _ body: [UInt8]) async throws -> HTTPResponse

    /// What the provider got, in order.
    final class Calls: Sendable {
        private let requests = Mutex<[(headers: HTTPHeaders, body: [UInt8])]>([])

        var all: [(headers: HTTPHeaders, body: [UInt8])] { requests.withLock { $0 } }
        var count: Int { all.count }

        /// Adds a call and returns its number, from 1.
        func add(_ headers: HTTPHeaders, _ body: [UInt8]) -> Int {
            requests.withLock {
                $0.append((headers, body))
                return $0.count
            }
        }
    }

    let calls: Calls
    let loop: Loop
    let metrics: Metrics
    private let client: HTTPClient
    private let port: Int

    /// Runs `body` with the two servers, which are gone when it returns.
    static func run(
        settings: ProxySettings = ProxySettings(), callsAtOnce: Int = 64, waiting: Int = 64, _ script: @escaping Script,
        _ body: @escaping @Sendable (ProxyRig) async throws -> Void
    ) async throws {
        let loops = TestLoops.group
        let calls = Calls()
        let provider = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { request in
            do {
                let body = try await request.body.collect(upTo: 1 << 24)
                return try await script(calls.add(request.headers, body), request, body)
            } catch {
                return HTTPResponse(status: 400)
            }
        }
        try await provider.start()
        let client = HTTPClient(loops: loops)
        let metrics = Metrics()
        let pipeline = pipeline(loops, client, provider.port, settings, callsAtOnce, waiting, metrics)
        let proxy = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { await pipeline.handle($0) }
        try await proxy.start()
        let rig = ProxyRig(
            calls: calls, loop: loops.loops[0], metrics: metrics, client: client, port: proxy.port)
        let result: Result<Void, any Error>
        do {
            try await loops.loops[0].run { try await body(rig) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await proxy.drain(within: .zero)
        await provider.drain(within: .zero)
        await client.close()
        try result.get()
    }

    private static func pipeline(
        _ loops: LoopGroup, _ client: HTTPClient, _ providerPort: Int, _ settings: ProxySettings, _ callsAtOnce: Int,
        _ waiting: Int, _ metrics: Metrics
    ) -> RequestPipeline {
        let source = source(providerPort)
        let completions = ChatCompletions(
            client: client, settings: settings,
            routes: LoopLocal(loops) { RouteCache(loop: $0, source: source, lastKnown: LastKnownRoutes()) },
            gates: LoopLocal(loops) { ProviderGate(loop: $0, limit: callsAtOnce, waitingLimit: waiting) },
            metrics: ProxyMetrics(metrics), now: { 0 })
        let routes = ProxyRoutes(completions: completions, source: source, tokens: ServiceTokens(["token"]))
        return RequestPipeline(
            routes.router, RequestPipeline.Options(listener: "test"),
            in: RequestPipeline.Surroundings(
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: metrics,
                identifiers: IdentifierSource(now: { Date() }), traceIdentifiers: TraceIdentifiers()))
    }

    /// `gpt` and `other` are at the scripted provider, `gone` where nobody listens, `root` is the demonstration.
    private static func source(_ port: Int) -> RouteSource {
        @Sendable func route(_ provider: String, _ port: Int) -> CallRoute {
            CallRoute(
                upstream: Upstream(
                    provider: provider, model: "upstream-\(provider)",
                    dialect: .openAICompatible(endpoint: OpenAIRequest.endpoint(base: "http://127.0.0.1:\(port)")),
                    key: ProviderKey("sk-provider")),
                place: provider,
                price: ModelPrice(input: Money(nanoDollars: 1_000_000_000), output: Money(nanoDollars: 2_000_000_000)))
        }
        return RouteSource(
            route: { _, name in
                switch name {
                case "gpt": route("acme", port)
                case "other": route("umbrella", port)
                case "gone": route("gone", 1)
                case "root": .demo
                case "sealed":
                    CallRoute(
                        upstream: .demo, place: "p", price: nil, obstacle: ChatFailure(.authentication, "cannot open"))
                case "broken": throw DeadlineExceeded()
                default: nil
                }
            }, models: { _ in [ListedModel(name: "root", answeredBy: DemoModel.name, provider: DemoModel.provider)] })
    }

    // MARK: Calling

    static let organization = "018f0000-0000-7000-8000-000000000001"

    private func request(_ method: HTTPMethod, _ path: String, _ deadline: Duration?, _ body: String?)
        -> OutboundRequest
    {
        var headers: HTTPHeaders = ["authorization": "Bearer token", ProxyHeader.organization: Self.organization]
        if let deadline { headers.add(ProxyHeader.deadline, String(Int(deadline / .milliseconds(1)))) }
        return OutboundRequest(
            method: method, url: "http://127.0.0.1:\(port)\(path)", headers: headers,
            body: body.map { .bytes(Array($0.utf8)) } ?? .none)
    }

    /// Posts a body to the proxy.
    func post(_ body: String, deadline: Duration? = nil) async throws -> InboundResponse {
        try await client.send(request(.post, "/v1/chat/completions", deadline, body), bodyLimit: 1 << 24)
    }

    /// Asks a model something.
    func ask(_ model: String = "gpt", deadline: Duration? = nil) async throws -> InboundResponse {
        try await post(#"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#, deadline: deadline)
    }

    /// Asks for a stream and opens it.
    func open(_ model: String = "gpt", options: String = "", deadline: Duration? = nil) async throws -> InboundStream {
        try await client.open(
            request(.post, "/v1/chat/completions", deadline, #"{"model":"\#(model)","stream":true\#(options)}"#))
    }

    /// Asks for a stream and reads it to its end.
    func stream(_ model: String = "gpt", options: String = "", deadline: Duration? = nil) async throws -> (
        status: Int, text: String, headers: HTTPHeaders
    ) {
        let stream = try await open(model, options: options, deadline: deadline)
        var bytes: [UInt8] = []
        while let piece = try await stream.next() { bytes += piece }
        return (stream.status, String(decoding: bytes, as: UTF8.self), stream.headers)
    }

    /// Gets from the proxy.
    func get(_ path: String) async throws -> InboundResponse {
        try await client.send(request(.get, path, nil, nil), bodyLimit: 1 << 20)
    }

    /// The number that the metrics show for a series.
    func metric(_ series: String) -> String? {
        let text = String(decoding: metrics.exposition(), as: UTF8.self)
        return text.split(separator: "\n").first { $0.hasPrefix(series + " ") }.map {
            String($0.dropFirst(series.count + 1))
        }
    }
}

extension InboundResponse {
    /// The code of an error body.
    var errorCode: String? {
        do {
            return try JSONScanner(body).string("error", "code")
        } catch {
            return nil
        }
    }
}

/// What a scripted provider answers.
enum Answer {
    static let completion =
        #"{"id":"x","model":"upstream-2026","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}],"#
        + #""usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
    static let chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"},\"finish_reason\":null}]}\n\n"
    static let last = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    static let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n"
    static let done = "data: [DONE]\n\n"

    static func text(_ status: Int, _ text: String, _ headers: HTTPHeaders = [:]) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: .bytes(Array(text.utf8)))
    }

    /// Pieces one after the other; then the end, or the connection is broken off.
    static func pieces(_ pieces: [String], breaksOff: Bool = false) -> HTTPResponse {
        HTTPResponse(
            status: 200, headers: ["content-type": "text/event-stream"],
            body: .stream { writer in
                for piece in pieces { try await writer.write(Array(piece.utf8)) }
                if breaksOff { throw HTTPClientGone() }
            })
    }
}
