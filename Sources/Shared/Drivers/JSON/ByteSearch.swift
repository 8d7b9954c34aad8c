/// Looks for a byte or a text in bytes, eight at a time.
package enum ByteSearch {
    /// Where `text`, which is ASCII, first stands; `nil` when it does not.
    package static func first(_ text: StaticString, in bytes: [UInt8]) -> Int? {
        let wanted = Array("\(text)".utf8)
        guard let head = wanted.first, bytes.count >= wanted.count else { return nil }
        let starts = bytes.count - wanted.count + 1
        let bytes = bytes.span
        var place = first(head, in: bytes, 0..<starts)
        while place < starts {
            var length = 1
            while length < wanted.count, bytes[place + length] == wanted[length] { length += 1 }
            if length == wanted.count { return place }
            place = first(head, in: bytes, (place + 1)..<starts)
        }
        return nil
    }

    /// The first place of `byte` in `range`, or the range's end.
    package static func first(_ byte: UInt8, in bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let wanted = ones &* UInt64(byte)
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a range outside the bytes")
        var position = range.lowerBound
        while position &+ 8 <= range.upperBound {
            // Within bounds by the loop's condition; an unaligned load is well defined for UInt64.
            let word = unsafe UInt64(
                littleEndian: bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self))
            let others = word ^ wanted
            // The usual test for a zero byte; its lowest mark is exact.
            let marks = (others &- ones) & ~others & (ones &* 0x80)
            if marks != 0 { return position &+ (marks.trailingZeroBitCount &>> 3) }
            position &+= 8
        }
        while position < range.upperBound, bytes[position] != byte { position &+= 1 }
        return position
    }
}
