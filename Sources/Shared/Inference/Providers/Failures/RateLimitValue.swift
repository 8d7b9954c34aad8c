internal import FoundationEssentials
internal import HTTPMessages
internal import JSON

/// The value of a field that tells of a limit, in any of the ways in which numbers, moments and durations are written. What
/// most are is read as it came; a string is made of what is not.
enum RateLimitValue {
    /// A whole number that is not negative. Some state the largest there is for no limit: more than is of use to anybody is
    /// cut, so that others can reckon with it.
    static func count(_ value: Span<UInt8>) -> Int? {
        if let number = FieldSyntax.number(value) { return min(number, 1_000_000_000_000) }
        let text = HTTPHeaders.text(value)
        guard let number = Int(text) ?? Double(text).flatMap({ $0 >= 0 ? Int(min($0, 1e12)) : nil }), number >= 0 else {
            return nil
        }
        return min(number, 1_000_000_000_000)
    }

    /// Seconds, `6m0s`, a moment of RFC 3339, or milliseconds since 1970; `now` is for those that state a moment.
    static func duration(_ value: Span<UInt8>, now: Date) -> Duration? {
        if !value.isEmpty, !isDigit(value[value.count - 1]), let spelled = spelled(value) { return spelled }
        if let seconds = FieldSyntax.number(value) { return duration(Double(seconds), now) }
        let text = HTTPHeaders.text(value)
        guard let last = text.utf8.last, isDigit(last) || last == UInt8(ascii: "."), let seconds = Double(text) else {
            return ISO8601.date(text).flatMap { until($0, now) }
        }
        return duration(seconds, now)
    }

    private static func duration(_ seconds: Double, _ now: Date) -> Duration? {
        guard seconds > 1e11 else { return (0...2_678_400.0).contains(seconds) ? .seconds(seconds) : nil }
        return until(Date(timeIntervalSince1970: seconds / 1000), now)
    }

    private static func until(_ date: Date, _ now: Date) -> Duration? {
        let seconds = date.timeIntervalSince(now)
        return seconds < 86_400 * 31 ? .seconds(max(0, seconds)) : nil
    }

    /// `1h2m3.5s` or `60ms`. In one pass, because it stands beside most answers.
    private static func spelled(_ text: Span<UInt8>) -> Duration? {
        var total = Int64(0)
        var number = Int64(0)
        var (digits, fraction) = (0, Int64(0))
        var unit: UInt16 = 0
        for index in text.indices {
            let byte = text[index]
            if isDigit(byte) || byte == UInt8(ascii: ".") {
                if unit != 0 {
                    guard let part = length(number, fraction, digits, unit), total < longest else {
                        return nil
                    }
                    total += part
                    (number, digits, fraction, unit) = (0, 0, 0, 0)
                }
                if byte == UInt8(ascii: ".") {
                    guard fraction == 0 else { return nil }
                    fraction = 1
                } else {
                    guard digits < 9 || fraction > 0 else { return nil }
                    // What is less than a billionth is of no use to anybody.
                    guard fraction < 1_000_000_000 else { continue }
                    number = number * 10 + Int64(byte - UInt8(ascii: "0"))
                    digits += 1
                    fraction *= 10
                }
            } else {
                guard unit < 256 else { return nil }
                unit = unit << 8 | UInt16(byte)
            }
        }
        guard let last = length(number, fraction, digits, unit) else { return nil }
        return .nanoseconds(total + last)
    }

    /// So many of a unit in nanoseconds; `fraction` is the power of ten that the number was written without.
    private static func length(_ number: Int64, _ fraction: Int64, _ digits: Int, _ unit: UInt16) -> Int64? {
        guard digits > 0 else { return nil }
        let nanoseconds: Double
        switch unit {
        case 0x6d73: nanoseconds = 1e6  // ms
        case 0x73: nanoseconds = 1e9  // s
        case 0x6d: nanoseconds = 60e9  // m
        case 0x68: nanoseconds = 3600e9  // h
        case 0x64: nanoseconds = 86_400e9  // d
        default: return nil
        }
        let length = Double(number) / Double(max(1, fraction)) * nanoseconds
        return length < Double(longest) ? Int64(length.rounded()) : nil
    }

    /// A month, in nanoseconds: longer than any limit.
    private static let longest: Int64 = 2_678_400_000_000_000

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
