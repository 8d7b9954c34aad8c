import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import JSON
import Logging
import Observability
import Providers
import Scoring
import Spending
import Stores
import Synchronization
import SystemCalls
import Tenancy

@testable import LLMProxy

/// The loop of all tests of the process.
enum TestLoops {
    static let group = LoopGroup(count: 1, name: "proxy-test")
}

/// llmproxyd, between a caller and a provider that does what a test wants.
struct ProxyRig {
    typealias Script = @Sendable (_ call: Int, _ request: HTTPRequest, _ body: [UInt8]) async throws -> HTTPResponse

    /// What a test wants otherwise than usual.
    struct Options: Sendable {
        var settings = ProxySettings()
        var callsAtOnce = 64
        var waiting = 64
        var budgets: [Budget] = []
        /// Where the usage log goes.
        var usageLog: String?
        /// The routes; those of `ProxyRig.routes` by default.
        var routes: @Sendable (_ model: String, _ port: Int) throws -> CallRoute? = ProxyRig.route
        var callers: CallerRecognition?
        /// What pools of keys have.
        var providerKeys: @Sendable ([ProviderID]) -> [SealedProviderKey] = { _ in [] }
        /// Where answers are kept; without it none are.
        var cache: ExactCache?
        /// The clock on the wall.
        var now: @Sendable () -> Date = { Date() }

        init(_ change: (inout Options) -> Void = { _ in }) {
            settings.retries.firstPause = .milliseconds(2)
            settings.probeInterval = .zero
            change(&self)
        }
    }

    /// What the provider got, in order.
    final class Calls: Sendable {
        private let requests = Mutex<[(path: String, headers: HTTPHeaders, body: [UInt8])]>([])

        var all: [(path: String, headers: HTTPHeaders, body: [UInt8])] { requests.withLock { $0 } }
        var count: Int { all.count }

        /// Adds a call and returns its number, from 1.
        func add(_ path: String, _ headers: HTTPHeaders, _ body: [UInt8]) -> Int {
            requests.withLock {
                $0.append((path, headers, body))
                return $0.count
            }
        }
    }

    let calls: Calls
    let loop: Loop
    let metrics: Metrics
    let parts: Parts
    let listener: HTTPListener
    let port: Int
    let providerPort: Int
    let client: HTTPClient

    /// What the proxy is made of.
    struct Parts: Sendable {
        let equipment: CallEquipment
        let states: DeploymentStates
        let probes: ProviderProbes
        let budgets: Budgets
        let source: RouteSource
    }

