import ChatModel
import HTTPMessages
import HTTPServer
import HTTPTransfer
import Providers
import Testing

@testable import LLMProxy

/// Wishes that a caller can do without decide nothing.
@Suite struct DispensableWishTests {
    private static let wish =
        #"{"model":"m","messages":[{"role":"user","content":"hi"}],"logprobs":true,"top_logprobs":5,"max_tokens":9}"#
    private static let answer =
        #"{"id":"x","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"hi"}],"#
        + #""stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"#

    /// First at Anthropic, which tells no probabilities, then at one that does.
    private static var options: ProxyRig.Options {
        ProxyRig.Options { options in
            options.routes = { _, port in
                CallRoute(stages: [
                    CallRoute.Stage(
                        .ordered,
                        [
                            ProxyRig.deployment("anthropic", port, kind: .anthropic, model: "claude-sonnet-5"),
                            ProxyRig.deployment("acme", port),
                        ])
                ])
            }
        }
    }

    @Test func whatAProviderCannotTellIsLeftOutInsteadOfAskingAnother() async throws {
        try await ProxyRig.run(Self.options) { _, request, _ in
            request.path.contains("messages") ? Answer.text(200, Self.answer) : Answer.text(200, Answer.completion)
        } _: { rig in
            var request = rig.request(.post, "/v1/chat/completions", nil, Self.wish)
            let divert = try await rig.client.send(request, bodyLimit: 1 << 20)
            #expect(divert.headers[ProxyHeader.provider] == "acme", "without a word it is a condition")
            request = request.with { $0.add(ProxyHeader.dispensable, "logprobs") }
            let plain = try await rig.client.send(request, bodyLimit: 1 << 20)
            #expect(plain.status == 200 && plain.headers[ProxyHeader.provider] == "anthropic", "\(plain.text)")
            #expect(plain.headers[ProxyHeader.adjusted]?.contains("logprobs=omitted") == true)
        }
    }

    @Test(arguments: ["max_tokens", #"reasoning_effort":"low","max_completion_tokens"#])
    func providerThatChoosesServersByWishesIsNotMadeToChoose(member: String) async throws {
        let options = ProxyRig.Options { options in
            options.routes = { _, port in CallRoute(ProxyRig.deployment("router", port, kind: .openRouter)) }
        }
        try await ProxyRig.run(options) { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let wish = Self.wish.replacing("max_tokens", with: member)
            var request = rig.request(.post, "/v1/chat/completions", nil, wish)
            request = request.with { $0.add(ProxyHeader.dispensable, "logprobs") }
            let answer = try await rig.client.send(request, bodyLimit: 1 << 20)
            #expect(answer.status == 200, "\(answer.text)")
            let body = String(decoding: try #require(rig.calls.all.first).body, as: UTF8.self)
            #expect(!body.contains("logprobs"), "\(body)")
        }
    }
}
