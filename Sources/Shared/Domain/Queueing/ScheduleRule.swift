package import FoundationEssentials

/// When something is done again: five fields as cron has them, in UTC, or `@every` with a time.
package struct ScheduleRule: Sendable, Hashable, CustomStringConvertible {
    private enum Form: Sendable, Hashable {
        case cron(CronFields)
        /// At the multiples of so many seconds since 1970, so that whoever asks gets the same moments.
        case every(Int)
    }

    private let form: Form
    /// As it was written.
    package let description: String

    /// Reads `30 4 * * 1-5`, `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` or `@every 90s` (s, m, h, d).
    package init(_ text: String) throws(InvalidScheduleRule) {
        let words = text.split(separator: " ").map(String.init)
        description = words.joined(separator: " ")
        if words.first == "@every" {
            guard words.count == 2, let seconds = Self.seconds(words[1]), (1...366 * 86_400).contains(seconds) else {
                throw InvalidScheduleRule(message: "\"\(text)\": @every wants a time such as 90s, 5m, 6h or 1d.")
            }
            form = .every(seconds)
            return
        }
        let fields = words.count == 1 ? Self.names[words[0]]?.split(separator: " ").map(String.init) : words
        guard let fields, fields.count == 5 else {
            throw InvalidScheduleRule(
                message: "\"\(text)\": a rule has five fields (minute hour day month weekday), or is @hourly, @daily, "
                    + "@weekly, @monthly, @yearly or @every TIME.")
        }
        let cron = try CronFields(fields)
        guard cron.next(afterMinute: 0) != nil else {
            throw InvalidScheduleRule(message: "\"\(text)\" never comes.")
        }
        form = .cron(cron)
    }

    private static let names = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
        "@yearly": "0 0 1 1 *",
    ]

    private static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last, let unit = units[last], let count = Int(text.dropLast()), count > 0 else {
            return nil
        }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : seconds
    }

    /// The first moment after the given one.
    package func next(after moment: Date) -> Date {
        let seconds = Int(clamping: moment.timeIntervalSince1970.rounded(.down))
        switch form {
        case .every(let interval):
            return Date(timeIntervalSince1970: Double((seconds.floored(by: interval) + 1) * interval))
        case .cron(let fields):
            // A rule that has a moment has one within eight years of any other; none is left only at the end of time.
            guard let minute = fields.next(afterMinute: seconds.floored(by: 60)) else { return .distantFuture }
            return Date(timeIntervalSince1970: Double(minute * 60))
        }
    }

    /// The last moment that is not after `end`, given that `start` is one.
    func last(notAfter end: Date, notBefore start: Date) -> Date {
        if case .every(let interval) = form {
            let seconds = Int(clamping: end.timeIntervalSince1970.rounded(.down))
            return max(start, Date(timeIntervalSince1970: Double(seconds.floored(by: interval) * interval)))
        }
        // Backwards in growing steps, so that a rule missed for years costs no more than one missed for an hour.
        var span: TimeInterval = 3600
        while true {
            var found = max(start, end.addingTimeInterval(-span))
            var next = found == start ? start : self.next(after: found)
            guard next <= end || found == start else {
                span *= 8
                continue
            }
            while next <= end {
                found = next
                next = self.next(after: found)
            }
            return found
        }
    }
}

/// A rule that cannot be read.
package struct InvalidScheduleRule: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it, as a sentence.
    package let message: String
    package var description: String { message }
}

extension Int {
    /// The quotient towards minus infinity.
    func floored(by divisor: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    fileprivate init(clamping value: Double) {
        // Ten thousand years: no schedule reaches farther.
        self = Int(Swift.min(Swift.max(value, -3e11), 3e11))
    }
}
