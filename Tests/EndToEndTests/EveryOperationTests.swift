import Testing

extension EndToEnd {
    /// Every operation of the published Python client's generated part: what the server answers is what it can read.
    @Suite struct EveryOperationTests {
        /// The functions of `every_operation.py`; the last one looks back at the others.
        static let resources = [
            "objectives", "evaluators", "judges", "batches", "datasets", "labels", "calibrations", "execution_logs",
            "models",
            "projects", "traces", "files", "nothing_is_left_out",
        ]

        private static let examples = Task { try await PublishedExamples.run(resources, of: "every_operation.py") }

        @Test(arguments: resources)
        func theOperationsAreAnsweredAsDocumented(resource: String) async throws {
            let error = try await Self.examples.value.error(of: resource)
            #expect(error.isEmpty, "\(error)")
        }

        @Test func everyFunctionIsRun() throws {
            let functions = try PublishedExamples.functions(
                of: "every_operation.py", marked: #/(?m)^@resource\ndef (\w+)\(do\):/#)
            #expect(functions == Self.resources)
        }
    }
}
