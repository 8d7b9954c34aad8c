/// The text of a settings file with everything left out that may be a secret.
enum SettingsCopy {
    static let leftOut = "LEFT-OUT"
    private static let secrets = ["secret", "token", "password", "private_key", "api_key", "passphrase", "session_key"]

    /// Line by line: a value whose key says that it is a secret, and a password in an address. What names a file stays.
    static func withoutSecrets(_ text: String) -> String {
        var isInSecret = false
        var depth = 0
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }.count
            let words = line.drop { $0 == " " || $0 == "-" }
            if isInSecret, indent <= depth, !words.isEmpty { isInSecret = false }
            guard let colon = words.firstIndex(of: ":"), !words.hasPrefix("#") else {
                // The rest of a value of several lines.
                return isInSecret && !words.isEmpty ? "\(line.prefix(indent))\(leftOut)" : masked(line)
            }
            let key = words[..<colon].lowercased()
            let value = words[words.index(after: colon)...].drop { $0 == " " }
            if isInSecret, key == "file" { return String(line) }
            guard isInSecret || secrets.contains(where: { key.hasSuffix($0) }) else { return masked(line) }
            if !isInSecret {
                isInSecret = true
                depth = indent
            }
            return value.isEmpty || value.hasPrefix("{ file") ? String(line) : "\(line[..<colon]): \(leftOut)"
        }.joined(separator: "\n")
    }

    /// `://user:password@` and `password=…` without the password.
    private static func masked(_ line: Substring) -> String {
        String(line).replacing(#/(:\/\/[^:@\/\s]*:)[^@\s]*@/#) { "\($0.output.1)\(leftOut)@" }
            .replacing(#/(password\s*=\s*)('[^']*'|[^\s"'&]+)/#) { "\($0.output.1)\(leftOut)" }
    }
}
