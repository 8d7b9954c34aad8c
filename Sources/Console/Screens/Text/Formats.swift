package import FoundationEssentials
import JSON

/// Numbers, times and amounts as the screens write them.
package enum Formats {
    /// A score with two decimals, a dash for none.
    package static func score(_ score: Double?) -> String {
        guard let score else { return "-" }
        return decimal(score, places: 2)
    }

    /// A time span in at most six characters: `3ms`, `1.2s`, `41s`, `2m03s`, `1h02m`.
    package static func latency(milliseconds: Double?) -> String {
        guard let milliseconds, milliseconds >= 0 else { return "-" }
        switch milliseconds {
        case ..<0.95: return "<1ms"
        case ..<999.5: return "\(whole(milliseconds))ms"
        case ..<9_950: return "\(decimal(milliseconds / 1000, places: 1))s"
        default: return span(seconds: whole(milliseconds / 1000))
        }
    }

    /// A time span in its two largest units.
    package static func span(seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(max(0, seconds))s"
        case ..<3600: "\(seconds / 60)m\(twoDigits(seconds % 60))s"
        case ..<86_400: "\(seconds / 3600)h\(twoDigits(seconds / 60 % 60))m"
        default: "\(seconds / 86_400)d\(twoDigits(seconds / 3600 % 24))h"
        }
    }

    /// US dollars in at most eight characters.
    package static func cost(nanodollars: Int64?) -> String {
        guard let nanodollars else { return "-" }
        switch nanodollars {
        case 0: return "$0"
        case ..<50_000: return "<$0.0001"
        case ..<1_000_000_000: return "$\(decimal(Double(nanodollars) / 1e9, places: 4))"
        default: return "$\(decimal(Double(nanodollars) / 1e9, places: 2))"
        }
    }

    /// US dollars to the last digit.
    package static func exactCost(nanodollars: Int64) -> String {
        let (dollars, rest) = nanodollars.quotientAndRemainder(dividingBy: 1_000_000_000)
        var digits = String(rest.magnitude)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.count > 2, digits.last == "0" { digits.removeLast() }
        return "$\(dollars).\(digits)"
    }

    /// Something per second in at most six characters: `0`, `0.03`, `4.2`, `311`, `12.4k`.
    package static func rate(_ perSecond: Double) -> String {
        switch perSecond {
        case ..<0.005: "0"
        case ..<1: decimal(perSecond, places: 2)
        case ..<99.95: decimal(perSecond, places: 1)
        case ..<9_999.5: "\(whole(perSecond))"
        default: "\(decimal(perSecond / 1000, places: 1))k"
        }
    }

    /// A number in at most five characters: `950`, `1.2k`, `34M`.
    package static func compact(_ number: Double) -> String {
        let units: [(Double, String)] = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
        for (unit, name) in units where number >= unit {
            let scaled = number / unit
            return scaled < 9.95 && scaled != scaled.rounded()
                ? "\(decimal(scaled, places: 1))\(name)" : "\(whole(scaled))\(name)"
        }
        return number == number.rounded() ? "\(whole(number))" : decimal(number, places: 1)
    }

    /// A share from 0 to 1 in percent, with a decimal below ten.
    package static func percent(_ share: Double) -> String {
        "\(share < 0.0995 ? decimal(share * 100, places: 1) : String(whole(share * 100)))%"
    }

    /// A whole number with its thousands apart.
    package static func count(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }

    /// A number of bytes: `640 B`, `1.2 kB`, `3.4 MB`, `5.67 GB`.
    package static func bytes(_ bytes: Int64) -> String {
        let amount = Double(bytes)
        if bytes < 1000 { return "\(bytes) B" }
        if bytes < 1_000_000 { return "\(decimal(amount / 1000, places: 1)) kB" }
        if bytes < 1_000_000_000 { return "\(decimal(amount / 1_000_000, places: 1)) MB" }
        return "\(decimal(amount / 1_000_000_000, places: 2)) GB"
    }

    /// `12:04:29` (UTC).
    package static func time(_ date: Date) -> String { part(date, 11..<19) }
    /// `12:04` (UTC).
    package static func minute(_ date: Date) -> String { part(date, 11..<16) }
    /// `11-24 12:04:29` (UTC).
    package static func dayAndTime(_ date: Date) -> String { part(date, 5..<10) + " " + part(date, 11..<19) }
    /// `2026-11-24 12:04` (UTC).
    package static func dayAndMinute(_ date: Date) -> String { part(date, 0..<10) + " " + part(date, 11..<16) }
    /// `2026-11-24` (UTC).
    package static func day(_ date: Date) -> String { part(date, 0..<10) }
    /// `2026-11-24 12:04:29.118 UTC`.
    package static func full(_ date: Date) -> String { part(date, 0..<10) + " " + part(date, 11..<23) + " UTC" }

    private static func part(_ date: Date, _ range: Range<Int>) -> String {
        guard let text = ISO8601.string(date) else { return "?" }
        return String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }

    static func decimal(_ number: Double, places: Int) -> String {
        var factor = 1
        for _ in 0..<places { factor *= 10 }
        let scaled = whole(abs(number) * Double(factor))
        let digits = String(scaled % factor)
        let sign = number < 0 && scaled > 0 ? "-" : ""
        return "\(sign)\(scaled / factor).\(String(repeating: "0", count: places - digits.count))\(digits)"
    }

    /// The nearest whole number; what does not fit is the largest that does.
    private static func whole(_ number: Double) -> Int {
        guard number.isFinite, abs(number) < 9e15 else { return Int(9e15) }
        return Int(number.rounded())
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
