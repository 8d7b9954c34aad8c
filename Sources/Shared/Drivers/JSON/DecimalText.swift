extension Array where Element == UInt8 {
    /// Adds a number in decimal digits, without a string in between.
    package mutating func append(decimal number: UInt64) {
        guard number >= 10 else { return append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)) }
        let (others, last) = number.quotientAndRemainder(dividingBy: 10)
        append(decimal: others)
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: last))
    }
}
