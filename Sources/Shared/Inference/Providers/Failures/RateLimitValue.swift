internal import FoundationEssentials
internal import JSON

/// The value of a field that tells of a limit, in any of the ways in which numbers, moments and durations are written.
struct RateLimitValue {
    let text: String
    let now: Date

    /// A whole number that is not negative.
    var count: Int? {
        (Int(text) ?? Double(text).flatMap { Int(exactly: $0.rounded(.down)) }).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// Seconds, `6m0s`, a moment of RFC 3339, or milliseconds since 1970.
    var duration: Duration? {
        guard let last = text.utf8.last, Self.isDigit(last) || last == UInt8(ascii: ".") else {
            return spelled ?? ISO8601.date(text).flatMap(until)
        }
        guard let seconds = Double(text) else { return ISO8601.date(text).flatMap(until) }
        guard seconds > 1e11 else { return (0...2_678_400.0).contains(seconds) ? .seconds(seconds) : nil }
        return until(Date(timeIntervalSince1970: seconds / 1000))
    }

    private func until(_ date: Date) -> Duration? {
        let seconds = date.timeIntervalSince(now)
        return seconds < 86_400 * 31 ? .seconds(max(0, seconds)) : nil
    }

    /// `1h2m3.5s` or `60ms`.
    private var spelled: Duration? {
        var rest = Substring(text).utf8
        var total = Duration.zero
        while !rest.isEmpty {
            let number = rest.prefix { Self.isDigit($0) || $0 == UInt8(ascii: ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !Self.isDigit($0) && $0 != UInt8(ascii: ".") }
            rest = rest.dropFirst(unit.count)
            guard let value = Self.number(number), value < 1e9 else { return nil }
            switch String(Substring(unit)) {
            case "ms": total += .milliseconds(value)
            case "s": total += .seconds(value)
            case "m": total += .seconds(value * 60)
            case "h": total += .seconds(value * 3600)
            case "d": total += .seconds(value * 86_400)
            default: return nil
            }
        }
        return text.isEmpty ? nil : total
    }

    /// Most are whole, and those are read much faster.
    private static func number(_ digits: Substring.UTF8View) -> Double? {
        let text = Substring(digits)
        return Int(text).map(Double.init) ?? Double(text)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
