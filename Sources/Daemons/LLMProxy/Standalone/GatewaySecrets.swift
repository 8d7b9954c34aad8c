internal import Settings
internal import SystemCalls

/// Secrets of a gateway's file: written in it, or each in a file of its own or in the environment.
enum GatewaySecrets {
    /// The secret in `key`, in the file that `key_file` names, or in the variable that `key_env` names; `nil` when there is
    /// none of them.
    static func read(_ key: String, of section: GatewaySection) throws(SettingsError) -> String? {
        let (inFile, inEnvironment) = (key + "_file", key + "_env")
        let path = try section.text(inFile)
        let variable = try section.text(inEnvironment)
        let written = try section.text(key)
        guard [path, variable, written].count(where: { $0 != nil }) < 2 else {
            let surplus = path == nil ? inEnvironment : inFile
            throw section.refusal(surplus, expected: "only one of \(key), \(inFile) and \(inEnvironment), not both")
        }
        if let path {
            section.reading.foundSecret(in: path)
            return try usable(contents(of: path, inFile, section), inFile, section)
        }
        if let variable {
            guard let secret = section.reading.variable(variable) else {
                throw section.refusal(inEnvironment, expected: "a variable of the environment that is set")
            }
            return try usable(secret, inEnvironment, section)
        }
        guard let written else { return nil }
        // Other gateways have such words for it, which would be sent to the provider as they stand here.
        if written.hasPrefix("$") || written.hasPrefix("os.environ/") {
            throw section.refusal(key, expected: "the key itself; \(inEnvironment) names a variable that holds it")
        }
        section.reading.foundSecret(in: section.reading.file)
        return try usable(written, key, section)
    }

    private static func usable(
        _ secret: String, _ key: String, _ section: GatewaySection
    ) throws(SettingsError) -> String {
        // The JSON of a service account has several lines, and is never shown to anybody.
        let isJSON = secret.first == "{"
        guard !secret.isEmpty, isJSON || secret.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw section.refusal(
                key, isSecret: true,
                expected: secret.isEmpty ? "a key, and it is empty" : "a key without spaces and line breaks")
        }
        return secret
    }

    private static func contents(
        of path: String, _ key: String, _ section: GatewaySection
    ) throws(SettingsError) -> String {
        do {
            var bytes = try FileContents.read(path, limit: 65_536)[...]
            // Editors end a file with a line break that is no part of the secret.
            while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
                bytes = bytes.dropLast()
            }
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw section.refusal(key, expected: "a file that can be read (\(error))")
        }
    }
}
