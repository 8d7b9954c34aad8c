package import FoundationEssentials

/// Dates as text: UTC with microseconds out, the usual variants in.
package enum ISO8601 {
    /// `2026-01-02T03:04:05.678901Z`; nil for a date outside the years 1 to 9999, which has no such form.
    package static func string(_ date: Date) -> String? {
        bytes(date).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same as ASCII.
    static func bytes(_ date: Date) -> [UInt8]? {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: length) { output, count in
            guard let start = output.baseAddress else { return }
            count = unsafe write(date, to: start) ? length : 0
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// How long each is.
    static let length = 27

    /// Writes the same to where there is room for its length; false, and nothing is written, when there is no such form.
    @unsafe static func write(_ date: Date, to output: UnsafeMutablePointer<UInt8>) -> Bool {
        // Counted from the reference date of `Date`, so that microseconds survive the double.
        let total = (date.timeIntervalSinceReferenceDate * 1_000_000).rounded()
        guard total >= -63_113_904_000_000_000, total < 252_423_993_600_000_000 else { return false }
        let microseconds = Int64(total) + referenceSeconds * 1_000_000
        let day = floorDivide(microseconds, 86_400_000_000)
        let rest = microseconds - day * 86_400_000_000
        let (year, month, dayOfMonth) = civil(fromDay: Int(day))
        // All of them are small and none is negative.
        let second = UInt32(truncatingIfNeeded: rest / 1_000_000)
        put(UInt32(truncatingIfNeeded: year), 0..<4, UInt8(ascii: "-"))
        put(UInt32(truncatingIfNeeded: month), 5..<7, UInt8(ascii: "-"))
        put(UInt32(truncatingIfNeeded: dayOfMonth), 8..<10, UInt8(ascii: "T"))
        put(second / 3600, 11..<13, UInt8(ascii: ":"))
        put(second / 60 % 60, 14..<16, UInt8(ascii: ":"))
        put(second % 60, 17..<19, UInt8(ascii: "."))
        put(UInt32(truncatingIfNeeded: rest % 1_000_000), 20..<26, UInt8(ascii: "Z"))
        return true

        func put(_ number: UInt32, _ place: Range<Int>, _ mark: UInt8) {
            var number = number
            var index = place.upperBound
            unsafe output[index] = mark
            while index > place.lowerBound {
                index &-= 1
                unsafe output[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10)
                number /= 10
            }
        }
    }

    /// Reads a date, with or without time, fraction and zone (UTC when absent); `T` or a space between, any case.
    package static func date(_ text: String) -> Date? {
        var reader = Reader(text: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), (1...12).contains(month),
            reader.take("-"), let day = reader.number(2), (1...daysIn(month, year)).contains(day), year > 0
        else { return nil }
        var seconds = 0
        var fraction = 0.0
        if !reader.isAtEnd {
            guard reader.take("T") || reader.take("t") || reader.take(" ") else { return nil }
            guard let hour = reader.number(2), hour < 24, reader.take(":"), let minute = reader.number(2), minute < 60
            else { return nil }
            seconds = hour * 3600 + minute * 60
            if reader.take(":") {
                // A leap second has no place in our time scale and becomes the second after.
                guard let second = reader.number(2), second <= 60 else { return nil }
                seconds += second
                if reader.take(".") || reader.take(",") {
                    guard let value = reader.fraction() else { return nil }
                    fraction = value
                }
            }
            guard let offset = reader.offset() else { return nil }
            seconds -= offset
        }
        guard reader.isAtEnd else { return nil }
        let whole = dayNumber(year, month, day) * 86_400 + seconds
        return Date(timeIntervalSinceReferenceDate: Double(whole - Int(referenceSeconds)) + fraction)
    }

    /// From 1970 to the reference date of `Date`.
    private static let referenceSeconds: Int64 = 978_307_200

    private static func daysIn(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, by eras of 400 years.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func floorDivide<Number: SignedInteger>(_ number: Number, _ divisor: Number) -> Number {
        number >= 0 ? number / divisor : -((divisor - 1 - number) / divisor)
    }

    private struct Reader {
        let text: [UInt8]
        var position = 0

        init(text: [UInt8]) { self.text = text }

        var isAtEnd: Bool { position == text.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < text.count, UInt32(text[position]) == character.value else { return false }
            position += 1
            return true
        }

        /// Exactly `digits` digits.
        mutating func number(_ digits: Int) -> Int? {
            guard position + digits <= text.count else { return nil }
            var value = 0
            for byte in text[position..<position + digits] {
                guard isDigit(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            position += digits
            return value
        }

        mutating func fraction() -> Double? {
            var value = 0.0
            var scale = 1.0
            let start = position
            while position < text.count, isDigit(text[position]) {
                // Beyond nanoseconds nothing changes in a double.
                if scale < 1e9 {
                    value = value * 10 + Double(text[position] - 0x30)
                    scale *= 10
                }
                position += 1
            }
            return position > start ? value / scale : nil
        }

        /// Seconds east of UTC: `Z`, nothing, `+02`, `+0200`, `+02:00`.
        mutating func offset() -> Int? {
            if isAtEnd || take("Z") || take("z") { return 0 }
            let sign: Int
            if take("+") {
                sign = 1
            } else if take("-") {
                sign = -1
            } else {
                return nil
            }
            guard let hours = number(2), hours < 24 else { return nil }
            let separated = take(":")
            guard separated || !isAtEnd else { return sign * hours * 3600 }
            guard let minutes = number(2), minutes < 60 else { return nil }
            return sign * (hours * 3600 + minutes * 60)
        }
    }
}
