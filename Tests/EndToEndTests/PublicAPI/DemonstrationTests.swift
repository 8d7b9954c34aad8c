import Foundation
import HTTPMessages
import JSON
import Testing
import WireAPI

extension EndToEnd.PublicAPI {
    /// Worked examples from their definition to the prompt that shows them.
    @Suite struct DemonstrationTests {
        private static let examples: JSONValue = [
            ["request": "Here you are.", "response": "Thank you!", "score": 1, "justification": "It thanks."],
            ["response": "Go away.", "score": 0.05],
        ]

        private func made(_ examples: JSONValue = examples, _ others: JSONObject = [:]) async throws -> Reply {
            var body: JSONObject = ["evaluator_demonstrations": examples]
            for member in others.members { body[member.key] = member.value }
            return try await PrivateInstallation.demonstration().api.makeEvaluator(
                named: "Shown-\(UUID().uuidString)", criteria: "How polite is {{response}}?", body)
        }

        /// The prompt of one execution, as operators see it.
        private func prompt(_ id: String, _ response: String = "You are welcome.") async throws -> String {
            let installation = try await PrivateInstallation.demonstration()
            let reply = try await installation.api.post(
                "/v1/evaluators/execute/\(id)/", ["response": .string(response)])
            #expect(reply.status == 200, "\(reply.text)")
            let log = try #require(UUID(uuidString: reply.string("execution_log_id")))
            return try #require(try await installation.administrator().ask(.execution(log)).renderedPrompt)
        }

        @Test func ownExamplesAreKeptAndShownToTheModel() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let evaluator = try await made()
            let shown: JSONValue = [
                ["request": "Here you are.", "response": "Thank you!", "score": 1.0, "justification": "It thanks."],
                ["request": "", "response": "Go away.", "score": 0.05, "justification": ""],
            ]
            #expect(evaluator["evaluator_demonstrations"] == shown, "\(evaluator.text)")
            let read = try await api.get("/v1/evaluators/\(evaluator.string("id"))/")
            #expect(read["evaluator_demonstrations"] == shown)
            let prompt = try await prompt(evaluator.string("id"))
            #expect(prompt.contains("Worked examples"))
            let lines = prompt.split(separator: "\n")
            for (block, text) in [
                ("examples.1.request", "Here you are."), ("examples.1.response", "Thank you!"),
                ("examples.1.justification", "It thanks."), ("examples.1.score", "1.0"),
                ("examples.2.response", "Go away."), ("examples.2.score", "0.05"),
            ] {
                let place = lines.firstIndex { $0.hasPrefix("[BEGIN \(block) ") }
                #expect(place.map { lines[$0 + 1] == text } == true, "\(block): \(prompt)")
            }
            #expect(try await !self.prompt(evaluator.string("id"), "Go away.").contains("examples.2."))
        }

        @Test func versionsKeepTheirExamplesWhateverComesLater() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let evaluator = try await made()
            let (id, first) = (evaluator.string("id"), evaluator.string("version_id"))
            let renamed = try await api.patch(
                "/v1/evaluators/\(id)/", ["change_note": "only a note", "evaluator_demonstrations": nil])
            #expect(renamed["evaluator_demonstrations"]?.arrayValue?.count == 2, "null changes nothing")
            let emptied = try await api.patch("/v1/evaluators/\(id)/", ["evaluator_demonstrations": []])
            #expect(emptied["evaluator_demonstrations"] == [], "\(emptied.text)")
            #expect(try await !prompt(id).contains("Worked examples"))
            let old = try await api.get("/v1/evaluators/\(id)/?version_id=\(first)")
            #expect(old["evaluator_demonstrations"]?.arrayValue?.count == 2)
            let counts = try await api.get("/v1/evaluators/versions/\(id)/").results.map {
                $0["evaluator_demonstrations"]?.arrayValue?.count
            }
            #expect(counts == [0, 2, 2])
            let copy = try await api.post("/v1/evaluators/duplicate/\(id)/", [:])
            #expect(copy["evaluator_demonstrations"] == [])
        }

        @Test func examplesTravelWithTheDocument() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let evaluator = try await made()
            let document = try await api.get("/v1/evaluators/export/\(evaluator.string("id"))/").text
            #expect(document.contains("demonstrations:") && document.contains("Go away."), "\(document)")
            let imported = try await api.post(
                "/v1/evaluators/import-yaml/", ["yaml": .string(document), "overwrite": false])
            #expect(imported.status == 201, "\(imported.text)")
            let again = try await api.get("/v1/evaluators/export/\(imported.string("id"))/").text
            #expect(again == document)
            let prompt = try await prompt(imported.string("id"))
            #expect(prompt.contains("Go away.") && prompt.contains("It thanks."), "\(prompt)")
        }

        @Test func annotatedItemsOfADatasetAreExamples() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let items = try await api.makeDataset(of: [
                ["request": "Help me", "response": "Certainly."], ["response": "Nobody labelled this."],
            ])
            let first = try #require(
                try await api.get(items).results.first { $0.string("response") == "Certainly." })
            let label = try await api.post(
                "/v1/annotations/",
                ["dataset_item": .string(first.string("id")), "value": 0.9, "rationale": "Polite and short."])
            #expect(label.status == 201, "\(label.text)")
            let dataset = String(items.split(separator: "/")[2])
            let evaluator = try await made([], ["demonstration_dataset_id": .string(dataset)])
            let prompt = try await prompt(evaluator.string("id"))
            for text in ["Help me", "Certainly.", "Polite and short.", "0.9"] {
                #expect(prompt.contains("\n\(text)\n"), "\(text): \(prompt)")
            }
            #expect(!prompt.contains("Nobody labelled this."))
        }

        @Test func whatIsNoExampleIsNamed() async throws {
            let api = try await PrivateInstallation.demonstration().api
            for examples in [
                [["response": "x", "score": 1.5]], [["score": 0.5]],
                .array(Array(repeating: ["response": "x", "score": 0.5], count: 101)),
            ] as [JSONValue] {
                let reply = try await api.post(
                    "/v1/evaluators/",
                    [
                        "name": "Wrong", "scoring_criteria": "{{response}}", "objective": ["intent": "To test"],
                        "evaluator_demonstrations": examples,
                    ])
                expectProblem(reply, 400, "invalid", field: "evaluator_demonstrations")
            }
            let foreign = try await api.post(
                "/v1/evaluators/",
                [
                    "name": "Wrong", "scoring_criteria": "{{response}}", "objective": ["intent": "To test"],
                    "demonstration_dataset_id": .string(unknownID),
                ])
            expectProblem(foreign, 400, "invalid", field: "demonstration_dataset_id")
        }

        @Test func thoroughnessIsAskingSeveralTimesAndSaysHowMuchTheAnswersAgree() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            for (behavior, attempts, confidence) in [("fast", 1, nil), ("balanced", 1, nil), ("thorough", 3, 1.0)] {
                let evaluator = try await made([], ["behavior": .string(behavior)])
                let reply = try await installation.api.post(
                    "/v1/evaluators/execute/\(evaluator.string("id"))/", ["response": "Thank you."])
                #expect(reply["confidence"]?.doubleValue == confidence, "\(behavior): \(reply.text)")
                let log = try #require(UUID(uuidString: reply.string("execution_log_id")))
                #expect(try await caller.ask(.execution(log)).attempts == attempts, "\(behavior)")
                let details = try await installation.api.get("/v1/execution-logs/\(log.uuidString.lowercased())/")
                #expect(details["confidence"]?.doubleValue == confidence)
            }
        }
    }
}
