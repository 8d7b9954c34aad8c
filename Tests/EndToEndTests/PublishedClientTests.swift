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
            "conversation", "judged_conversation", "threads", "calibration", "prompt_of_older_clients", "uploaded_file",
            "pages",
        ]

        private static let results = Task { try await PublishedExamples.run(examples, of: "published_client.py") }

        @Test(arguments: examples)
        func theExampleRuns(name: String) async throws {
            let error = try await Self.results.value.error(of: name)
            #expect(error.isEmpty, "\(error)")
        }

        @Test func everyExampleIsRun() throws {
            let functions = try PublishedExamples.functions(of: "published_client.py", marked: #/(?m)^def (\w+)\(\):/#)
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
