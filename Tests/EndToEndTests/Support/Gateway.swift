import Foundation

/// A running proxy that serves alone.
struct Gateway: Sendable {
    /// Where callers are served, and where operators are.
    let port: Int
    let internalPort: Int
    let program: ChildProgram
    private let path: String

    /// The key of its callers.
    static let key = "sk-gateway-12345"

    var url: String { "http://127.0.0.1:\(port)" }

    private static let only = Task { try await start(try await file()) }

    static func shared() async throws -> Gateway { try await only.value }

    /// Models at a provider of each language, and such as misbehave.
    static func file(more: String = "") async throws -> String {
        let provider = try await ModelProvider.shared().port
        return """
            llmproxyd:
              public: {listen: "127.0.0.1:0"}
              internal: {listen: "127.0.0.1:0"}
            gateway:
              providers:
                - {name: openai, kind: openai_compatible, base_url: "http://127.0.0.1:\(provider)/v1", key: \(ModelProvider.key)}
                - {name: anthropic, kind: anthropic, base_url: "http://127.0.0.1:\(provider)", key: \(ModelProvider.key)}
                - {name: unpaid, kind: openai_compatible, base_url: "http://127.0.0.1:\(provider)/v1", key: \(ModelProvider.key)}
                - {name: google, kind: gemini, base_url: "http://127.0.0.1:\(provider)", key: \(ModelProvider.key)}
                - {name: vertex, kind: vertex_ai, base_url: "http://127.0.0.1:\(provider)", key: \(ModelProvider.key), project: p, location: global}
                - {name: cohere, kind: cohere, base_url: "http://127.0.0.1:\(provider)/v2", key: \(ModelProvider.key)}
                - {name: mistral, kind: mistral, base_url: "http://127.0.0.1:\(provider)/v1", key: \(ModelProvider.key)}
                - {name: aws, kind: bedrock, base_url: "http://127.0.0.1:\(provider)", region: us-east-1, key: "\(ModelProvider.awsKey)"}
              models:
                - {name: gpt, provider: openai, model: m-2026}
                - {name: claude, provider: anthropic, model: claude-sonnet-5}
                - {name: vertex-claude, provider: vertex, model: claude-sonnet-4-5@20250929}
                - {name: bedrock-claude, provider: aws, model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0"}
                - {name: nova, provider: aws, model: "amazon.nova-pro-v1:0"}
                - {name: gemini, provider: google, model: gemini-3-pro}
                - {name: command, provider: cohere, model: command-a}
                - {name: mistral, provider: mistral, model: mistral-large}
                - {name: broken, provider: openai}
                - {name: broken-claude, provider: anthropic, model: broken}
                - {name: limited, provider: openai}
                - {name: busy, provider: openai, model: overloaded}
                - {name: busy-claude, provider: anthropic, model: overloaded}
                - {name: bankrupt, provider: unpaid}
                - {name: slow, provider: openai}
                - {name: impatient, provider: openai, model: slow, timeouts: {total: 1s}}
                - {name: dear, provider: openai, model: gold-plated}
            \(more)  prices:
                - {model: "*", input: 1, output: 2, cached_input: 1}
                - {model: gold-plated, input: 1000000, output: 1000000}
              keys:
                - {name: main, key: \(key)}
                - {name: poor, key: sk-poor-12345, budget: {limit: 0.01}}
            """
    }

    /// Starts one with a settings file.
    static func start(_ file: String, environment: [String: String] = [:]) async throws -> Gateway {
        let path = "/tmp/sce-gateway-\(UUID().uuidString).yaml"
        try file.write(toFile: path, atomically: true, encoding: .utf8)
        let program = try await ChildProgram.start(
            [BuiltFiles.program("scorable-llmproxyd"), "--config", path], environment: .clean.adding(environment))
        let ports = try await eventualValue("the gateway listens: \(program.written)") {
            let text = program.written
            let found = [#/public on 127\.0\.0\.1:(\d+)/#, #/internal on 127\.0\.0\.1:(\d+)/#].compactMap {
                text.firstMatch(of: $0).flatMap { Int($0.1) }
            }
            return found.count == 2 ? found : nil
        }.value
        return Gateway(port: ports[0], internalPort: ports[1], program: program, path: path)
    }

    /// Writes its settings file anew, which counts from the next `SIGHUP` on.
    func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    /// What `--check-config` says about its settings file.
    func checkedSettings() async throws -> String {
        try await ChildProgram.run([BuiltFiles.program("scorable-llmproxyd"), "--config", path, "--check-config"])
            .output
    }

    /// What is answered to a question, with its status in a line behind it.
    func answer(of model: String, isStreaming: Bool = false) async throws -> String {
        try await ChildProgram.run([
            "/usr/bin/env", "curl", "-s", "-w", "\n%{http_code}", "-H", "authorization: Bearer \(Self.key)", "-d",
            #"{"model":"\#(model)","stream":\#(isStreaming),"max_tokens":100,"#
                + #""messages":[{"role":"user","content":"hi"}]}"#, "\(url)/v1/chat/completions",
        ]).output
    }

    /// The status that a call of a model is answered with.
    func status(of model: String) async throws -> Int {
        try await Int(answer(of: model).split(separator: "\n").last ?? "") ?? 0
    }
}
