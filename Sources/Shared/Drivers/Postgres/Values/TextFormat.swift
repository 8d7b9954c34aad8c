internal import FoundationEssentials

/// The server's text format of values, read without allocating where that is possible. Every function returns `nil`
/// for what it does not understand.
enum TextFormat {
    /// The bytes as a string; what is not UTF-8 is repaired (the server sends nothing else).
    static func string(_ span: Span<UInt8>) -> String {
        unsafe span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A copy of the bytes.
    static func bytes(_ span: Span<UInt8>) -> [UInt8] {
        unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// A decimal integer that fits `T`.
    static func integer<T: FixedWidthInteger>(_ span: Span<UInt8>) -> T? {
        var index = 0
        let isNegative = !span.isEmpty && span[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard index < span.count else { return nil }
        var value: T = 0
        while index < span.count {
            guard let digit = digit(span[index]) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            // Negative numbers are built downwards: the smallest one has no positive counterpart.
            let (next, carry) =
                isNegative ? shifted.subtractingReportingOverflow(T(digit)) : shifted.addingReportingOverflow(T(digit))
            guard !overflow, !carry else { return nil }
            value = next
            index += 1
        }
        return value
    }

    fileprivate static func digit(_ byte: UInt8) -> UInt8? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? value : nil
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        if let value = digit(byte) { return value }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }

    /// The bytes of `\x0123…`.
    static func hexadecimal(_ span: Span<UInt8>) -> [UInt8]? {
        guard span.count >= 2, span.count.isMultiple(of: 2), span[0] == UInt8(ascii: "\\"), span[1] == UInt8(ascii: "x")
        else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(span.count / 2 - 1)
        for index in stride(from: 2, to: span.count, by: 2) {
            guard let high = hexadecimalDigit(span[index]), let low = hexadecimalDigit(span[index + 1]) else {
                return nil
            }
            result.append(high << 4 | low)
        }
        return result
    }

    /// A UUID in its canonical form.
    static func uuid(_ span: Span<UInt8>) -> UUID? {
        guard span.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<36 {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard span[index] == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = hexadecimalDigit(span[index]) else { return nil }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
        }
        var parts = (high.bigEndian, low.bigEndian)
        return unsafe withUnsafeBytes(of: &parts) { unsafe UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// `2026-01-02 03:04:05.678901+00`, `2026-01-02 03:04:05`, `2026-01-02`, each with ` BC` or without.
    ///
    /// Connections run in UTC, so an offset other than zero does not occur; one in whole hours is understood.
    static func timestamp(_ span: Span<UInt8>) -> Date? {
        var reader = TextReader(index: 0)
        guard let year = reader.number(span), reader.skip("-", span), let month = reader.number(span),
            reader.skip("-", span), let day = reader.number(span), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds = 0.0
        let dateEnd = reader
        if reader.skip(" ", span), !reader.skip("B", span) {
            guard let time = timeOfDay(&reader, span) else { return nil }
            seconds = time
        } else {
            reader = dateEnd
        }
        let isBeforeChrist = reader.skip(" ", span) && reader.skip("B", span) && reader.skip("C", span)
        guard reader.isAtEnd(span) else { return nil }
        let days = daysSince1970(year: isBeforeChrist ? 1 - year : year, month: month, day: day)
        return Date(timeIntervalSince1970: Double(days) * 86_400 + seconds)
    }

    /// Seconds since midnight in UTC.
    private static func timeOfDay(_ reader: inout TextReader, _ span: Span<UInt8>) -> Double? {
        guard let hour = reader.number(span), reader.skip(":", span), let minute = reader.number(span),
            reader.skip(":", span), let second = reader.number(span)
        else { return nil }
        var seconds = Double(hour * 3600 + minute * 60 + second)
        if reader.skip(".", span) {
            let start = reader.index
            guard var fraction = reader.number(span), reader.index - start <= 6 else { return nil }
            for _ in 0..<(6 - (reader.index - start)) { fraction *= 10 }
            seconds += Double(fraction) / 1_000_000
        }
        if reader.skip("+", span) {
            guard let hours = reader.number(span) else { return nil }
            seconds -= Double(hours * 3600)
        } else if reader.skip("-", span) {
            guard let hours = reader.number(span) else { return nil }
            seconds += Double(hours * 3600)
        }
        return seconds
    }

    /// The civil calendar in days, by counting in eras of 400 years that start in March.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

private struct TextReader {
    var index: Int

    /// A run of at most nine digits.
    mutating func number(_ span: Span<UInt8>) -> Int? {
        let start = index
        var value = 0
        while index < span.count, index - start < 9, let digit = TextFormat.digit(span[index]) {
            value = value * 10 + Int(digit)
            index += 1
        }
        return index > start ? value : nil
    }

    mutating func skip(_ scalar: Unicode.Scalar, _ span: Span<UInt8>) -> Bool {
        guard index < span.count, span[index] == UInt8(ascii: scalar) else { return false }
        index += 1
        return true
    }

    func isAtEnd(_ span: Span<UInt8>) -> Bool { index == span.count }
}
