internal import DaemonRuntime
internal import Settings
internal import SystemCalls

/// Every secret that whoever makes a bundle can find: only what is known can be looked for.
enum KnownSecrets {
    /// Those in the settings, in the files that they name, in the environment, and in a state directory.
    static func all(of installation: Installation) throws -> [String] {
        let named = installation.environment[Deployment.settingsPathVariable]
        let own = installation.state.isMade ? installation.state.settings : nil
        let file = try SettingsFile.find(
            named: named ?? own, else: Deployment.defaultSettingsPath, documents: Deployment.documents)
        var secrets: [String] = []
        for (key, entry) in file?.entries ?? [:] {
            if key.hasSuffix(".file") || key.hasSuffix("tls.key") {
                secrets += contents(of: entry.text)
            } else if isSecret(key) {
                secrets.append(entry.text)
            }
            secrets += passwords(in: entry.text)
        }
        for (name, value) in installation.environment where name.hasPrefix("SCORABLE_") {
            if name.hasSuffix("_FILE") { secrets += contents(of: value) }
            if isSecret(name.lowercased()) { secrets.append(value) }
            secrets += passwords(in: value)
        }
        if installation.state.isMade {
            for name in try FileFacts.names(in: "\(installation.state.path)/secrets") {
                secrets += contents(of: installation.state.secret(name))
            }
        }
        return secrets
    }

    private static func isSecret(_ key: String) -> Bool {
        ["secret", "token", "password", "private_key", "access_key", "account_key", "sas"].contains { word in
            key.hasSuffix(word)
        }
    }

    /// The lines of a file; nothing of one that cannot be read, since then it is nowhere in the bundle either.
    private static func contents(of path: String) -> [String] {
        do {
            return [String(decoding: try FileContents.read(path), as: UTF8.self)]
        } catch {
            return []
        }
    }

    private static func passwords(in text: String) -> [String] {
        var found: [String] = []
        if let scheme = text.firstRange(of: "://") {
            let authority = text[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
            if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
                found.append(String(authority[authority.index(after: colon)..<at]))
            }
        }
        for word in text.split(whereSeparator: { $0 == " " || $0 == "?" || $0 == "&" }) {
            guard let sign = word.firstIndex(of: "="), word[..<sign].hasSuffix("password") else { continue }
            found.append(String(word[word.index(after: sign)...].filter { $0 != "'" }))
        }
        return found
    }
}
