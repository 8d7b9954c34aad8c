import ChatModel
import EventLoop
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Providers
import Testing
import WireAPI

@testable import LLMProxy

/// What operators find.
@Suite struct OperatorTests {
    private func deployments(_ rig: ProxyRig) async throws -> [ProxyDeployment] {
        try JSONCodec.decode(ProxyDeploymentList.self, from: try await rig.get(ProxyDeployment.path).body).deployments
    }

    @Test func healthTellsWhatCallsCameTo() async throws {
        let once = ProxyRig.Options { $0.settings.retries.attempts = 1 }
        try await ProxyRig.run(once) { call, _, _ in
            call <= 6 ? Answer.text(200, Answer.completion) : Answer.text(500, "")
        } _: { rig in
            for _ in 0..<8 { _ = try await rig.ask() }
            _ = try await rig.ask("root")
            let found = try await deployments(rig)
            #expect(found.map(\.provider) == ["acme", "demo"])
            let acme = try #require(found.first)
            #expect(acme.model == "upstream-acme" && acme.condition == "degraded" && acme.score == 75)
            #expect(acme.sentence == "2 of 8 calls of the last 5 minutes failed, with provider_error.")
            #expect(acme.recent.calls == 8 && acme.recent.failures == ["provider_error": 2])
            #expect(acme.recent.promptTokens == 18 && acme.recent.costNanodollars == 66_000)
            #expect(acme.lastFailure?.providerStatus == 500)
            #expect(acme.totals.answered == 6 && acme.totals.failed == 2)
            #expect(acme.minutes.last?.calls == 8)
            #expect(found.last?.score == 100)
            let metric = rig.metric(#"scorable_llm_deployment_health_ratio{provider="acme",model="upstream-acme"}"#)
            #expect(metric == "0.75")
        }
    }

    @Test func strangerSeesNothingOfIt() async throws {
        try await ProxyRig.run { _, _, _ in
            Answer.text(500, "")
        } _: { rig in
            var request = rig.request(.get, ProxyDeployment.path, nil, nil)
            request = request.with { $0["authorization"] = nil }
            let response = try await rig.client.send(request, bodyLimit: 1 << 20)
            #expect(response.status == 401)
        }
    }

    @Test func testCallTellsWhatCameOfIt() async throws {
        try await ProxyRig.run { _, _, body in
            #expect(!String(decoding: body, as: UTF8.self).contains("\"stream\":true"))
            return Answer.text(200, Answer.completion)
        } _: { rig in
            func test(_ model: String) async throws -> ProxyTestResult {
                let wish = #"{"organization_id":"\#(ProxyRig.organization)","model":"\#(model)"}"#
                return try JSONCodec.decode(
                    ProxyTestResult.self, from: try await rig.post(wish, to: ProxyTestCall.path).body)
            }
            let answered = try await test("gpt")
            #expect(answered.isAnswered && answered.provider == "acme" && answered.text == "hi")
            #expect(answered.completionTokens == 4 && answered.costNanodollars == 11_000)
            let gone = try await test("gone")
            #expect(!gone.isAnswered && gone.code == "provider_error")
            #expect(gone.sentence == "The call failed: provider gone could not be reached.")
            let claude = try await test("unknown")
            #expect(claude.code == "no_provider")
        }
    }

    @Test func probeShowsWhetherAProviderIsThere() async throws {
        let isWell = Gate()
        try await ProxyRig.run { _, request, _ in
            guard request.path == "/v1/models" else { return Answer.text(500, "") }
            return isWell.isOpen ? Answer.text(200, #"{"data":[]}"#) : Answer.text(503, "")
        } _: { rig in
            for _ in 0..<2 { _ = try await rig.ask() }
            await rig.parts.probes.probeAll()
            let ill = try #require(try await deployments(rig).first)
            #expect(ill.breaker == "open" && ill.lastProbe?.isAnswered == false)
            #expect(ill.sentence.contains("the last probe failed"))
            isWell.open()
            await rig.parts.probes.probeAll()
            let better = try #require(try await deployments(rig).first)
            // Calls may try it again before the pause is over.
            #expect(better.breaker == "half_open" && better.lastProbe?.isAnswered == true)
        }
    }

    @Test func probeWithOneModelsOwnKeySaysNothingOfAnother() async throws {
        let options = ProxyRig.Options {
            $0.routes = { name, port in
                CallRoute(
                    Deployment(
                        server: .provider(
                            Providers.Provider(.openAICompatible, name: "acme", baseURL: "http://127.0.0.1:\(port)/v1"),
                            model: name), keys: .fixed(ProviderKey("sk-\(name)")), place: "acme"))
            }
        }
        try await ProxyRig.run(options) { _, request, _ in
            let isKnown = request.headers["authorization"] == "Bearer sk-well"
            return isKnown ? Answer.text(200, Answer.completion) : Answer.text(401, "")
        } _: { rig in
            for model in ["well", "ill"] { _ = try await rig.ask(model) }
            await rig.parts.probes.probeAll()
            let found = try await deployments(rig)
            let (ill, well) = (found.first { $0.model == "ill" }, found.first { $0.model == "well" })
            #expect(well?.score == 100 && well?.lastProbe?.isAnswered == true)
            #expect(
                ill?.lastProbe?.reason == "provider acme answered with status 401 when it was asked for its models")
        }
    }

    @Test func probeFindsOutWhatAServerCanDo() async throws {
        try await ProxyRig.run { _, request, body in
            try SelfHostedServer.answer(request.path, String(decoding: body, as: UTF8.self))
        } _: { rig in
            let wish = #"{"url":"http://127.0.0.1:\#(rig.providerPort)/v1"}"#
            let response = try await rig.post(wish, to: ProxyAbilityProbe.path)
            let report = try JSONCodec.decode(ProxyAbilityReport.self, from: response.body)
            #expect(report.kind == "vllm" && report.models == ["tiny"] && report.contextLength == 8192)
            let found = Dictionary(uniqueKeysWithValues: report.abilities.map { ($0.name, $0.finding) })
            #expect(
                found == [
                    "chat": "yes", "streaming": "yes", "usage": "yes", "schema_output": "yes", "tools": "no",
                    "logprobs": "no",
                ])
            #expect(report.abilities.first { $0.name == "tools" }?.evidence.contains("tools are off") == true)
            let gone = try await rig.post(#"{"url":"http://127.0.0.1:1"}"#, to: ProxyAbilityProbe.path)
            let nothing = try JSONCodec.decode(ProxyAbilityReport.self, from: gone.body)
            #expect(nothing.models.isEmpty && nothing.abilities.map(\.finding) == ["unknown"])
            let wrong = try await rig.post(#"{"url":"ftp://x"}"#, to: ProxyAbilityProbe.path)
            #expect(wrong.status == 400)
        }
    }
}

extension OperatorTests {
    @Test func llamaServerIsAskedWithTheKeyAndTellsWhatItReads() async throws {
        try await ProxyRig.run { _, request, _ in
            guard request.headers["authorization"] == "Bearer k" else { return Answer.text(401, "{}") }
            return switch request.path {
            case "/props": Answer.text(200, #"{"default_generation_settings":{"n_ctx":4096}}"#)
            case "/v1/models": Answer.text(200, #"{"data":[{"id":"tiny","meta":{"n_ctx_train":131072}}]}"#)
            default: Answer.text(200, Answer.completion)
            }
        } _: { rig in
            let wish = #"{"url":"http://127.0.0.1:\#(rig.providerPort)/v1","sealed_key":"aw=="}"#
            let response = try await rig.post(wish, to: ProxyAbilityProbe.path)
            let report = try JSONCodec.decode(ProxyAbilityReport.self, from: response.body)
            #expect(report.kind == "llama_cpp" && report.contextLength == 4096, "\(response.text)")
        }
    }
}

/// A server with one small model, as somebody runs it at home.
private enum SelfHostedServer {
    static func answer(_ path: String, _ body: String) throws -> HTTPResponse {
        guard path.hasSuffix("/chat/completions") else {
            return Answer.text(200, #"{"data": [{"id": "tiny", "owned_by": "vllm", "max_model_len": 8192}]}"#)
        }
        if body.contains("\"tools\"") { return Answer.text(400, #"{"error":{"message":"tools are off"}}"#) }
        if body.contains("json_schema") {
            return Answer.text(200, Answer.completion.replacing(#""content":"hi""#, with: #""content":"{\"legs\":8}""#))
        }
        guard body.contains("\"stream\":true") else { return Answer.text(200, Answer.completion) }
        return Answer.pieces([Answer.chunk, Answer.last, Answer.usage, Answer.done])
    }
}
