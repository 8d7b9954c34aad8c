import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// Evaluators as documents that are carried from one organisation to another.
    @Suite struct EvaluatorCarriageTests {
        private static let document = """
            name: Competitor mentions
            objective:
              intent: To keep competitors out of answers
            scoring_criteria: |
              Does {{response}} avoid naming competitors?
            model: gpt-5-mini
            behavior: fast
            demonstrations:
              - request: Which shop is best?
                response: Ours is.
                score: 1
                justification: It names nobody else.
              - response: The one across the street.
                score: 0.1
            calibration:
              - response: We do not compare ourselves.
                score: 0.9

            """

        private func load(_ api: APIClient, _ yaml: String, overwrite: Bool = false) async throws -> Reply {
            try await api.post(
                "/v1/evaluators/import-yaml/", ["yaml": .string(yaml), "overwrite": .bool(overwrite)])
        }

        @Test func aDocumentMakesAnEvaluatorWithItsExamples() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await load(api, Self.document)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.string("name") == "Competitor mentions" && made.string("behavior") == "fast")
            let dataset = made.string("demonstration_dataset_id")
            let items = try await api.get("/v1/datasets/\(dataset)/items/")
            #expect(items.results.count == 2, "\(items.text)")
            let scores = items.results.compactMap { $0["annotations"]?[0]?["value"]?.doubleValue }
            #expect(Set(scores) == [1, 0.1], "\(items.text)")
            let calibration = try await api.get("/v1/datasets/?search=Competitor%20mentions%20calibration")
            #expect(!calibration.results.isEmpty, "\(calibration.text)")
        }

        @Test func whatIsExportedMakesTheSameEvaluatorAgain() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let made = try await load(api, Self.document)
            let first = try await api.get("/v1/evaluators/export/\(made.string("id"))/")
            #expect(first.headers["content-type"]?.hasPrefix("application/yaml") == true)
            #expect(!first.text.contains(made.string("id")), "no identifiers: \(first.text)")
            let again = try await load(api, first.text)
            #expect(again.status == 201 && again.string("id") != made.string("id"), "\(again.text)")
            let second = try await api.get("/v1/evaluators/export/\(again.string("id"))/")
            #expect(first.text == second.text)
            let overwritten = try await load(api, first.text, overwrite: true)
            #expect(overwritten.string("id") == again.string("id"), "the newest of that name")
        }

        @Test func everyMistakeIsNamedWithItsLine() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let wrong = """
                name: Wrong
                objective:
                  intention: none
                scoring_criteria: Rate {{response}}
                demonstrations:
                  - response: x
                    score: 7

                """
            let reply = try await load(api, wrong)
            expectProblem(reply, 400, "invalid", field: "yaml")
            let complaints = reply["yaml"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(complaints.contains { $0.contains("line 3") && $0.contains("intention") }, "\(complaints)")
            #expect(complaints.contains { $0.contains("line 7") && $0.contains("0 to 1") }, "\(complaints)")
            expectProblem(try await load(api, "name: [unfinished"), 400, "invalid", field: "yaml")
            expectProblem(try await api.get("/v1/evaluators/export/\(unknownID)/"), 404, "not_found")
        }

        @Test func theSchemaOfDocumentsIsThereForEditors() async throws {
            let api = try await PrivateInstallation.demonstration().api
            let schema = try await api.showing(nil).get("/schema/evaluator.json")
            #expect(schema.status == 200 && schema["properties"]?["scoring_criteria"] != nil, "\(schema.text)")
        }
    }
}
