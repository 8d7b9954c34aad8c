import Foundation
import JSON
import Testing

extension EndToEnd {
    /// The published command-line client, unmodified: every command that it has.
    @Suite struct CommandLineClientTests {
        /// A folder of its own: the client keeps its settings in the home folder and its tests in the working one.
        private let place: TemporaryPlace

        init() throws { place = try TemporaryPlace() }

        /// Runs a command as a person would, in a terminal so wide that no line is cut.
        private func run(_ arguments: [String], input: String = "") async throws -> ChildProgram.Outcome {
            let installation = try await PrivateInstallation.demonstration()
            let program = try await PythonEnvironment.commandLineClient.path(of: "scorable-cli")
            return try await ChildProgram.run(
                ["/bin/sh", "-c", "cd \"$HOME\" && exec \"$0\" \"$@\"", program] + arguments,
                environment: .clean.adding([
                    "HOME": place.path, "COLUMNS": "4000", "SCORABLE_API_KEY": installation.apiKey,
                    "SCORABLE_API_URL": installation.api.base,
                ]), input: input, within: .seconds(120))
        }

        /// The output of a command that has to succeed. The client ends with 0 whatever happens, but for what it says.
        private func output(
            _ arguments: String..., input: String = "", saying word: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws -> String {
            let outcome = try await run(arguments, input: input)
            #expect(outcome.code == 0, "\(outcome.output)", sourceLocation: sourceLocation)
            #expect(outcome.output.contains(word), "\(outcome.output)", sourceLocation: sourceLocation)
            #expect(!outcome.output.contains("Error:"), "\(outcome.output)", sourceLocation: sourceLocation)
            return outcome.output
        }

        /// The last JSON object that the client printed.
        private func object(in output: String) throws -> JSONValue {
            let lines = output.components(separatedBy: "\n")
            let first = try #require(
                lines.lastIndex { $0.trimmingCharacters(in: .whitespaces) == "{" && $0.hasPrefix("{") })
            let last = try #require(lines.lastIndex { $0.hasPrefix("}") })
            return try JSONCodec.decode(JSONValue.self, from: Array(lines[first...last].joined(separator: "\n").utf8))
        }

        private func makeJudge(named name: String) async throws -> JSONValue {
            try object(
                in: try await output(
                    "judge", "create", "--name", name, "--intent", "To judge answers about returns", "--stage",
                    "answer",
                    "--evaluator-references", "[{\"id\": \"\(rootEvaluator)\"}]",
                    saying: "Judge created successfully!"))
        }

        @Test func judgesAreMadeLookedAtChangedCopiedAndDeleted() async throws {
            let name = "Made by hand \(UUID().uuidString)"
            let judge = try await makeJudge(named: name)
            let id = judge.string("id")
            #expect(judge.string("name") == name && judge.string("stage") == "answer")
            let listed = try await output("judge", "list", "--name", name, "--page-size", "5", saying: id)
            #expect(listed.contains("Judges"))
            _ = try await output(
                "judge", "list", "--search", name, "--ordering", "-created_at", "--not-is-preset", "--not-is-public",
                "--not-show-global", saying: id)
            let got = try await output("judge", "get", id, saying: "details")
            #expect(try object(in: got).string("id") == id)
            let changed = try await output(
                "judge", "update", id, "--name", "\(name) anew", "--stage", "greeting", "--evaluator-references", "[]",
                saying: "updated successfully!")
            #expect(try object(in: changed).string("name") == "\(name) anew")
            let copied = try await output("judge", "duplicate", id, saying: "duplicated successfully!")
            let copy = try object(in: copied).string("id")
            #expect(copy != id)
            for judge in [id, copy] {
                _ = try await output("judge", "delete", judge, "--yes", saying: "deleted successfully.")
            }
            let gone = try await run(["judge", "get", id])
            #expect(
                gone.output.contains("API Error: 404") && gone.output.contains("Judge not found."), "\(gone.output)")
        }

