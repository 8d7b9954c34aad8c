import Foundation
import Glibc
import JSON
import Testing

extension EndToEnd {
    /// The LLM proxy by itself, with a file and nothing else, as programs with OpenAI's and Anthropic's SDKs use it.
    @Suite struct GatewayTests {
        /// The functions of `gateway_client.py`.
        static let examples = [
            "chat", "chat_stream", "chat_tools", "chat_structured", "chat_picture", "chat_async", "responses",
            "embeddings", "models", "messages", "messages_stream", "messages_tools", "messages_count", "wrong_key",
            "unknown_model", "wrong_request", "limited", "broken_stream", "too_dear",
        ]

        /// What each example ended with; "" for the good end. They share one process: importing the SDKs takes longer
        /// than any of them.
        private static let errors = Task {
            let gateway = try await Gateway.shared()
            let python = try await PythonEnvironment.providerSDKs.path(of: "python")
            let outcome = try await ChildProgram.run(
                [python, BuiltFiles.client("gateway_client.py"), gateway.url, Gateway.key] + examples,
                within: .seconds(180))
            var errors: [String: String] = [:]
            for line in outcome.lines {
                guard let result = try? JSONCodec.decode(JSONValue.self, from: Array(line.utf8)) else { continue }
                errors[result.string("name")] = result.string("error")
            }
            return (errors, outcome.output)
        }

        @Test(arguments: examples)
        func theExampleRuns(name: String) async throws {
            let (errors, output) = try await Self.errors.value
            let error = try #require(errors[name], "the example did not end: \(output)")
            #expect(error.isEmpty, "\(error)")
        }

        @Test func newFileCountsWithoutARestart() async throws {
            let gateway = try await Gateway.start()
            #expect(try await gateway.status(of: "newcomer") == 404)
            try gateway.write(try await Gateway.file(more: "    - {name: newcomer, provider: openai}\n"))
            kill(gateway.program.pid, SIGHUP)
            try await eventually("the new model is served: \(gateway.program.written)") {
                try await gateway.status(of: "newcomer") == 200
            }
            try gateway.write("gateway: {providers: nonsense}")
            kill(gateway.program.pid, SIGHUP)
            try await eventually("the mistake is told") {
                gateway.program.written.contains("the old settings stay in force")
            }
            #expect(try await gateway.status(of: "newcomer") == 200)
            kill(gateway.program.pid, SIGTERM)
            #expect(try await gateway.program.end(within: .seconds(20)).code == 0)
        }
    }
}

/// A running proxy that serves alone.
private struct Gateway: Sendable {
    let port: Int
    let program: ChildProgram
    private let path: String

    static let key = "sk-gateway-12345"
    private static let providerKey = "sk-provider-4711"

    var url: String { "http://127.0.0.1:\(port)" }

    private static let only = Task { try await start() }

    static func shared() async throws -> Gateway { try await only.value }

    private static let provider = Task {
        let program = try await ChildProgram.start([
            "/usr/bin/env", "python3", BuiltFiles.client("model_provider.py"), providerKey,
        ])
        return try await eventualValue("the provider listens: \(program.written)") {
            program.written.contains("\n") ? Int(program.written.filter(\.isNumber)) : nil
        }.value
    }

    static func file(more: String = "") async throws -> String {
        let provider = try await provider.value
        return """
            llmproxyd:
              public: {listen: "127.0.0.1:0"}
              internal: {listen: "127.0.0.1:0"}
            gateway:
              providers:
                - {name: openai, kind: openai_compatible, base_url: "http://127.0.0.1:\(provider)/v1", key: \(providerKey)}
                - {name: anthropic, kind: anthropic, base_url: "http://127.0.0.1:\(provider)", key: \(providerKey)}
              models:
                - {name: gpt, provider: openai, model: m-2026}
                - {name: claude, provider: anthropic, model: claude-sonnet-5}
                - {name: broken, provider: openai}
                - {name: broken-claude, provider: anthropic, model: broken}
                - {name: limited, provider: openai}
                - {name: dear, provider: openai, model: gold-plated}
            \(more)  prices:
                - {model: "*", input: 1, output: 2, cached_input: 1}
                - {model: gold-plated, input: 1000000, output: 1000000}
              keys:
                - {name: main, key: \(key)}
                - {name: poor, key: sk-poor-12345, budget: {limit: 0.01}}
            """
    }

    static func start() async throws -> Gateway {
        let path = "/tmp/sce-gateway-\(UUID().uuidString).yaml"
        try await file().write(toFile: path, atomically: true, encoding: .utf8)
        let program = try await ChildProgram.start([BuiltFiles.program("scorable-llmproxyd"), "--config", path])
        let port = try await eventualValue("the gateway listens: \(program.written)") {
            program.written.firstMatch(of: #/public on 127\.0\.0\.1:(\d+)/#).flatMap { Int($0.1) }
        }.value
        return Gateway(port: port, program: program, path: path)
    }

    func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    /// The status that a call of a model is answered with.
    func status(of model: String) async throws -> Int {
        let outcome = try await ChildProgram.run([
            "/usr/bin/env", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H",
            "authorization: Bearer \(Self.key)", "-d",
            #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#, "\(url)/v1/chat/completions",
        ])
        return Int(outcome.output) ?? 0
    }
}
