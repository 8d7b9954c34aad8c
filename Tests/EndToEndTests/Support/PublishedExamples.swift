import Foundation
import JSON

/// What programs do with the published Python client: the functions of a script in `clients`, in one process, because
/// importing the client takes longer than any of them.
struct PublishedExamples: Sendable {
    /// The errors by the names of the functions; "" for the good end.
    private let errors: [String: String]
    private let output: String

    /// Runs functions of a script against the installation with the demonstration model.
    static func run(_ names: [String], of script: String) async throws -> PublishedExamples {
        let installation = try await PrivateInstallation.demonstration()
        let python = try await PythonEnvironment.publishedClient.path(of: "python")
        let outcome = try await ChildProgram.run(
            [python, BuiltFiles.client(script)] + names, environment: .clean.adding(installation.exports),
            within: .seconds(240))
        var errors: [String: String] = [:]
        for line in outcome.lines {
            guard let result = try? JSONCodec.decode(JSONValue.self, from: Array(line.utf8)) else { continue }
            errors[result.string("name")] = result.string("error")
        }
        return PublishedExamples(errors: errors, output: outcome.output)
    }

    /// The error that a function ended with; "" for the good end.
    func error(of name: String) throws -> String {
        guard let error = errors[name] else { throw NotInTime("\(name) did not end: \(output)") }
        return error
    }

    /// The functions without arguments that a script has, in its order.
    static func functions(of script: String, marked mark: Regex<(Substring, Substring)>) throws -> [String] {
        let text = try String(contentsOfFile: BuiltFiles.client(script), encoding: .utf8)
        return text.matches(of: mark).map { String($0.1) }
    }
}
