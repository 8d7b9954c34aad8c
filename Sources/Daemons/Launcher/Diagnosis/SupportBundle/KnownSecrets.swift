internal import DaemonRuntime
internal import Settings
internal import SystemCalls
internal import YAML

/// Every secret that whoever makes a bundle can find: only what is known can be looked for.
enum KnownSecrets {
    /// Those in the settings, in the files that they name, in the environment of this program and of the daemons, in what
    /// systemd gives these, and in a state directory.
    static func all(of installation: Installation) throws -> [String] {
        let named = installation.environment[Deployment.settingsPathVariable]
        let own = installation.state.isMade ? installation.state.settings : nil
        let file = try SettingsFile.find(
            named: named ?? own, else: Deployment.defaultSettingsPath, documents: Deployment.documents)
        var secrets: [String] = []
        for (key, entry) in file?.entries ?? [:] { secrets += value(entry.text, of: key) }
        for node in (file?.documents ?? [:]).values { secrets += values(in: node, of: "") }
        var environments = [installation.environment]
        for process in try DaemonProcess.all(of: installation) { environments.append(process.environment) }
        for (name, value) in environments.flatMap({ $0 }) {
            secrets += self.value(value, of: name.lowercased())
        }
        for folder in Set(environments.compactMap { $0["CREDENTIALS_DIRECTORY"] }) {
            secrets += contents(under: folder)
        }
        if installation.state.isMade { secrets += contents(under: "\(installation.state.path)/secrets") }
        return secrets
    }

    /// What is secret of a setting or a variable, and in the file that it names.
    private static func value(_ text: String, of key: String) -> [String] {
        if key.hasSuffix(".file") || key.hasSuffix("_file") || key.hasSuffix("tls.key") { return contents(of: text) }
        var secrets = Secret.passwords(in: text)
        // Addresses percent-encode what means something else in them.
        secrets += secrets.map { String(decoding: PercentSpelling.read(Array($0.utf8)), as: UTF8.self) }
        guard isSecret(key) else { return secrets }
        secrets.append(text)
        // Header fields for a collector: name=value, several separated by commas.
        guard key.hasSuffix("headers") else { return secrets }
        return secrets
            + text.split(separator: ",").compactMap { field in
                field.firstIndex(of: "=").map { String(field[field.index(after: $0)...].drop { $0 == " " }) }
            }
    }

    private static func values(in node: YAMLNode, of key: String) -> [String] {
        switch node.value {
        case .mapping(let entries): entries.flatMap { values(in: $0.node, of: $0.key.lowercased()) }
        case .sequence(let elements): elements.flatMap { values(in: $0, of: key) }
        case .bool, .integer, .number, .string: value(node.text, of: key)
        case .null: []
        }
    }

    private static func isSecret(_ key: String) -> Bool {
        let words = [
            "secret", "password", "passphrase", "private_key", "access_key", "account_key", "api_key",
            "service_account",
            "credential", "headers", "authorization",
        ]
        return words.contains { key.contains($0) }
            || ["token", "sas", ".key", "_key", "apikey", "passwd"].contains { key.hasSuffix($0) }
            || key == "key" || key == "keys"
    }

    private static func contents(under folder: String) -> [String] {
        do {
            return try FileFacts.names(in: folder).flatMap { contents(of: "\(folder)/\($0)") }
        } catch {
            return []
        }
    }

    /// Nothing of a file that cannot be read, since then it is nowhere in the bundle either.
    private static func contents(of path: String) -> [String] {
        do {
            return [withoutCertificates(String(decoding: try FileContents.read(path), as: UTF8.self))]
        } catch {
            return []
        }
    }

    /// Certificates are shown to everybody, and a file may have hundreds of them that are trusted.
    static func withoutCertificates(_ text: String) -> String {
        var isCertificate = false
        return text.split(whereSeparator: \.isNewline).filter { line in
            if line.hasPrefix("-----BEGIN"), line.contains("CERTIFICATE-") { isCertificate = true }
            defer { if line.hasPrefix("-----END") { isCertificate = false } }
            return !isCertificate
        }.joined(separator: "\n")
    }
}
