/// Durations as people write them in settings: `500ms`, `30s`, `1h30m`.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// The duration that `text` states; `nil` when a part has no unit, a unit is unknown, or the sum is absurd.
    package static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count).drop { $0 == " " }
            guard let count = Int64(digits), let unit = units.first(where: { $0.name == name }) else { return nil }
            let (part, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
            // A hundred years is beyond every use and within every arithmetic.
            guard !overflow, part <= 3_155_760_000_000, total + part <= 3_155_760_000_000 else { return nil }
            total += part
        }
        return .milliseconds(total)
    }

    /// The shortest such text, to the millisecond.
    package static func text(_ duration: Duration) -> String {
        var rest = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }
}
