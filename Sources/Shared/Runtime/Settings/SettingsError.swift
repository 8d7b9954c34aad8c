/// Why a program cannot start with the settings it was given; its description is the line its operator reads.
package struct SettingsError: Error, Sendable, Hashable {
    /// What is the matter.
    package enum Kind: Sendable, Hashable {
        /// A required value was not given.
        case missing
        /// A value was given and cannot be used; the text is shown quoted, `nil` for secrets.
        case invalid(value: String?)
        /// No setting has this name.
        case unknown(suggestion: String?)
        /// A file that a setting names, or the settings file itself, cannot be read.
        case unreadable(reason: String)
    }

    package let kind: Kind
    /// The full name of the setting, such as `apid.public.listen`, or the path of the settings file.
    package let key: String
    /// Where the value came from; `nil` when it came from nowhere.
    package let source: SettingSource?
    /// What would have been right.
    package let expected: String

    package init(_ kind: Kind, key: String, source: SettingSource? = nil, expected: String = "") {
        self.kind = kind
        self.key = key
        self.source = source
        self.expected = expected
    }
}

extension SettingsError: CustomStringConvertible {
    package var description: String {
        let origin = source.map { " (\($0))" } ?? ""
        switch kind {
        case .missing:
            let name = SettingName.environmentVariable(of: key)
            return "\(key) is not set: expected \(expected). Set it in the settings file, or as \(name)."
        case .invalid(let value):
            return "\(key): \(value.map { "“\($0)”" } ?? "the value")\(origin) cannot be used: expected \(expected)."
        case .unknown(let suggestion):
            return "\(key)\(origin) is not a setting.\(suggestion.map { " Did you mean \($0)?" } ?? "")"
        case .unreadable(let reason):
            return "\(key)\(origin) cannot be read: \(reason)"
        }
    }
}

/// Where the value of a setting came from.
package enum SettingSource: Sendable, Hashable, CustomStringConvertible {
    case commandLine
    case environment(String)
    /// A file named by an environment variable or by the settings file, or handed over by systemd.
    case secretFile(String)
    case file(path: String, line: Int)
    case builtIn

    package var description: String {
        switch self {
        case .commandLine: "command line"
        case .environment(let name): "environment \(name)"
        case .secretFile(let path): "file \(path)"
        case .file(let path, let line): "file \(path):\(line)"
        case .builtIn: "default"
        }
    }
}

/// How the name of a setting is written in other places.
package enum SettingName {
    /// The environment variable of a setting: `apid.public.listen` is `SCORABLE_APID_PUBLIC_LISTEN`.
    package static func environmentVariable(of key: String) -> String {
        "SCORABLE_" + key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }
}
