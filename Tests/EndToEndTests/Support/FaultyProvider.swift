import Foundation

/// The provider that misbehaves as the name of the model asks; see `faulty_provider.py`.
struct FaultyProvider: Sendable {
    let port: Int
    private let program: ChildProgram

    /// Every way to misbehave, and to behave.
    static let models = [
        "well", "slow", "slower", "status-500", "status-429", "garbage", "empty", "half", "silence", "out-of-range",
        "prose", "repaired", "no-such-model",
    ]
    /// What it says in its errors, which is nobody's business but the operators'.
    static let secret = "secret-detail"
    /// The key that it is called with.
    static let key = "sk-provider-key-4711"

    private static let only = Task {
        let program = try await ChildProgram.start([
            "/usr/bin/env", "python3", BuiltFiles.client("faulty_provider.py"), key,
        ])
        let port = try await eventualValue("the provider listens: \(program.written)") {
            program.written.contains("\n") ? Int(program.written.filter(\.isNumber)) : nil
        }.value
        return FaultyProvider(port: port, program: program)
    }

    static func shared() async throws -> FaultyProvider { try await only.value }

    /// Adds it as an administrator does.
    func add(to installation: PrivateInstallation) async throws {
        let keyFile = "\(installation.place.path)/provider-key"
        try Self.key.write(toFile: keyFile, atomically: true, encoding: .utf8)
        let models = Self.models.map { "--model=\($0)" }
        let outcome = try await PrivateInstallation.scorable(
            ["provider", "add", "faulty", "--base-url", "http://127.0.0.1:\(port)/v1", "--key-file", keyFile] + models
                + ["--state", installation.place.state])
        guard outcome.code == 0 else { throw NotInTime("provider add: \(outcome.output)") }
    }
}
