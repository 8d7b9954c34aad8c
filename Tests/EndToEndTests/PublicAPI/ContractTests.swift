import Foundation
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// The API answers as documents say: its own, and the one that is published for its clients.
    @Suite struct ContractTests {
        /// How long each document is tried; longer by hand.
        private static let seconds = ProcessInfo.processInfo.environment["SCORABLE_CONTRACT_SECONDS"] ?? "25"

        /// One of its own: thousands of odd objects are made in it.
        private static let installation = Task { try await PrivateInstallation() }

        private static func run(against document: String?) async throws -> JSONValue {
            let installation = try await installation.value
            let python = try await PythonEnvironment.apiContract.path(of: "python")
            let limit = Duration.seconds((Int(seconds) ?? 40) + 120)
            let outcome = try await ChildProgram.run(
                [
                    python, BuiltFiles.client("api_contract.py"), "http://127.0.0.1:\(installation.port(8000))",
                    installation.apiKey, seconds,
                ] + (document.map { [$0] } ?? []), within: limit)
            let line = try #require(outcome.lines.last { $0.hasPrefix("{") }, "\(outcome.output)")
            return try JSONCodec.decode(JSONValue.self, from: Array(line.utf8))
        }

        @Test func everyAnswerIsAsOurDocumentSays() async throws {
            let found = try await Self.run(against: nil)
            #expect(found["failures"] == [], "\(found.string("output"))")
            #expect((found["operations"]?.integerValue ?? 0) > 100)
            #expect((found["calls"]?.integerValue ?? 0) > 100)
        }

        @Test func everyAnswerIsAsThePublishedDocumentSays() async throws {
            let found = try await Self.run(against: BuiltFiles.fixture("published-openapi.yaml"))
            #expect(found["failures"] == [], "\(found.string("output"))")
            #expect((found["operations"]?.integerValue ?? 0) > 90)
            #expect((found["calls"]?.integerValue ?? 0) > 100)
        }
    }
}
