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
            if stands(wanted.span, in: bytes, at: place) { return place }
            place = first(head, in: bytes, (place + 1)..<starts)
        }
        return nil
    }

    /// Whether `wanted` stands in `bytes` at `start`, all of it within them.
    package static func stands(_ wanted: Span<UInt8>, in bytes: Span<UInt8>, at start: Int) -> Bool {
        let length = wanted.count
        precondition(start >= 0 && start <= bytes.count &- length, "a place outside the bytes")
        if length >= 8 {
            var offset = 0
            // The last word ends with the bytes, whether or not it overlaps the one before it.
            while offset &+ 8 < length {
                guard isSame(UInt64.self, offset) else { return false }
                offset &+= 8
            }
            return isSame(UInt64.self, length &- 8)
        }
        if length >= 4 { return isSame(UInt32.self, 0) && isSame(UInt32.self, length &- 4) }
        for offset in 0..<length where bytes[start &+ offset] != wanted[offset] { return false }
        return true

        func isSame<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type, _ offset: Int) -> Bool {
            // Within both by what is asked above; an unaligned load is well defined for whole numbers.
            unsafe wanted.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type)
                == bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ offset, as: type)
        }
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

    /// The first place in `range` at which `byte` stands with one of three others behind it, which is in the range too; the
    /// range's end when there is none. For texts in which `byte` is everywhere and what is looked for is not.
    package static func first(
        _ byte: UInt8, before others: (UInt8, UInt8, UInt8), in bytes: Span<UInt8>, _ range: Range<Int>
    ) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a range outside the bytes")
        let wanted = SIMD16<UInt8>(repeating: byte)
        let first = SIMD16<UInt8>(repeating: others.0)
        let second = SIMD16<UInt8>(repeating: others.1)
        let third = SIMD16<UInt8>(repeating: others.2)
        var position = range.lowerBound
        while position &+ 17 <= range.upperBound {
            // Within bounds by the loop's condition; unaligned loads are well defined for bytes.
            let here = unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: SIMD16<UInt8>.self)
            let behind = unsafe bytes.bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: position &+ 1, as: SIMD16<UInt8>.self)
            let found = (here .== wanted) .& ((behind .== first) .| (behind .== second) .| (behind .== third))
            let ones = SIMD16<UInt8>(repeating: 1)
            let marks = SIMD16<UInt8>.zero.replacing(with: ones, where: found)
            let halves = unsafe unsafeBitCast(marks, to: SIMD2<UInt64>.self)
            if halves[0] != 0 { return position &+ (UInt64(littleEndian: halves[0]).trailingZeroBitCount &>> 3) }
            if halves[1] != 0 { return position &+ 8 &+ (UInt64(littleEndian: halves[1]).trailingZeroBitCount &>> 3) }
            position &+= 16
        }
        while position &+ 1 < range.upperBound {
            let next = bytes[position &+ 1]
            if bytes[position] == byte, next == others.0 || next == others.1 || next == others.2 { return position }
            position &+= 1
        }
        return range.upperBound
    }
}
