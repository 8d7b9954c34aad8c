/// Finds the end of a request's head, whatever pieces it comes in.
struct HeadEnd {
    /// What is known of the head.
    enum Finding {
        case incomplete
        /// It has so many bytes, of which the first `skipped` are the empty lines that some clients send before it.
        case complete(count: Int, skipped: Int)
        case refused(HTTPRefusal)
    }

    /// Where the line begins that is not complete yet.
    private var line = 0
    /// Up to where there is no line end.
    private var searched = 0
    private var skipped = 0
    /// Whether nothing was looked at yet.
    var isUntouched: Bool { searched == 0 }
    /// Whether the request line is here.
    var hasRequestLine: Bool { line > skipped }

    /// Goes on looking in `bytes`, which begin as they did the last time.
    ///
    /// Lines end with CR and LF. A bare LF is refused: two servers in a row that read a head's end at different places are
    /// how requests are smuggled.
    mutating func look(in bytes: Span<UInt8>, limit: Int) -> Finding {
        while true {
            searched = Self.lineFeed(in: bytes, from: searched)
            let end = searched
            guard end < bytes.count else { break }
            guard end > line, bytes[end - 1] == 13 else { return .refused(.malformed) }
            guard end < limit else { return tooLong }
            let isEmpty = end - 1 == line
            line = end + 1
            searched = line
            if isEmpty {
                if line == skipped + 2 { skipped = line } else { return .complete(count: line, skipped: skipped) }
            }
        }
        return searched < limit ? .incomplete : tooLong
    }

    private var tooLong: Finding { .refused(hasRequestLine ? .headersTooLarge : .targetTooLong) }

    /// Where the first line feed at or behind `start` is; the end of the bytes when there is none.
    static func lineFeed(in bytes: Span<UInt8>, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var place = start
        while place &+ 8 <= bytes.count {
            // Within bounds by the loop's condition; an unaligned load is well defined for UInt64.
            let word = unsafe UInt64(
                littleEndian: bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self))
            let others = word ^ (ones &* 10)
            let marks = (others &- ones) & ~others & (ones &* 0x80)
            if marks != 0 { return place &+ (marks.trailingZeroBitCount &>> 3) }
            place &+= 8
        }
        while place < bytes.count, bytes[place] != 10 { place &+= 1 }
        return place
    }
}
