/// What a new user is told when everything runs.
package struct FirstSteps: Sendable {
    let programs: String
    /// What names the installation to commands that would not find it.
    let stateOption: String
    let ports: Ports
    let account: FirstAccount.Outcome

    /// The whole message.
    package var text: String {
        var lines = ["", "Scorable is ready at \(url)"]
        if let password = account.password {
            lines += [
                "", "  Administrator  \(FirstAccount.email)", "  Password       \(password)",
                "                 (shown this once; scorable user reset-password\(stateOption) makes a new one)",
            ]
        }
        lines += [
            "", "1. Watch evaluations arrive in the console:", "     \(consoleCommand)",
            "", "2. Run a first evaluation. In another terminal, with curl:",
            "     eval \"$(\(programs)/scorable env\(stateOption))\"",
            "     curl -s \"$SCORABLE_API_URL/v1/evaluators/execute/by-name/?name=Helpfulness\" \\",
            "       -H \"Authorization: Api-Key $SCORABLE_API_KEY\" -H 'Content-Type: application/json' \\",
            "       -d '{\"request\": \"How do I reset my password?\", \"response\": \"Open Settings, then Security.\"}'",
            "   or with the Python SDK (pip install scorable):",
            "     python3 -c 'from scorable import Scorable; print(Scorable().evaluators.Helpfulness(",
            "       request=\"How do I reset my password?\", response=\"Open Settings, then Security.\"))'",
            "", "3. Without a provider the demonstration model answers. Add a real one:",
            "     \(programs)/scorable provider add openai\(stateOption) \\",
            "       --base-url https://api.openai.com/v1 --key-file KEYFILE --model gpt-5-mini", "",
        ]
        return lines.map { $0 + "\n" }.joined()
    }

    private var url: String { "https://localhost:\(ports.publicHTTPS)" }

    private var consoleCommand: String {
        var command = "\(programs)/scorable-console --email \(FirstAccount.email)"
        if ports.operators != Ports(offset: 0).operators { command += " --server http://127.0.0.1:\(ports.operators)" }
        return command
    }
}

/// Shell exports for the clients of a private installation.
package struct ClientEnvironment: Sendable {
    private let state: StateDirectory
    private let ports: Ports
    private let apiKey: String

    package init(state: StateDirectory, ports: Ports, apiKey: String) {
        self.state = state
        self.ports = ports
        self.apiKey = apiKey
    }

    /// Lines for `eval`: the address, the key, and where Python's and node's HTTP libraries find the certificate.
    package var exports: String {
        let values = [
            ("SCORABLE_API_URL", "https://localhost:\(ports.publicHTTPS)"), ("SCORABLE_API_KEY", apiKey),
            ("SCORABLE_API_INTERNAL_URL", "http://127.0.0.1:\(ports.operators)"),
            ("SSL_CERT_FILE", state.certificateBundle), ("REQUESTS_CA_BUNDLE", state.certificateBundle),
            ("CURL_CA_BUNDLE", state.certificateBundle),
            // This one is added to what node trusts; the others take its place.
            ("NODE_EXTRA_CA_CERTS", state.certificateAuthority),
        ]
        return values.map { "export \($0.0)='\($0.1)'\n" }.joined()
    }
}
