/// The settings below one name, from which a component reads its own.
///
/// Reading is declaring: the manual and `scorable config` are made of what components ask for here, so that neither can
/// be out of step with the code.
package struct SettingsScope {
    private let reader: SettingsReader
    /// What precedes the keys, with its dot; empty at the top.
    private let prefix: String

    init(_ reader: SettingsReader, prefix: String = "") {
        self.reader = reader
        self.prefix = prefix
    }

    /// The settings below `name`.
    package func section(_ name: String) -> SettingsScope {
        SettingsScope(reader, prefix: "\(prefix)\(name).")
    }

    /// A setting of any kind that has a default. Where nothing is set, `variables` of the environment count, which platforms
    /// set for all programs: the first that there is.
    package func value<Value>(
        _ key: String, _ kind: SettingKind<Value>, default builtIn: Value, else variables: [String] = [], help: String
    ) throws(SettingsError) -> Value {
        let declaration = declare(key, kind, builtIn: builtIn, example: nil, isRequired: false, help)
        return try reader.read(declaration, kind, else: variables) ?? builtIn
    }

    /// A setting of any kind that must be set; the example is for the manual.
    package func value<Value>(
        _ key: String, _ kind: SettingKind<Value>, example: Value, help: String
    ) throws(SettingsError) -> Value {
        let declaration = declare(key, kind, builtIn: nil, example: example, isRequired: true, help)
        if let value = try reader.read(declaration, kind) { return value }
        guard reader.isDescribing else {
            throw SettingsError(.missing, key: declaration.key, expected: declaration.expected)
        }
        return example
    }

    /// A setting of any kind that may be absent; the example is for the manual. Where nothing is set, `variables` of the
    /// environment count, which platforms set for all programs: the first that there is.
    package func optional<Value>(
        _ key: String, _ kind: SettingKind<Value>, example: Value, else variables: [String] = [], help: String
    ) throws(SettingsError) -> Value? {
        let declaration = declare(key, kind, builtIn: nil, example: example, isRequired: false, help)
        return try reader.read(declaration, kind, else: variables)
    }

    /// The error that says a value is no good for a reason found after it was read, such as another setting's value.
    package func refusal(_ key: String, expected: String) -> SettingsError {
        reader.refusal(prefix + key, expected: expected)
    }

    private func declare<Value>(
        _ key: String, _ kind: SettingKind<Value>, builtIn: Value?, example: Value?, isRequired: Bool, _ help: String
    ) -> SettingDeclaration {
        let shown = builtIn.map(kind.text)
        return SettingDeclaration(
            key: prefix + key, expected: kind.expected, builtIn: shown,
            example: example.map(kind.text) ?? shown ?? "", isRequired: isRequired, isSecret: kind.isSecret, help: help)
    }
}

// MARK: The usual kinds by name
extension SettingsScope {
    package func string(_ key: String, default builtIn: String, help: String) throws(SettingsError) -> String {
        try value(key, .text, default: builtIn, help: help)
    }

    /// A text that must be set.
    package func string(_ key: String, example: String, help: String) throws(SettingsError) -> String {
        try value(key, .text, example: example, help: help)
    }

    /// A text that may be absent.
    package func optionalString(
        _ key: String, example: String, else variables: [String] = [], help: String
    ) throws(SettingsError) -> String? {
        try optional(key, .text, example: example, else: variables, help: help)
    }

    package func bool(_ key: String, default builtIn: Bool, help: String) throws(SettingsError) -> Bool {
        try value(key, .flag, default: builtIn, help: help)
    }

    package func int(
        _ key: String, default builtIn: Int, range: ClosedRange<Int>, help: String
    ) throws(SettingsError) -> Int {
        try value(key, .integer(in: range), default: builtIn, help: help)
    }

    package func duration(
        _ key: String, default builtIn: Duration, range: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400),
        help: String
    ) throws(SettingsError) -> Duration {
        try value(key, .duration(in: range), default: builtIn, help: help)
    }

    package func byteCount(
        _ key: String, default builtIn: ByteCount,
        range: ClosedRange<ByteCount> = ByteCount(bytes: 1)...ByteCount(bytes: 1 << 40), help: String
    ) throws(SettingsError) -> ByteCount {
        try value(key, .byteCount(in: range), default: builtIn, help: help)
    }

    package func strings(_ key: String, default builtIn: [String], help: String) throws(SettingsError) -> [String] {
        try value(key, .words, default: builtIn, help: help)
    }

    package func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ key: String, default builtIn: Choice, help: String
    ) throws(SettingsError) -> Choice {
        try value(key, .choice, default: builtIn, help: help)
    }

    /// A secret that must be set: as a value, by a file named in `KEY.file` or `KEY_FILE`, or as a systemd credential.
    package func secret(_ key: String, help: String) throws(SettingsError) -> Secret {
        try value(key, .secret, example: Secret("…"), help: help)
    }

    /// A secret that may be absent.
    package func optionalSecret(
        _ key: String, else variables: [String] = [], help: String
    ) throws(SettingsError) -> Secret? {
        try optional(key, .secret, example: Secret("…"), else: variables, help: help)
    }

    /// A connection string or URL with a default. It may hold a password, and is given like a secret.
    package func connection(_ key: String, default builtIn: String, help: String) throws(SettingsError) -> Secret {
        try value(key, .connection, default: Secret(builtIn), help: help)
    }

    /// A connection string or URL that must be set.
    package func connection(_ key: String, example: String, help: String) throws(SettingsError) -> Secret {
        try value(key, .connection, example: Secret(example), help: help)
    }
}
