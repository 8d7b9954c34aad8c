import Foundation
import JSON
import Testing

extension EndToEnd {
    /// Datasets, labels and calibration with the published Python client, unmodified.
    @Suite struct LabelClientTests {
        /// The functions of `label_client.py`.
        static let examples = [
            "score_configs", "uploaded_dataset", "labelled_items", "calibration", "async_calibration",
        ]

        /// What each example ended with; "" for the good end. They share one process.
        private static let errors = Task {
            let installation = try await PrivateInstallation.demonstration()
            let python = try await PythonEnvironment.publishedClient.path(of: "python")
            let outcome = try await ChildProgram.run(
                [python, BuiltFiles.client("label_client.py")] + examples,
                environment: .clean.adding(installation.exports), within: .seconds(180))
            var errors: [String: String] = [:]
            for line in outcome.lines where line.hasPrefix("{") {
                let result = try JSONCodec.decode(JSONValue.self, from: Array(line.utf8))
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
    }
}