    /// Runs `body` with the two servers, which are gone when it returns.
    static func run(
        _ options: Options = Options(), _ script: @escaping Script,
        _ body: @escaping @Sendable (ProxyRig) async throws -> Void
    ) async throws {
        let loops = TestLoops.group
        let calls = Calls()
        let provider = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { request in
            do {
                let body = try await request.body.collect(upTo: 1 << 24)
                return try await script(calls.add(request.path, request.headers, body), request, body)
            } catch {
                return HTTPResponse(status: 400)
            }
        }
        try await provider.start()
        let client = HTTPClient(loops: loops)
        let metrics = Metrics()
        let parts = try Self.parts(loops, client, provider.port, options, metrics)
        parts.budgets.start()
        let pipeline = pipeline(parts, metrics)
        let proxy = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { await pipeline.handle($0) }
        try await proxy.start()
        let rig = ProxyRig(
            calls: calls, loop: loops.loops[0], metrics: metrics, parts: parts, listener: proxy, port: proxy.port,
            providerPort: provider.port, client: client)
        let result: Result<Void, any Error>
        do {
            try await loops.loops[0].run { try await body(rig) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await proxy.drain(within: .zero)
        await provider.drain(within: .zero)
        await parts.budgets.stop(within: .seconds(1))
        await client.close()
        try result.get()
    }

    private static func parts(
        _ loops: LoopGroup, _ client: HTTPClient, _ providerPort: Int, _ options: Options, _ metrics: Metrics
    ) throws -> Parts {
        let now = options.now
        let source = RouteSource(
            route: { _, name in try options.routes(name, providerPort) },
            models: { _ in
                [ListedModel(name: "root", answeredBy: DemoModel.name, provider: DemoModel.provider)]
            })
        let tokens = AccessTokens(client: client, loops: loops, now: now)
        let states = DeploymentStates(policy: options.settings.breaker, metrics: metrics)
        let probes = ProviderProbes(
            client: client, tokens: tokens, interval: options.settings.probeInterval, now: now)
        let governor = Governor.test(on: loops.loops[0], metrics)
        let preparation = RoutePreparation.test(
            on: loops.loops[0], states: states, probes: probes, governor: governor,
            pools: .test(governor, options.providerKeys), metrics: metrics)
        let budgets = Budgets(
            source: FixedBudgets(options.budgets).source, loop: loops.loops[0], settings: BudgetSettings(),
            metrics: metrics,
            logger: silent, now: now)
        let usageLog = UsageLog(
            try options.usageLog.map { try AppendedFile($0) }, loops: loops, metrics: metrics, logger: silent)
        let equipment = CallEquipment(
            client: client, settings: options.settings, callers: options.callers ?? .daemons(ServiceTokens(["token"])),
            routes: LoopLocal(loops) {
                RouteCache(loop: $0, source: source, preparation: preparation, lastKnown: LastKnownRoutes())
            },
            gates: LoopLocal(loops) {
                ProviderGate(loop: $0, limit: options.callsAtOnce, waitingLimit: options.waiting)
            },
            governor: governor, budgets: budgets,
            cache: options.cache, tokens: tokens, metrics: ProxyMetrics(metrics), usageLog: usageLog, now: now)
        return Parts(equipment: equipment, states: states, probes: probes, budgets: budgets, source: source)
    }

    private static func pipeline(_ parts: Parts, _ metrics: Metrics) -> RequestPipeline {
        var router = FrontRoutes(parts.equipment, parts.source).router
        let operators = OperatorFront(
            replica: UUID(), states: parts.states, governor: parts.equipment.governor,
            pools: .test(parts.equipment.governor), drains: Drains(states: parts.states),
            tests: TestCalls(parts.equipment),
            abilities: AbilityProbes(parts.equipment, open: { String(decoding: $0, as: UTF8.self) }))
        router.include(operators.router, through: [ServiceTokens(["token"]).middleware])
        return RequestPipeline(
            router, RequestPipeline.Options(listener: "test"),
            in: RequestPipeline.Surroundings(
                logger: silent, metrics: metrics, identifiers: IdentifierSource(now: { Date() }),
                traceIdentifiers: TraceIdentifiers()))
    }

    // MARK: Routes

    /// A deployment at the scripted provider, or wherever `port` leads.
    static func deployment(
        _ name: String, _ port: Int, kind: Providers.ProviderKind = .openAICompatible, model: String? = nil,
        weight: Int = 1
    ) -> Deployment {
        Deployment(
            server: .provider(
                Providers.Provider(kind, name: name, baseURL: "http://127.0.0.1:\(port)/v1"),
                model: model ?? "upstream-\(name)"), keys: .fixed(ProviderKey("sk-provider")), place: name,
            weight: weight)
    }

    /// `gpt` and `other` are at the scripted provider, `claude` as well, in Anthropic's dialect; `gone` is where nobody
    /// listens, `root` is the demonstration.
    static func route(_ name: String, _ port: Int) throws -> CallRoute? {
        switch name {
        case "gpt": CallRoute(deployment("acme", port))
        case "other": CallRoute(deployment("umbrella", port))
        case "claude": CallRoute(deployment("anthropic", port, kind: .anthropic, model: "claude-sonnet-5"))
        case "gone": CallRoute(deployment("gone", 1))
        case "root": .demonstration
        case "sealed":
            CallRoute(
                Deployment(
                    server: .demonstration, place: "p", obstacle: ChatFailure(.authentication, "cannot open")))
        case "broken": throw DeadlineExceeded()
        default: nil
        }
    }

    // MARK: Calling

    static let organization = "018f0000-0000-7000-8000-000000000001"

    /// A request to the proxy, with the service token.
    func request(_ method: HTTPMethod, _ path: String, _ deadline: Duration? = nil, _ body: String?) -> OutboundRequest
    {
        var headers: HTTPHeaders = ["authorization": "Bearer token", ProxyHeader.organization: Self.organization]
        if let deadline { headers.add(ProxyHeader.deadline, String(Int(deadline / .milliseconds(1)))) }
        return OutboundRequest(
            method: method, url: "http://127.0.0.1:\(port)\(path)", headers: headers,
            body: body.map { .bytes(Array($0.utf8)) } ?? .none)
    }

    /// Posts a body to the proxy.
    func post(
        _ body: String, to path: String = "/v1/chat/completions", deadline: Duration? = nil
    ) async throws -> InboundResponse {
        try await client.send(request(.post, path, deadline, body), bodyLimit: 1 << 24)
    }

    /// Asks a model something.
    func ask(_ model: String = "gpt", deadline: Duration? = nil) async throws -> InboundResponse {
        try await post(#"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#, deadline: deadline)
    }

    /// Asks for a stream and opens it.
    func open(_ model: String = "gpt", options: String = "", deadline: Duration? = nil) async throws -> InboundStream {
        try await client.open(
            request(
                .post, "/v1/chat/completions", deadline,
                #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}],"stream":true\#(options)}"#))
    }

    /// Asks for a stream and reads it to its end.
    func stream(_ model: String = "gpt", options: String = "", deadline: Duration? = nil) async throws -> (
        status: Int, text: String, headers: HTTPHeaders
    ) {
        try await Self.read(try await open(model, options: options, deadline: deadline))
    }

    /// What comes back as a stream, read to its end.
    static func read(_ stream: InboundStream) async throws -> (status: Int, text: String, headers: HTTPHeaders) {
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

    var text: String { String(decoding: body, as: UTF8.self) }
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

    /// A stream that falls silent after its first piece.
    static func silence() -> HTTPResponse {
        HTTPResponse(
            status: 200,
            body: .stream { writer in
                try await writer.write(Array(chunk.utf8))
                try await Loop.current?.sleep(for: .seconds(60))
            })
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