        @Test func pagesAreFollowedByTheCursorThatIsPrinted() async throws {
            let mark = UUID().uuidString
            var made: Set<String> = []
            for number in 1...3 { made.insert(try await makeJudge(named: "Page \(number) of \(mark)").string("id")) }
            let first = try await output("judge", "list", "--search", mark, "--page-size", "2", saying: "Next page")
            let cursor = try #require(first.firstMatch(of: #/--cursor "([^"]+)"/#)?.1)
            let second = try await output(
                "judge", "list", "--search", mark, "--page-size", "2", "--cursor", String(cursor), saying: "Judges")
            let seen = made.filter { first.contains($0) }
            #expect(seen.count == 2)
            #expect(made.filter { second.contains($0) } == made.subtracting(seen))
        }

        @Test func judgesAreExecuted() async throws {
            let name = "Executed by hand \(UUID().uuidString)"
            let id = try await makeJudge(named: name).string("id")
            let result = try object(
                in: try await output(
                    "judge", "execute", id, "--request", "How long can I return?", "--response", "Within 30 days.",
                    "--contexts", "[\"Items may be returned within 30 days.\"]", "--expected-output", "30 days",
                    "--tag", "by-hand", "--tag", "returns", "--user-id", "user-1", "--session-id", "session-1",
                    "--system-prompt", "Be kind.", saying: "Judge execution successful!"))
            #expect(result["evaluator_results"]?.arrayValue?.first?["score"]?.doubleValue != nil, "\(result)")
            let log = try await PrivateInstallation.demonstration().api.get(
                "/v1/execution-logs/\(result.string("execution_log_id"))/")
            #expect(log["tags"] == ["by-hand", "returns"] && log.string("user_id") == "user-1", "\(log.text)")
            // What is piped in is the response.
            let piped = try await run(
                ["judge", "execute-by-name", name, "--request", "How long can I return?"], input: "Within 30 days.")
            #expect(piped.output.contains("Judge execution by name successful!"), "\(piped.output)")
        }

        /// The client takes whatever is answered below `judges/` for a judge, and complains that an answer of a model is none;
        /// what it was answered is seen in the logs.
        @Test func judgesLookAtAnswersOfModels() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let id = try await makeJudge(named: "Asked by hand \(UUID().uuidString)").string("id")
            let messages = "[{\"role\": \"user\", \"content\": \"How long can I return an item?\"}]"
            let specific = try await run(
                [
                    "judge", "exec-openai", id, "--model", "gpt-4o", "--messages", messages, "--extra-body",
                    "{\"temperature\": 0}",
                ])
            #expect(!specific.output.contains("API Error"), "\(specific.output)")
            let generic = try await run(["judge", "exec-openai-generic", "--model", id, "--messages", messages])
            #expect(!generic.output.contains("API Error"), "\(generic.output)")
            let logs = try await api.get("/v1/execution-logs/?judge_id=\(id)&execution_type=judge").results
            #expect(logs.count == 2 && logs.allSatisfy { $0["score"]?.doubleValue != nil }, "\(logs)")
        }

        /// The file that it makes, as it is; `pt` and `prompt-test` are the same.
        @Test func promptTestsAreWrittenAndRun() async throws {
            _ = try await output("pt", "init", saying: "created successfully")
            let run = try await output(
                "prompt-test", "run", "--output", "results.json", "--config", "prompt-tests.yaml",
                saying: "All prompt tests completed.")
            #expect(run.contains("Aggregated Prompt Test Results") && !run.contains("Failed to create"), "\(run)")
            let results = try JSONCodec.decode(
                JSONValue.self, from: [UInt8](Data(contentsOf: URL(filePath: "\(place.path)/results.json"))))
            let tests = try #require(results.arrayValue)
            #expect(tests.count == 4, "two prompts on two models")
            for test in tests {
                let tasks = try #require(test["tasks"]?.arrayValue)
                #expect(tasks.count == 2 && tasks.allSatisfy { $0.string("status") == "completed" }, "\(test)")
                for task in tasks {
                    #expect(!task.string("llm_output").isEmpty && task["variables"]?["text"] != nil, "\(task)")
                    let scores = task["evaluation_results"]?.arrayValue ?? []
                    #expect(Set(scores.map { $0.string("name") }) == ["Precision", "Confidentiality"], "\(task)")
                    #expect(scores.allSatisfy { $0["score"]?.doubleValue != nil }, "\(task)")
                }
                #expect(Set(test["evaluators"]?.arrayValue?.map { $0.string("name") } ?? []).count == 2)
            }
        }
    }
}
