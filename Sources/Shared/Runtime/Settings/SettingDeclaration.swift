/// What is known about one setting: enough to describe it in a manual and to show its effective value.
package struct SettingDeclaration: Sendable, Hashable {
    /// The full name, such as `apid.public.listen`.
    package let key: String
    /// What values look like, such as "a duration from 1s to 1h".
    package let expected: String
    /// The value when nothing is set; `nil` for one that must be set or may be absent.
    package let builtIn: String?
    /// A value to show in the manual.
    package let example: String
    /// Whether a program does not start without it.
    package let isRequired: Bool
    /// Whether the value is never shown.
    package let isSecret: Bool
    /// What it does, in one or two sentences.
    package let help: String
}

/// A setting with the value that is in force.
package struct EffectiveSetting: Sendable, Hashable {
    package let declaration: SettingDeclaration
    /// The value as it may be shown: secrets are masked. `nil` when there is none.
    package let shown: String?
    package let source: SettingSource
}
