import Foundation

/// `model_provider.py` as it runs: a provider that speaks every language, with answers that tell what was asked.
struct ModelProvider: Sendable {
    let port: Int

    /// The key that it knows its customers by, and the pair that AWS's documentation shows.
    static let key = "sk-provider-4711"
    static let awsKey = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

    private static let only = Task { try await start() }

    static func shared() async throws -> ModelProvider { try await only.value }

    static func start() async throws -> ModelProvider {
        let python = try await PythonEnvironment.providerSDKs.path(of: "python")
        let program = try await ChildProgram.start([python, BuiltFiles.client("model_provider.py"), key])
        let port = try await eventualValue("the provider listens: \(program.written)") {
            program.written.contains("\n") ? Int(program.written.filter(\.isNumber)) : nil
        }.value
        return ModelProvider(port: port)
    }

    /// From now on these keys are good and no others.
    func accept(_ keys: [String]) async throws {
        let list = keys.map { "\"\($0)\"" }.joined(separator: ",")
        let outcome = try await ChildProgram.run([
            "/usr/bin/env", "curl", "-sf", "-X", "PUT", "-d", "[\(list)]", "http://127.0.0.1:\(port)/keys",
        ])
        guard outcome.code == 0 else { throw NotInTime("the provider takes no keys: \(outcome.output)") }
    }
}
