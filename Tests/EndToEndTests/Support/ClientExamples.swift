import Foundation
import JSON

/// What programs do with the SDKs of OpenAI and Anthropic: the functions of `gateway_client.py`, in one process.
struct ClientExamples: Sendable {
    private let errors: [String: String]
    private let output: String

    /// Runs examples against a gateway, each for all of the models.
    static func run(_ names: [String], of models: String, at url: String) async throws -> ClientExamples {
        let python = try await PythonEnvironment.providerSDKs.path(of: "python")
        let outcome = try await ChildProgram.run(
            [python, BuiltFiles.client("gateway_client.py"), url, Gateway.key, models] + names, within: .seconds(240))
        var errors: [String: String] = [:]
        for line in outcome.lines where line.hasPrefix("{") {
            let result = try JSONCodec.decode(JSONValue.self, from: Array(line.utf8))
            errors[result.string("name")] = result.string("error")
        }
        return ClientExamples(errors: errors, output: outcome.output)
    }

    /// The error that an example ended with; "" for the good end.
    func error(of name: String) throws -> String {
        guard let error = errors[name] else { throw NotInTime("\(name) did not end: \(output)") }
        return error
    }
}
