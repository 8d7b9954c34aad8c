import Foundation

/// Python clients in an environment of their own, made once and kept in the build folder.
final class PythonEnvironment: Sendable {
    /// The published client of this product.
    static let publishedClient = PythonEnvironment("clients", ["scorable==1.15.0", "openai"])
    /// The published command-line client.
    static let commandLineClient = PythonEnvironment("command-line", ["scorable-cli==0.1.6"])
    /// The SDKs of providers; AWS's only checks what it is sent.
    static let providerSDKs = PythonEnvironment("provider-sdks", ["openai", "anthropic", "botocore"])

    /// The exporters that applications in Python send their traces with. That of JSON has no version yet that pip takes
    /// without being told to.
    static let exporters = PythonEnvironment(
        "exporters",
        [
            "--pre", "opentelemetry-sdk==1.45.1", "opentelemetry-exporter-otlp-proto-http==1.45.1",
            "opentelemetry-exporter-otlp-json-http==0.66b1",
        ])

    /// A client of the Model Context Protocol.
    static let modelContext = PythonEnvironment("model-context", ["mcp>=1.20,<2"])

    /// What holds an API to its OpenAPI document.
    static let apiContract = PythonEnvironment(
        "api-contract", ["schemathesis>=4.32,<5", "openapi-spec-validator>=0.7", "pyyaml"])

    /// What receivers of webhooks check them with.
    static let standardWebhooks = PythonEnvironment("standard-webhooks", ["standardwebhooks==1.1.0"])

    /// An identity provider that speaks SAML.
    static let identityProvider = PythonEnvironment("identity-provider", ["pysaml2==7.5.5"])

    /// What identity providers' protocol is checked with.
    static let scimTester = PythonEnvironment(
        "scim-tester", ["scim2-tester==0.5.2", "scim2-client[httpx2]==0.13.2", "scim2-models==0.12.3"])

    /// Another gateway, which speaks the languages of OpenAI and of Anthropic.
    static let liteLLM = PythonEnvironment("litellm", ["litellm[proxy]==1.106.2"])

    private let folder: Task<String, any Error>

    private init(_ name: String, _ requirements: [String]) {
        folder = Task {
            let folder = "\(BuiltFiles.cache)/\(name)"
            let mark = "\(folder)/requirements"
            let wanted = requirements.joined(separator: "\n")
            if (try? String(contentsOfFile: mark, encoding: .utf8)) == wanted { return folder }
            let python = "/usr/bin/python3"
            // Most of what it brings is never imported, and what is, is compiled then.
            try await Self.run([python, "-m", "venv", "--clear", "--without-pip", folder])
            try await Self.run(
                [python, "-m", "pip", "--python", "\(folder)/bin/python", "install", "--quiet", "--no-compile"]
                    + requirements)
            // Last: it says that the rest is whole.
            try wanted.write(toFile: mark, atomically: true, encoding: .utf8)
            return folder
        }
    }

    /// Whether it could be made.
    var isThere: Bool {
        get async {
            do {
                _ = try await folder.value
                return true
            } catch {
                return false
            }
        }
    }

    /// The path of one of its programs.
    func path(of program: String) async throws -> String { "\(try await folder.value)/bin/\(program)" }

    private static func run(_ command: [String]) async throws {
        let outcome = try await ChildProgram.run(command, within: .seconds(600))
        guard outcome.code == 0 else { throw NotInTime("\(command.joined(separator: " ")): \(outcome.output)") }
    }
}
