internal import Settings
internal import SystemCalls

/// Secrets of a gateway's file: written in it, or each in a file of its own.
enum GatewaySecrets {
    /// The secret in `key`, or in the file that `key_file` names; `nil` when there is neither.
    static func read(_ key: String, of section: GatewaySection) throws(SettingsError) -> String? {
        let path = try section.text(key + "_file")
        let written = try section.text(key)
        switch (written, path) {
        case (let text?, nil): return text
        case (nil, nil): return nil
        case (nil, let path?): return try contents(of: path, key, section)
        case (.some, .some):
            throw section.refusal(key + "_file", expected: "either \(key) or \(key)_file, not both")
        }
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
            throw section.refusal(key + "_file", expected: "a file that can be read (\(error))")
        }
    }
}
