/// The five fields of a rule, each as the set of its values, in one bit each.
struct CronFields: Sendable, Hashable {
    private let minutes: UInt64
    private let hours: UInt64
    private let days: UInt64
    private let months: UInt64
    private let weekdays: UInt64
    /// When both day fields are restricted, a day that meets one of them is enough: so does cron.
    private let isEitherDay: Bool

    /// How many days are looked at: 29 February comes after eight years at the latest.
    private static let horizon = 8 * 366 + 2

    init(_ fields: [String]) throws(InvalidScheduleRule) {
        minutes = try Field("minute", 0...59).values(fields[0])
        hours = try Field("hour", 0...23).values(fields[1])
        days = try Field("day", 1...31).values(fields[2])
        months = try Field("month", 1...12, names: Self.monthNames, from: 1).values(fields[3])
        let weekdays = try Field("weekday", 0...7, names: Self.weekdayNames, from: 0).values(fields[4])
        // 7 is Sunday too.
        self.weekdays = (weekdays | weekdays >> 7) & 0x7F
        isEitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
    }

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// The first minute since 1970 that is greater than `minute` and meets all fields.
    func next(afterMinute minute: Int) -> Int? {
        let first = minute + 1
        let today = first.floored(by: 1440)
        let timeOfDay = first - today * 1440
        for day in today..<today + Self.horizon where includes(day: day) {
            let earliest = day == today ? timeOfDay : 0
            if let time = nextTime(from: earliest) { return day * 1440 + time }
        }
        return nil
    }

    private func nextTime(from earliest: Int) -> Int? {
        for hour in earliest / 60..<24 where hours.has(hour) {
            let start = hour == earliest / 60 ? earliest % 60 : 0
            for minute in start..<60 where minutes.has(minute) { return hour * 60 + minute }
        }
        return nil
    }

    private func includes(day: Int) -> Bool {
        let (month, dayOfMonth) = Self.monthAndDay(ofDay: day)
        guard months.has(month) else { return false }
        // 1 January 1970 was a Thursday.
        let weekday = (day + 4) - (day + 4).floored(by: 7) * 7
        let (isDay, isWeekday) = (days.has(dayOfMonth), weekdays.has(weekday))
        return isEitherDay ? isDay || isWeekday : isDay && isWeekday
    }

    /// The month and day of a day since 1970: years begin in March here, so that the leap day is the last one.
    private static func monthAndDay(ofDay day: Int) -> (month: Int, day: Int) {
        let shifted = day + 719_468
        let dayOfEra = shifted - shifted.floored(by: 146_097) * 146_097
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    /// How one field is read.
    private struct Field {
        let name: String
        let range: ClosedRange<Int>
        let names: [String]
        let firstName: Int

        init(_ name: String, _ range: ClosedRange<Int>, names: [String] = [], from firstName: Int = 0) {
            self.name = name
            self.range = range
            self.names = names
            self.firstName = firstName
        }

        /// `*`, `5`, `1-5`, `*/15`, `10-30/5`, and lists of those.
        func values(_ text: String) throws(InvalidScheduleRule) -> UInt64 {
            var set: UInt64 = 0
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
                guard pieces.count <= 2, let span = span(pieces[0], hasStep: pieces.count == 2) else {
                    throw invalid(text)
                }
                guard let step = pieces.count == 2 ? Int(pieces[1]) : 1, (1...range.upperBound + 1).contains(step)
                else { throw invalid(text) }
                for value in stride(from: span.lowerBound, through: span.upperBound, by: step) { set |= 1 << value }
            }
            return set
        }

        private func span(_ text: Substring, hasStep: Bool) -> ClosedRange<Int>? {
            if text == "*" { return range }
            let ends = text.split(separator: "-", omittingEmptySubsequences: false)
            guard let low = value(ends[0]), range.contains(low) else { return nil }
            switch ends.count {
            case 1: return hasStep ? low...range.upperBound : low...low
            case 2:
                guard let high = value(ends[1]), range.contains(high), low <= high else { return nil }
                return low...high
            default: return nil
            }
        }

        private func value(_ text: Substring) -> Int? {
            if let index = names.firstIndex(of: text.lowercased()) { return firstName + index }
            return text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
        }

        private func invalid(_ text: String) -> InvalidScheduleRule {
            InvalidScheduleRule(
                message: "\"\(text)\" is no \(name): it goes from \(range.lowerBound) to \(range.upperBound).")
        }
    }
}

extension UInt64 {
    fileprivate func has(_ value: Int) -> Bool { self >> value & 1 == 1 }
}
