import Foundation
import JSON
import Testing

extension EndToEnd {
    /// The published Python client, unmodified, over HTTPS with the private certificate.
    @Suite struct PublishedClientTests {
        /// The functions of `published_client.py`.
        static let examples = [
            "preset_evaluator", "grounded_answer", "evaluator_by_name", "custom_evaluator", "async_custom_evaluator",
            "versions", "custom_model", "create_judge", "generated_judge", "execution_logs", "log_queries",
            "conversation", "pages",
        ]

        /// What each example ended with; "" for the good end. They share one process: importing the client takes longer
        /// than any of them.
        private static let errors = Task {
            let installation = try await PrivateInstallation.demonstration()
            let python = try await PythonEnvironment.publishedClient.path(of: "python")
            let outcome = try await ChildProgram.run(
                [python, BuiltFiles.client("published_client.py")] + examples,
                environment: .clean.adding(installation.exports), within: .seconds(180))
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

        @Test func everyExampleIsRun() throws {
            let script = try String(contentsOfFile: BuiltFiles.client("published_client.py"), encoding: .utf8)
            let functions = script.matches(of: #/(?m)^def (\w+)\(\):/#).map { String($0.1) }
            #expect(functions == Self.examples)
        }

        /// The way of the first steps that `scorable up` prints.
        @Test func curlTrustsTheCertificateThatEnvNames() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let command = """
                eval "$("$0" env --state "$1")"
                curl -sS "$SCORABLE_API_URL/v1/evaluators/execute/by-name/?name=Helpfulness" \
                    -H "Authorization: Api-Key $SCORABLE_API_KEY" -H 'Content-Type: application/json' \
                    -d '{"request": "How do I reset my password?", "response": "Open Settings, then Security."}'
                """
            let outcome = try await ChildProgram.run(
                ["/bin/sh", "-c", command, BuiltFiles.program("scorable"), installation.place.state])
            #expect(outcome.code == 0, "\(outcome.output)")
            let result = try JSONCodec.decode(JSONValue.self, from: Array(outcome.output.utf8))
            #expect(result.string("evaluator_name") == "Helpfulness")
            #expect(result["score"]?.doubleValue != nil)
            #expect(result.string("justification").localizedCaseInsensitiveContains("demonstration"))
        }
    }
}
