import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Providers
import Testing

@testable import LLMProxy

/// What callers find beside chats, and how they are recognised where there is no service token.
@Suite struct EndpointTests {
    @Test func embeddingsAreTranslatedAndPaidFor() async throws {
        try await ProxyRig.run { _, _, _ in
            Answer.text(
                200,
                #"{"object":"list","model":"emb-2026","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]}],"#
                    + #""usage":{"prompt_tokens":5,"total_tokens":5}}"#)
        } _: { rig in
            let response = try await rig.post(#"{"model":"gpt","input":"hello"}"#, to: "/v1/embeddings")
            #expect(response.status == 200, "\(response.text)")
            #expect(response.headers[ProxyHeader.cost] == "5000")
            let body = try JSONParser.parse(response.body)
            #expect(body["data"]?[0]?["embedding"]?[1]?.doubleValue == -1)
            #expect(body["usage"]?["prompt_tokens"]?.integerValue == 5)
            #expect(rig.calls.all.map(\.path) == ["/v1/embeddings"])
            let broken = try await rig.post(#"{"model":"gpt"}"#, to: "/v1/embeddings")
            #expect(broken.status == 400 && broken.errorCode == "invalid_request")
        }
    }

    @Test func whatIsLeftOutOfTheWishForVectorsIsTold() async throws {
        let options = ProxyRig.Options { options in
            options.routes = { _, port in CallRoute(ProxyRig.deployment("acme", port, kind: .mistral)) }
        }
        try await ProxyRig.run(options) { _, _, _ in
            Answer.text(200, #"{"data":[{"index":0,"embedding":[1]}],"usage":{"prompt_tokens":1}}"#)
        } _: { rig in
            let response = try await rig.post(#"{"model":"m","input":"x","user":"ann"}"#, to: "/v1/embeddings")
            #expect(response.status == 200, "\(response.text)")
            #expect(response.headers[ProxyHeader.adjusted] == "user=omitted")
        }
    }

    @Test func tokensAreCountedWhereSomebodyCountsElseEstimatedAndSaidSo() async throws {
        try await ProxyRig.run { _, request, _ in
            request.path.hasSuffix("/count_tokens")
                ? Answer.text(200, #"{"input_tokens":17}"#) : Answer.text(500, "")
        } _: { rig in
            func count(_ model: String) async throws -> InboundResponse {
                try await rig.post(
                    #"{"model":"\#(model)","messages":[{"role":"user","content":"how many?"}]}"#,
                    to: "/v1/messages/count_tokens")
            }
            let counted = try await count("claude")
            #expect(counted.text == #"{"input_tokens":17}"#)
            #expect(counted.headers[ProxyHeader.adjusted] == nil)
            let estimated = try await count("gpt")
            #expect(try JSONParser.parse(estimated.body)["input_tokens"]?.integerValue == 16)
            #expect(estimated.headers[ProxyHeader.adjusted] == "input_tokens=approximated")
            let unknown = try await count("unknown")
            #expect(unknown.status == 404)
        }
    }

    @Test func listOfModelsHasTheFormOfWhoeverAsks() async throws {
        try await ProxyRig.run { _, _, _ in
            Answer.text(500, "")
        } _: { rig in
            var request = rig.request(.get, "/v1/models", nil, nil)
            request = request.with { $0.add("anthropic-version", "2023-06-01") }
            let response = try await rig.client.send(request, bodyLimit: 1 << 20)
            let body = try JSONParser.parse(response.body)
            #expect(body["data"]?[0]?["type"]?.stringValue == "model" && body["has_more"]?.boolValue == false)
            #expect(body["last_id"]?.stringValue == "root")
            let plain = try JSONParser.parse(try await rig.get("/v1/models").body)
            #expect(plain["object"]?.stringValue == "list")
        }
    }

    @Test func whatIsRefusedBeforeItIsReadIsToldInTheFormOfWhoeverAsks() async throws {
        try await ProxyRig.run { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let nowhere = try await rig.post("{}", to: "/v1/nothing")
            #expect(nowhere.status == 404 && nowhere.errorCode == "not_found")
            let unknown = try await rig.post(#"{"model":"nobody","max_tokens":1}"#, to: "/v1/messages")
            #expect(unknown.headers["request-id"] == unknown.headers["x-request-id"])
            #expect(unknown.headers["request-id"] != nil)
            var packed = rig.request(.post, "/v1/messages", nil, "\u{1f}")
            packed = packed.with { $0.add("content-encoding", "gzip") }
            let response = try await rig.client.send(packed, bodyLimit: 1 << 20)
            #expect(response.status == 400 && response.text.contains("content-encoding"), "\(response.text)")
        }
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "1e300", "\"5\""])
    func noLimitOfTokensIsTooMuchToCountWith(limit: String) async throws {
        try await ProxyRig.run { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let response = try await rig.post(
                #"{"model":"gpt","max_tokens":\#(limit),"n":128,"messages":[{"role":"user","content":"hi"}]}"#)
            #expect(response.status == 200, "\(response.text)")
        }
    }

    @Test func sameDialectIsPassedOnWithoutBeingRewritten() async throws {
        let answer =
            #"{"id":"msg_1","type":"message","role":"assistant","model":"c","content":[{"type":"novel","x":[1.50]}],"#
            + #""stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":4},"unheard_of":{}}"#
        try await ProxyRig.run { _, _, _ in
            Answer.text(200, answer)
        } _: { rig in
            let body =
                #"{ "model" : "claude" , "max_tokens": 5, "messages":[], "container":{"id":"x"},"unheard_of": 1.50 }"#
            var request = rig.request(.post, "/v1/messages", nil, body)
            request = request.with { $0.add("anthropic-beta", "files-api-2025-04-14") }
            let response = try await rig.client.send(request, bodyLimit: 1 << 20)
            #expect(response.text == answer)
            let call = try #require(rig.calls.all.first)
            #expect(
                String(decoding: call.body, as: UTF8.self)
                    == body.replacing(#""claude""#, with: #""claude-sonnet-5""#))
            #expect(call.headers["anthropic-beta"] == "files-api-2025-04-14")
            #expect(call.headers["x-api-key"] == "sk-provider")
            #expect(call.headers["authorization"] == nil && call.headers[ProxyHeader.organization] == nil)
        }
    }

    // MARK: Callers with keys

    private static func keyed() -> ProxyRig.Options {
        ProxyRig.Options { options in
            let payer = GatewayFileTests.payer
            options.callers = .keys(
                CallerKeys([
                    CallerKeys.Digest(of: "sk-all"): Caller(payer: payer, keyName: "all"),
                    CallerKeys.Digest(of: "sk-some"): Caller(payer: payer, lane: .batch, models: ["other"]),
                ]))
        }
    }

    @Test(arguments: [
        ("authorization", "Bearer sk-all", "gpt", 200), ("x-api-key", "sk-all", "gpt", 200),
        ("authorization", "bearer sk-some", "other", 200), ("authorization", "Bearer sk-some", "gpt", 404),
        ("authorization", "Bearer sk-none", "gpt", 401), ("authorization", "Basic sk-all", "gpt", 401),
        ("x-api-key", "", "gpt", 401), ("other", "sk-all", "gpt", 401),
    ])
    func keyIsAcceptedAsEitherKindOfClientShowsIt(
        field: String, value: String, model: String, status: Int
    ) async throws {
        try await ProxyRig.run(Self.keyed()) { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            var request = rig.request(
                .post, "/v1/chat/completions", nil,
                #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#)
            request = request.with { $0 = ["content-type": "application/json", field: value] }
            let response = try await rig.client.send(request, bodyLimit: 1 << 20)
            #expect(response.status == status, "\(response.text)")
        }
    }

    @Test func newKeysDecideAlsoWhetherAnybodyElseIsServed() throws {
        let known = Caller(payer: GatewayFileTests.payer, keyName: "known")
        let keys = CallerKeys([CallerKeys.Digest(of: "k"): known])
        #expect(throws: CallerRefusal.unknown) { try keys.caller([:]) }
        keys.replace(
            with: [CallerKeys.Digest(of: "k"): known], others: Caller(payer: GatewayFileTests.payer, lane: .batch))
        #expect(try keys.caller([:]).lane == .batch)
        #expect(try keys.caller(["x-api-key": "sk-any"]).lane == .batch)
        #expect(try keys.caller(["x-api-key": "k"]).keyName == "known")
        keys.replace(with: [:])
        #expect(throws: CallerRefusal.unknown) { try keys.caller([:]) }
        #expect(throws: CallerRefusal.invalid) { try keys.caller(["x-api-key": "k"]) }
    }

    @Test func callerMayBeLessUrgentThanItsKeyAndNotMore() throws {
        let keys = CallerKeys([
            CallerKeys.Digest(of: "k"): Caller(payer: GatewayFileTests.payer, lane: .online)
        ])
        let lane = { (wish: String) in try keys.caller(["x-api-key": "k", ProxyHeader.lane: wish]).lane }
        #expect(try lane("backfill") == .backfill)
        #expect(try lane("interactive") == .online)
        #expect(try lane("nonsense") == .online)
    }
}
