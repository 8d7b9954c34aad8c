/// Whole numbers in decimal digits.
enum DecimalText {
    /// As many as a number of 64 bits has.
    static let mostDigits = 20

    static func length(_ value: UInt64) -> Int {
        var length = 1
        var limit: UInt64 = 10
        // What ten to the twentieth is here does not matter.
        while value >= limit, length < mostDigits {
            length &+= 1
            limit &*= 10
        }
        return length
    }

    /// Writes from the back: there have to be ``length(_:)`` bytes before `end`.
    @unsafe static func write(_ value: UInt64, before end: UnsafeMutablePointer<UInt8>) {
        var place = unsafe end
        var rest = value
        repeat {
            unsafe place -= 1
            let quotient = rest / 10
            unsafe place.pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            rest = quotient
        } while rest > 0
    }
}

/// Text that is put together as bytes, without strings.
extension [UInt8] {
    /// Adds a whole number in decimal digits.
    package mutating func append(decimal value: UInt64) {
        let length = DecimalText.length(value)
        // The digits are written to the end of the lent memory, which has room for all, and copied before it goes.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: DecimalText.mostDigits) { room in
            guard let start = room.baseAddress else { return }
            unsafe DecimalText.write(value, before: start + length)
            unsafe append(contentsOf: UnsafeBufferPointer(start: start, count: length))
        }
    }

    /// Adds a text of the source.
    package mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }
}
