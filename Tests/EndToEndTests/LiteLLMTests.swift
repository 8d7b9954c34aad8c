import Foundation
import Testing

/// Another gateway as the provider: LiteLLM's proxy, unmodified, before the provider of these tests, and with answers of
/// its own.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled("LiteLLM cannot be installed: is PyPI reachable?") { await PythonEnvironment.liteLLM.isThere }
)
struct LiteLLMTests {
    /// Those of `gateway_client.py` that ask a model.
    static let examples = [
        "chat", "chat_stream", "chat_tools", "chat_structured", "chat_parse", "chat_thinking", "chat_picture",
        "chat_async",
        "responses", "responses_tools", "messages", "messages_stream", "messages_tools", "messages_picture",
        "messages_thinking", "messages_cache", "messages_async",
    ]

    private static let key = "sk-litellm-4711"

    private static let gateway = Task {
        let port = try await liteLLM()
        return try await Gateway.start(
            """
            llmproxyd:
              public: {listen: "127.0.0.1:0"}
              internal: {listen: "127.0.0.1:0"}
            gateway:
              providers:
                - {name: litellm, kind: openai_compatible, base_url: "http://127.0.0.1:\(port)/v1", key: \(key)}
                - {name: litellm-messages, kind: anthropic, base_url: "http://127.0.0.1:\(port)", key: \(key)}
              models:
                - {name: gpt, provider: litellm}
                - {name: claude, provider: litellm-messages}
                - {name: canned, provider: litellm}
                - {name: canned-messages, provider: litellm-messages, model: canned}
                - {name: ratelimit, provider: litellm}
                - {name: context, provider: litellm}
                - {name: internal, provider: litellm}
              prices:
                - {model: "*", input: 1, output: 2, cached_input: 1}
              keys:
                - {name: main, key: \(Gateway.key)}
            """)
    }

    /// Starts LiteLLM and returns its port.
    private static func liteLLM() async throws -> Int {
        let provider = try await ModelProvider.shared().port
        let path = "/tmp/sce-litellm-\(UUID().uuidString).yaml"
        let canned = [
            "ratelimit": "RateLimitError", "context": "ContextWindowExceededError", "internal": "InternalServerError",
        ]
        .map {
            " - {model_name: \($0.key), litellm_params: {model: openai/x, api_key: x, mock_response: litellm.\($0.value)}}"
        }
        try """
        model_list:
         - {model_name: gpt, litellm_params: {model: openai/gpt, api_base: "http://127.0.0.1:\(provider)/v1", api_key: \(ModelProvider.key)}}
         - {model_name: claude, litellm_params: {model: anthropic/claude-sonnet-5, api_base: "http://127.0.0.1:\(provider)", api_key: \(ModelProvider.key)}}
         - {model_name: canned, litellm_params: {model: openai/x, api_key: x, mock_response: A canned answer.}}
        \(canned.joined(separator: "\n"))
        litellm_settings: {num_retries: 0, telemetry: false}
        general_settings: {master_key: \(key), disable_spend_logs: true}
        router_settings: {num_retries: 0, disable_cooldowns: true}
        """.write(toFile: path, atomically: true, encoding: .utf8)
        let port = Int.random(in: 20_000..<30_000)
        let program = try await ChildProgram.start(
            [
                try await PythonEnvironment.liteLLM.path(of: "litellm"), "--config", path, "--host", "127.0.0.1",
                "--port", "\(port)", "--num_workers", "1", "--telemetry", "False",
            ],
            environment: .clean.adding([
                "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False", "LITELLM_MODE": "PRODUCTION",
            ]))
        try await eventually("LiteLLM is alive: \(program.written.suffix(2000))", within: .seconds(120)) {
            try await ChildProgram.run([
                "/usr/bin/env", "curl", "-sf", "-o", "/dev/null", "http://127.0.0.1:\(port)/health/liveliness",
            ]).code == 0
        }
        return port
    }

    private static let endings = Task {
        try await ClientExamples.run(examples, of: "gpt,claude", at: try await gateway.value.url)
    }

    @Test(arguments: examples)
    func theExampleRunsThroughBoth(name: String) async throws {
        let error = try await Self.endings.value.error(of: name)
        #expect(error.isEmpty, "\(error)")
    }

    @Test(arguments: [
        ("canned", false, "200", "A canned answer."), ("canned", true, "200", "[DONE]"),
        ("canned-messages", false, "200", "A canned answer."),
        // What it answers to a stream of messages in that case is the whole at once.
        ("canned-messages", true, "200", "A canned answer."), ("context", false, "400", "context_length"),
        ("context", true, "400", "context_length"), ("internal", false, "502", "provider_error"),
        ("internal", true, "502", "provider_error"), ("ratelimit", false, "429", "rate_limited"),
    ])
    func whatItMakesUpIsUnderstood(model: String, isStreaming: Bool, status: String, sign: String) async throws {
        let answer = try await Self.gateway.value.answer(of: model, isStreaming: isStreaming)
        #expect(answer.hasSuffix("\n\(status)") && answer.contains(sign), "\(answer)")
    }
}
