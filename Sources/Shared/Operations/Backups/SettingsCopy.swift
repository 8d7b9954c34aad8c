/// The text of a settings file with everything left out that may be a secret. What names a file of a secret stays.
package enum SettingsCopy {
    /// What stands in place of a secret.
    package static let leftOut = "LEFT-OUT"
    /// How the names of secrets end. `key` alone is one where it is no path.
    private static let secrets = ["secret", "token", "password", "passphrase", "_key", "credentials", "sas"]
    private static let open = ["public_key"]

    /// Goes through it line by line: values whose names say that they are secrets, with the lines below that belong to them,
    /// and passwords in addresses.
    package static func withoutSecrets(_ text: String) -> String {
        var secretDepth: Int?
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }.count
            let words = line.drop { $0 == " " || $0 == "-" }
            guard !words.isEmpty, !words.hasPrefix("#") else { return String(line) }
            if let depth = secretDepth, indent <= depth { secretDepth = nil }
            let colon = words.firstIndex(of: ":")
            let name = colon.map { words[..<$0].lowercased() } ?? ""
            guard secretDepth == nil else {
                return name == "file" ? String(line) : line.prefix(indent) + leftOut
            }
            guard let colon else { return masked(line) }
            let value = words[words.index(after: colon)...].drop { $0 == " " }
            guard isSecret(name, value) else { return masked(line) }
            secretDepth = indent
            return value.isEmpty || value.hasPrefix("{file:") || value.hasPrefix("{ file:")
                ? String(line) : line[..<colon] + ": " + leftOut
        }.joined(separator: "\n")
    }

    private static func isSecret(_ name: String, _ value: Substring) -> Bool {
        if name == "key" { return !value.hasPrefix("/") }
        return secrets.contains { name.hasSuffix($0) } && !open.contains { name.hasSuffix($0) }
    }

    /// `://user:password@`, `password=…` and `sig=…` without what must not be seen.
    private static func masked(_ line: Substring) -> String {
        String(line).replacing(#/(:\/\/[^:@\/\s]*:)[^@\s]*@/#) { "\($0.output.1)\(leftOut)@" }
            .replacing(#/((?:password|sig)\s*=\s*)('[^']*'|[^\s"'&]+)/#) { "\($0.output.1)\(leftOut)" }
    }
}
