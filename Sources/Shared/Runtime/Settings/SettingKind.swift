/// How the values of a setting are read and shown.
package struct SettingKind<Value: Sendable>: Sendable {
    /// What values look like, for messages and the manual: "a duration from 1s to 1h".
    let expected: String
    let parse: @Sendable (String) -> Value?
    /// The text that `parse` reads as the value.
    let text: @Sendable (Value) -> String
    /// What of the text may be shown.
    let mask: @Sendable (String) -> String
    let isSecret: Bool

    /// A kind of one's own. `expected` says what values look like, after the word "expected"; `mask` leaves of a
    /// value's text what may be shown.
    package init(
        expected: String, isSecret: Bool = false, mask: @escaping @Sendable (String) -> String = { $0 },
        text: @escaping @Sendable (Value) -> String, parse: @escaping @Sendable (String) -> Value?
    ) {
        self.expected = expected
        self.isSecret = isSecret
        self.mask = mask
        self.text = text
        self.parse = parse
    }
}

extension SettingKind<String> {
    package static var text: Self {
        SettingKind(expected: "a text", text: { $0 }, parse: { $0.isEmpty ? nil : $0 })
    }
}

extension SettingKind<Bool> {
    package static var flag: Self {
        SettingKind(expected: "true or false", text: { "\($0)" }) { text in
            switch text.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        }
    }
}

extension SettingKind<Int> {
    package static func integer(in range: ClosedRange<Int>) -> Self {
        SettingKind(
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)", text: { "\($0)" },
            parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension SettingKind<Duration> {
    package static func duration(in range: ClosedRange<Duration>) -> Self {
        let bounds = "from \(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
        return SettingKind(
            expected: "a duration \(bounds), such as 500ms, 30s or 5m", text: DurationText.text,
            parse: { DurationText.parse($0).flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension SettingKind<ByteCount> {
    package static func byteCount(in range: ClosedRange<ByteCount>) -> Self {
        SettingKind(
            expected: "a byte count from \(range.lowerBound) to \(range.upperBound), such as 64KiB or 10MiB",
            text: { "\($0)" }, parse: { ByteCount($0).flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension SettingKind<[String]> {
    package static var words: Self {
        SettingKind(expected: "a list, or texts separated by commas", text: { $0.joined(separator: ",") }) { text in
            text.split(separator: ",").map { part in
                let trimmed = part.drop { $0 == " " }
                return String(trimmed.reversed().drop { $0 == " " }.reversed())
            }.filter { !$0.isEmpty }
        }
    }
}

extension SettingKind where Value: RawRepresentable<String> & CaseIterable {
    package static var choice: Self {
        SettingKind(
            expected: "one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))", text: \.rawValue,
            parse: { Value(rawValue: $0) })
    }
}

extension SettingKind<Secret> {
    /// Shown not at all.
    package static var secret: Self {
        SettingKind(
            expected: "a secret, best in a file of its own", isSecret: true, mask: { _ in Secret.redacted },
            text: { $0.reveal() }, parse: { $0.isEmpty ? nil : Secret($0) })
    }

    /// One of at least `count` bytes, for what keys are made of; shown not at all.
    package static func secret(atLeast count: Int) -> Self {
        SettingKind(
            expected: "a secret of at least \(count) bytes, best in a file of its own", isSecret: true,
            mask: { _ in Secret.redacted }, text: { $0.reveal() },
            parse: { $0.utf8.count < count ? nil : Secret($0) })
    }

    /// Shown without its password.
    package static var connection: Self {
        SettingKind(
            expected: "a connection string or URL", isSecret: true, mask: Secret.maskingPassword,
            text: { $0.reveal() }, parse: { $0.isEmpty ? nil : Secret($0) })
    }
}
