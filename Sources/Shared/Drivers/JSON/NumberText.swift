/// The values of numbers whose text the tokenizer has accepted.
enum NumberText {
    /// The powers of ten that a double holds exactly.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The nearest double; infinite when out of range.
    ///
    /// A mantissa up to 2^53 times or divided by an exact power of ten is rounded once, hence exact; everything else
    /// goes through the standard library.
    static func double(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Double {
        var position = start
        let isNegative = bytes[start] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var mantissa: UInt64 = 0
        var exponent = 0
        var digits = 0
        var afterPoint = false
        while position < end {
            let byte = bytes[position]
            if isDigit(byte) {
                mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                if mantissa != 0 { digits += 1 }
                if afterPoint { exponent -= 1 }
            } else if byte == UInt8(ascii: ".") {
                afterPoint = true
            } else {
                break
            }
            position += 1
        }
        if position < end {
            guard let written = smallInteger(bytes, position + 1, end) else { return slowDouble(bytes, start, end) }
            exponent += written
        }
        guard digits <= 19, mantissa <= 1 << 53, exponent.magnitude <= 22 else { return slowDouble(bytes, start, end) }
        let scale = powers[Int(exponent.magnitude)]
        let value = exponent < 0 ? Double(mantissa) / scale : Double(mantissa) * scale
        return isNegative ? -value : value
    }

    /// The exact value when it fits; nil otherwise. The text has neither fraction nor exponent.
    static func integer<Value: FixedWidthInteger>(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Value? {
        let isNegative = bytes[start] == UInt8(ascii: "-")
        var position = isNegative ? start + 1 : start
        var magnitude: UInt64 = 0
        // Nineteen digits fit whatever they are.
        let sure = min(end, position + 19)
        while position < sure {
            magnitude = magnitude &* 10 &+ UInt64(bytes[position] &- 0x30)
            position += 1
        }
        while position < end {
            let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(bytes[position] &- 0x30))
            guard !overflowed, !carried else { return nil }
            magnitude = sum
            position += 1
        }
        guard isNegative else { return Value(exactly: magnitude) }
        // The magnitude of Int64.min has no positive counterpart, so negate before narrowing.
        guard magnitude <= 1 << 63 else { return nil }
        return Value(exactly: Int64(truncatingIfNeeded: 0 &- magnitude))
    }

    private static func smallInteger(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var position = start
        let isNegative = bytes[start] == UInt8(ascii: "-")
        if isNegative || bytes[start] == UInt8(ascii: "+") { position += 1 }
        guard end - position <= 6 else { return nil }
        var value = 0
        while position < end {
            value = value * 10 + Int(bytes[position] &- 0x30)
            position += 1
        }
        return isNegative ? -value : value
    }

    private static func slowDouble(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Double {
        let text = String(decoding: (start..<end).map { bytes[$0] }, as: UTF8.self)
        // The grammar has been checked, so there is always a value.
        return Double(text) ?? .infinity
    }
}
