import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import JSON
import Synchronization
import WireAPI

/// A replica of the LLM proxy that says what tests want it to say, to whoever shows the service token.
final class ProxyStandIn: Sendable {
    private struct Script {
        var deployments: [ProxyDeployment] = []
        var places: [ProxyLimitReport.Place] = []
        var keys: [ProxyKeyReport.Key] = []
        var testCalls: [ProxyTestCall] = []
        var probes: [ProxyAbilityProbe] = []
    }

    private let script: Mutex<Script>
    private let listener: HTTPListener

    var url: String { "http://127.0.0.1:\(listener.port)" }
    /// The test calls and probes that it was asked for.
    var testCalls: [ProxyTestCall] { script.withLock { $0.testCalls } }
    var probes: [ProxyAbilityProbe] { script.withLock { $0.probes } }

    init(on loops: LoopGroup) async throws {
        let box = Box()
        listener = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { request in
            guard let standIn = box.standIn.withLock({ $0 }) else { return .text("", status: 503) }
            return await standIn.answer(request)
        }
        script = Mutex(Script())
        box.standIn.withLock { $0 = self }
        try await listener.start()
    }

    /// What the listener's handler knows of the one that it serves.
    private final class Box: Sendable {
        let standIn = Mutex<ProxyStandIn?>(nil)
    }

    private let replica = UUID()

    func say(
        _ deployments: [ProxyDeployment] = [], places: [ProxyLimitReport.Place] = [], keys: [ProxyKeyReport.Key] = []
    ) {
        script.withLock {
            $0.deployments += deployments
            $0.places += places
            $0.keys += keys
        }
    }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        guard request.headers["authorization"] == "Bearer token" else { return .text("", status: 401) }
        do {
            switch request.path {
            case ProxyDeployment.path:
                return .json(
                    ProxyDeploymentList(replica: replica, deployments: script.withLock { $0.deployments }))
            case ProxyLimitReport.path:
                return .json(
                    ProxyLimitReport(isSharing: true, awayMs: nil, waiting: 0, places: script.withLock { $0.places }))
            case ProxyTestCall.path: return try await testCall(request)
            case ProxyAbilityProbe.path: return try await probe(request)
            default:
                guard request.path.hasSuffix("/keys") else { return .text("", status: 404) }
                return .json(ProxyKeyReport(keys: script.withLock { $0.keys }))
            }
        } catch {
            return .text("\(error)", status: 500)
        }
    }

    private func testCall(_ request: HTTPRequest) async throws -> HTTPResponse {
        let call = try JSONCodec.decode(ProxyTestCall.self, from: try await request.body.collect(upTo: 1 << 20))
        script.withLock { $0.testCalls.append(call) }
        return .json(
            ProxyTestResult(
                isAnswered: true, sentence: "\(call.model) answered.", provider: "acme", model: call.model,
                text: "ready",
                durationMs: 12, promptTokens: 8, completionTokens: 1, costNanodollars: 900))
    }

    /// At a server whose address names vLLM there is one; one that is away lists nothing.
    private func probe(_ request: HTTPRequest) async throws -> HTTPResponse {
        let wish = try JSONCodec.decode(
            ProxyAbilityProbe.self, from: try await request.body.collect(upTo: 1 << 20))
        script.withLock { $0.probes.append(wish) }
        guard wish.url.contains("vllm") else {
            return .json(
                ProxyAbilityReport(
                    kind: "openai_compatible", models: [], model: wish.model, contextLength: nil,
                    abilities: [
                        .init(name: "chat", finding: "unknown", evidence: "The server does not list its models.")
                    ], durationMs: nil))
        }
        return .json(
            ProxyAbilityReport(
                kind: "vllm", models: ["tiny", "big"], model: wish.model ?? "tiny", contextLength: 8192,
                abilities: [
                    .init(name: "chat", finding: "yes", evidence: "It answered: ready"),
                    .init(name: "tools", finding: "no", evidence: "Tools are off."),
                ], durationMs: 40))
    }
}

extension ProxyDeployment {
    /// A deployment as a replica may know it.
    static func sample(
        at place: UUID, _ provider: String, _ model: String, condition: String = "healthy", score: Int = 100,
        sentence: String = "Every call of the last 5 minutes was answered.", breaker: String = "closed",
        running: Int = 0, calls: Int = 0, failures: [String: Int] = [:], bin: Int = 30, minutes: [Minute] = []
    ) -> ProxyDeployment {
        let latency = Latency(
            p50Ms: 200, p95Ms: 220, p99Ms: 230, bins: calls > 0 ? [bin] : [], counts: calls > 0 ? [calls] : [])
        return ProxyDeployment(
            provider: provider, model: model, place: place.uuidString.lowercased(), condition: condition, score: score,
            sentence: sentence, breaker: breaker, breakerPauseMs: breaker == "open" ? 4000 : nil, isDrained: false,
            running: running,
            lastFailure: failures.isEmpty
                ? nil
                : Failure(
                    code: "provider_error", message: "provider \(provider) failed", providerStatus: 500, ageMs: 2000),
            lastProbe: Probe(isAnswered: true, reason: nil, durationMs: 31, ageMs: 5000),
            recent: Recent(
                minutes: 5, calls: calls, abandoned: 0, failures: failures, promptTokens: calls * 10,
                completionTokens: calls, costNanodollars: Int64(calls) * 100, firstByte: latency, whole: latency),
            totals: Totals(
                answered: calls, failed: 0, abandoned: 0, promptTokens: 0, completionTokens: 0, costNanodollars: 0),
            minutes: minutes)
    }
}
