internal import SystemCalls
package import YAML

/// Finds the values of settings, remembers which were asked for, and finds those that nobody asked for.
///
/// Used by one thread, while a program starts.
package final class SettingsReader {
    private let inputs: SettingsInputs
    private let vocabulary: SettingsVocabulary
    /// Whether values are not looked up: the settings are only to be declared.
    package let isDescribing: Bool
    /// What was asked for, in the order of asking.
    package private(set) var effective: [EffectiveSetting] = []
    private var places: [String: Int] = [:]
    private var texts: [String: String] = [:]
    /// The values that are in force, written in one way.
    private var plain: [String: String] = [:]

    package init(_ inputs: SettingsInputs, vocabulary: SettingsVocabulary) {
        self.inputs = inputs
        self.vocabulary = vocabulary
        isDescribing = false
    }

    /// A reader that gives every setting its default, or its example; `inputs` are what ``refuseUnknown()`` judges.
    package init(describing vocabulary: SettingsVocabulary, for inputs: SettingsInputs = SettingsInputs()) {
        self.inputs = inputs
        self.vocabulary = vocabulary
        isDescribing = true
    }

    /// All settings.
    package var root: SettingsScope { SettingsScope(self) }

    /// The settings of the program that reads.
    package var own: SettingsScope { root.section(vocabulary.program) }

    /// A section of the settings file that is read as a whole, with the path of the file; `nil` when there is none.
    package func document(_ name: String) -> (path: String, node: YAMLNode)? {
        inputs.file.flatMap { file in file.documents[name].map { (file.path, $0) } }
    }

    /// A variable of the environment that a document names; `nil` when it is not set, or empty.
    package func variable(_ name: String) -> String? {
        inputs.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    // MARK: Reading

    /// The value of a setting; `nil` when none was given, also not by one of `variables`.
    func read<Value>(
        _ declaration: SettingDeclaration, _ kind: SettingKind<Value>, else variables: [String] = []
    ) throws(SettingsError) -> Value? {
        guard let (text, source) = try find(declaration) ?? find(in: variables) else {
            record(EffectiveSetting(declaration: declaration, shown: declaration.builtIn, source: .builtIn))
            return nil
        }
        record(EffectiveSetting(declaration: declaration, shown: kind.mask(text), source: source))
        texts[declaration.key] = text
        guard let value = kind.parse(text) else {
            throw SettingsError(
                .invalid(value: declaration.isSecret ? nil : text), key: declaration.key, source: source,
                expected: declaration.expected)
        }
        plain[declaration.key] = kind.text(value)
        return value
    }

    /// What is in force, each with what `digest` makes of its value, secrets too, and of the value of the setting `key`:
    /// equal where both are. Without that one there is no digest of any secret; without a value there is none either.
    package func digests(
        keyedBy key: String, _ digest: (_ value: String, _ key: String) -> String
    ) -> [(setting: EffectiveSetting, digest: String?)] {
        effective.map { setting in
            let value = plain[setting.declaration.key] ?? setting.declaration.builtIn
            guard let value, plain[key] != nil || !setting.declaration.isSecret else { return (setting, nil) }
            return (setting, digest(value, plain[key] ?? ""))
        }
    }

    func refusal(_ key: String, expected: String) -> SettingsError {
        guard let place = places[key] else { preconditionFailure("\(key) was never read") }
        let setting = effective[place]
        let value = setting.declaration.isSecret ? nil : texts[key] ?? setting.declaration.builtIn
        return SettingsError(.invalid(value: value), key: key, source: setting.source, expected: expected)
    }

    private func record(_ setting: EffectiveSetting) {
        let key = setting.declaration.key
        if let place = places[key] {
            precondition(effective[place].declaration == setting.declaration, "\(key) is declared twice, differently")
            effective[place] = setting
        } else {
            places[key] = effective.count
            effective.append(setting)
        }
    }

    private typealias Finding = (text: String, source: SettingSource)

    private func find(_ declaration: SettingDeclaration) throws(SettingsError) -> Finding? {
        guard !isDescribing else { return nil }
        let key = declaration.key
        if let flag = inputs.flags.last(where: { fullName(ofFlag: $0.key, isKnown: $0.key == key) == key }) {
            guard !declaration.isSecret else {
                throw SettingsError(
                    .invalid(value: nil), key: key, source: .commandLine,
                    expected: "it in a file or the environment: every user of the machine sees command lines")
            }
            return (flag.value, .commandLine)
        }
        let variable = SettingName.environmentVariable(of: key)
        if let text = inputs.environment[variable], !text.isEmpty { return (text, .environment(variable)) }
        if declaration.isSecret, let found = try findSecretFile(key, variable) { return found }
        guard let file = inputs.file, let entry = file.entries[key] else { return nil }
        return (entry.text, .file(path: file.path, line: entry.line))
    }

    /// What the platform says to all programs.
    private func find(in variables: [String]) -> Finding? {
        guard !isDescribing else { return nil }
        for variable in variables {
            if let text = inputs.environment[variable], !text.isEmpty { return (text, .environment(variable)) }
        }
        return nil
    }

    private func findSecretFile(_ key: String, _ variable: String) throws(SettingsError) -> Finding? {
        if let path = inputs.environment[variable + "_FILE"], !path.isEmpty {
            return try readSecret(path, key, .environment(variable + "_FILE"))
        }
        if let directory = inputs.environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty {
            let path = "\(directory)/\(key)"
            // systemd puts only what the unit loads there; a credential that is absent is simply not used.
            if FileContents.exists(path) { return try readSecret(path, key, .secretFile(path)) }
        }
        guard let file = inputs.file, let entry = file.entries[key + ".file"] else { return nil }
        return try readSecret(entry.text, key, .file(path: file.path, line: entry.line))
    }

    private func readSecret(
        _ path: String, _ key: String, _ source: SettingSource
    ) throws(SettingsError) -> Finding {
        do {
            var bytes = try FileContents.read(path, limit: 65_536)[...]
            // Editors end a file with a line break that is no part of the secret.
            while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
                bytes = bytes.dropLast()
            }
            return (String(decoding: bytes, as: UTF8.self), .secretFile(path))
        } catch {
            throw SettingsError(.unreadable(reason: "\(error)"), key: key, source: source)
        }
    }

    /// `--public.listen` of apid is `apid.public.listen`, unless a setting has the short name itself.
    private func fullName(ofFlag name: String, isKnown: Bool) -> String {
        isKnown ? name : "\(vocabulary.program).\(name)"
    }

    // MARK: What nobody asked for

    /// Throws for the first flag or line of the settings file that names no setting. Call it when all were read.
    ///
    /// The file is shared: sections of other programs are theirs to judge.
    package func refuseUnknown() throws(SettingsError) {
        for flag in inputs.flags
        where places[flag.key] == nil && places[fullName(ofFlag: flag.key, isKnown: false)] == nil {
            throw unknown(flag.key, .commandLine)
        }
        guard let file = inputs.file else { return }
        for (key, entry) in file.entries.sorted(by: { $0.value.line < $1.value.line }) where isUnknown(key) {
            throw unknown(key, .file(path: file.path, line: entry.line))
        }
    }

    /// Environment variables that begin like this program's own and name none of its settings.
    ///
    /// These are no errors: container platforms add variables named after services.
    package var unknownVariables: [String] {
        let known = Set(effective.map { SettingName.environmentVariable(of: $0.declaration.key) })
        let prefix = SettingName.environmentVariable(of: vocabulary.program + ".")
        return inputs.environment.keys.filter { name in
            let base = name.hasSuffix("_FILE") ? String(name.dropLast(5)) : name
            return name.hasPrefix(prefix) && !known.contains(name) && !known.contains(base)
        }.sorted()
    }

    private func isUnknown(_ key: String) -> Bool {
        if places[key] != nil { return false }
        if key.hasSuffix(".file"), let place = places[String(key.dropLast(5))] {
            return !effective[place].declaration.isSecret
        }
        let top = String(key.prefix { $0 != "." })
        if top == vocabulary.program { return true }
        // Another program's section may hold a key that this one reads, and many that it does not know.
        if vocabulary.programs.contains(top) { return false }
        // What programs share is known as a whole to each that reads any of it.
        return !vocabulary.shared.contains(top) || places[top] != nil
            || effective.contains { $0.declaration.key.hasPrefix("\(top).") }
    }

    private func unknown(_ key: String, _ source: SettingSource) -> SettingsError {
        let known = effective.map(\.declaration.key) + vocabulary.shared + vocabulary.programs
        let short = effective.map(\.declaration.key).filter { $0.hasPrefix(vocabulary.program + ".") }
            .map { String($0.dropFirst(vocabulary.program.count + 1)) }
        let candidates = source == .commandLine ? known + short : known
        return SettingsError(
            .unknown(suggestion: Spelling.nearest(to: key, among: candidates)), key: key, source: source)
    }
}
