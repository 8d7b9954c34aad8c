import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The LLM proxy by itself, with a file and nothing else, as programs with OpenAI's and Anthropic's SDKs use it.
    @Suite struct GatewayTests {
        /// The functions of `gateway_client.py`.
        static let examples = [
            "chat", "chat_stream", "chat_tools", "chat_structured", "chat_parse", "chat_thinking", "chat_picture",
            "chat_async", "responses", "responses_tools", "responses_parse", "embeddings", "models", "messages",
            "messages_stream", "messages_tools", "messages_picture", "messages_thinking", "messages_cache",
            "messages_async", "messages_count", "wrong_key", "unknown_model", "wrong_request", "overloaded",
            "bankrupt", "slow", "adjusted", "limited", "broken_stream", "too_dear",
        ]

        /// One model at a provider of each language.
        private static let models = "gpt,claude,vertex-claude,bedrock-claude,nova,gemini,command,mistral"

        /// What each example ended with. They share one process: importing the SDKs takes longer than any of them.
        private static let endings = Task {
            try await ClientExamples.run(examples, of: models, at: try await Gateway.shared().url)
        }

        @Test(arguments: examples)
        func theExampleRuns(name: String) async throws {
            let error = try await Self.endings.value.error(of: name)
            #expect(error.isEmpty, "\(error)")
        }

        @Test func loadBalancerLearnsAtThePublicListenerWhetherItServes() async throws {
            let url = try await Gateway.shared().url
            for (path, status) in [("livez", "200"), ("readyz", "200"), ("metrics", "404")] {
                let answer = try await ChildProgram.run([
                    "/usr/bin/env", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "\(url)/\(path)",
                ])
                #expect(answer.output == status, "\(path)")
            }
        }

        @Test(arguments: ["", "gateway:\n"])
        func anEmptyFileIsAnsweredWithWhatItMaySay(text: String) async throws {
            let place = try TemporaryPlace()
            try text.write(toFile: "\(place.path)/gateway.yaml", atomically: true, encoding: .utf8)
            let outcome = try await ChildProgram.run([
                BuiltFiles.program("scorable-llmproxyd"), "--config", "\(place.path)/gateway.yaml",
            ])
            #expect(outcome.code == 2 && outcome.lines.count == 1, "\(outcome.output)")
            #expect(outcome.output.contains("gateway"), "\(outcome.output)")
        }

        @Test func newFileCountsWithoutARestart() async throws {
            let gateway = try await Gateway.start(try await Gateway.file())
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
