import EventLoop
import Evals
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import JSON
import Logging
import Observability
import Synchronization
import Tenancy
import WireAPI

enum OrganizationFixture {
    static let one = UUID()
    static let other = UUID()
}

/// The loop of all tests of the process.
enum TestLoops {
    static let group = LoopGroup(count: 1, name: "evals-test")
}

/// evald, between a caller and an LLM proxy that answers what a test wants.
struct ScriptedProxy {
    /// What the proxy got, in order.
    final class Calls: Sendable {
        private let bodies = Mutex<[JSONValue]>([])

        var all: [JSONValue] { bodies.withLock { $0 } }
        var models: [String] { all.map { $0["model"]?.stringValue ?? "" } }

        /// Adds a call and returns its number, from 1.
        func add(_ body: JSONValue) -> Int {
            bodies.withLock {
                $0.append(body)
                return $0.count
            }
        }
    }

    typealias Script = @Sendable (_ call: Int, _ request: HTTPRequest, _ body: JSONValue) async throws -> HTTPResponse

    let calls: Calls
    let loop: Loop
    private let client: HTTPClient
    private let port: Int

    /// Runs `body` with the two servers, which are gone when it returns.
    static func run(
        limits: EvaluationRoutes.Limits = EvaluationRoutes.Limits(), _ script: @escaping Script,
        _ body: @escaping @Sendable (ScriptedProxy) async throws -> Void
    ) async throws {
        let loops = TestLoops.group
        let calls = Calls()
        let upstream = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { request in
            do {
                let body = try JSONParser.parse(try await request.body.collect(upTo: 1 << 24))
                return try await script(calls.add(body), request, body)
            } catch {
                return HTTPResponse(status: 400)
            }
        }
        try await upstream.start()
        let client = HTTPClient(loops: loops)
        let evald = evald(loops, client, proxyPort: upstream.port, limits)
        try await evald.start()
        let rig = ScriptedProxy(calls: calls, loop: loops.loops[0], client: client, port: evald.port)
        let result: Result<Void, any Error>
        do {
            try await loops.loops[0].run { try await body(rig) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await evald.drain(within: .zero)
        await upstream.drain(within: .zero)
        await client.close()
        try result.get()
    }

    private static func evald(
        _ loops: LoopGroup, _ client: HTTPClient, proxyPort: Int, _ limits: EvaluationRoutes.Limits
    ) -> HTTPListener {
        let metrics = Metrics()
        let routes = EvaluationRoutes(
            proxy: ProxyClient(transfer: client, url: "http://127.0.0.1:\(proxyPort)", serviceToken: "token"),
            tokens: ServiceTokens(["token"]), limits: limits, metrics: EvaluationMetrics(metrics))
        let pipeline = RequestPipeline(
            routes.router, RequestPipeline.Options(listener: "test"),
            in: RequestPipeline.Surroundings(
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: metrics,
                identifiers: IdentifierSource(now: { Date() }), traceIdentifiers: TraceIdentifiers()))
        return HTTPListener(settings: HTTPListenerSettings(), loops: loops) { await pipeline.handle($0) }
    }

    // MARK: Calling

    /// Posts a call to evald.
    func post(
        _ body: [UInt8], token: String = "token", deadline: Duration? = nil
    ) async throws -> InboundResponse {
        var headers: HTTPHeaders = ["authorization": "Bearer \(token)", "content-type": "application/json"]
        if let deadline { headers.add("x-scorable-deadline-ms", String(Int(deadline / .milliseconds(1)))) }
        let request = OutboundRequest(
            method: .post, url: "http://127.0.0.1:\(port)\(EvaluationCall.path)", headers: headers, body: .bytes(body))
        return try await client.send(request, bodyLimit: 1 << 24)
    }

    /// Evaluates politeness of a response by evaluators with these models.
    func evaluate(
        models: [[String]] = [["m"]], behavior: String = "fast", deadline: Duration? = nil, requestID: String? = nil
    ) async throws -> [EvaluationReply.Result] {
        let evaluators = models.enumerated().map { index, models in
            JSONValue.object([
                "name": .string("Evaluator \(index)"), "objective": "", "criteria": "Is {{response}} polite?",
                "variables": [], "behavior": .string(behavior), "models": .array(models.map(JSONValue.string)),
            ])
        }
        let call: JSONValue = [
            "organization_id": .string(OrganizationFixture.one.uuidString), "project_id": nil,
            "evaluators": .array(evaluators),
            "input": [
                "request": nil, "response": "Thank you!", "turns": [], "tools": nil, "contexts": [],
                "expected_output": nil, "variables": [:],
            ],
        ]
        let response = try await post(JSONWriter.bytes(of: call), deadline: deadline)
        return try JSONCodec.decode(EvaluationReply.self, from: response.body).results
    }
}

extension HTTPResponse {
    /// A chat completion with this text. Its tokens are told where there are any: each first, and then what might have
    /// stood there.
    static func completion(
        _ content: String, finish: String = "stop", cost: Int64? = 1000, tokens: [[(String, Double)]]? = nil
    ) -> HTTPResponse {
        var choice: JSONObject = [
            "index": 0, "message": ["role": "assistant", "content": .string(content)], "finish_reason": .string(finish),
        ]
        if let tokens {
            let told = tokens.map { alternatives in
                let all = alternatives.map { JSONValue.object(["token": .string($0.0), "logprob": .number($0.1)]) }
                var token = all[0].objectValue ?? [:]
                token["top_logprobs"] = .array(all)
                return JSONValue.object(token)
            }
            choice["logprobs"] = ["content": .array(told)]
        }
        let body: JSONValue = [
            "model": "served", "choices": [.object(choice)],
            "usage": ["prompt_tokens": 10, "completion_tokens": 5],
        ]
        var headers: HTTPHeaders = ["x-scorable-model": "served", "x-scorable-provider": "acme"]
        if let cost { headers.add("x-scorable-cost-nanodollars", String(cost)) }
        return HTTPResponse(status: 200, headers: headers, body: .bytes(JSONWriter.bytes(of: body)))
    }

    /// A verdict.
    static func verdict(_ score: Double) -> HTTPResponse {
        completion("{\"justification\":\"because\",\"score\":\(score)}")
    }
}
