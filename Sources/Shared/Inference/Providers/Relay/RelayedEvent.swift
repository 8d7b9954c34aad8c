internal import HTTPMessages
internal import JSON

/// One event of a stream that passes by: found and looked at without decoding it.
///
/// A quoted name that is looked for cannot stand in a text of the answer, where its quotes would be escaped.
struct RelayedEvent {
    /// What stands out in an event.
    struct Signs {
        /// A reason why an answer ended.
        var finishes = false
        /// A usage.
        var counts = false
        /// An error.
        var fails = false
    }

    /// How long the byte order mark is that some servers begin with; a client that got it would miss the first event.
    static func markLength(in bytes: Span<UInt8>) -> Int {
        bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    }

    /// The index behind the empty line that ends the first event at or after `start`; `nil` when none does.
    static func end(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var index = ByteSearch.first(10, in: bytes, start..<bytes.count)
        while index < bytes.count {
            var next = index + 1
            if next < bytes.count, bytes[next] == 13 { next += 1 }
            if next < bytes.count, bytes[next] == 10 { return next + 1 }
            index = ByteSearch.first(10, in: bytes, (index + 1)..<bytes.count)
        }
        return nil
    }

    /// What stands out, in one pass over the bytes.
    static func signs(in bytes: Span<UInt8>, _ range: Range<Int>) -> Signs {
        var signs = Signs()
        let event = bytes.extracting(range)
        let (quote, initials) = (UInt8(ascii: "\""), (UInt8(ascii: "f"), UInt8(ascii: "u"), UInt8(ascii: "e")))
        var index = ByteSearch.first(quote, before: initials, in: event, 0..<event.count)
        while index < event.count - 8 {
            switch event[index + 1] {
            case initials.0: if states(finishReason, event, index) { signs.finishes = true }
            case initials.1: if states(usage, event, index) { signs.counts = true }
            // A member, or what an event says it is.
            default: if begins(error, event, index) { signs.fails = true }
            }
            index = ByteSearch.first(quote, before: initials, in: event, (index + 1)..<event.count)
        }
        return signs
    }

    private static let dataField = Array("data:".utf8)
    private static let finishReason = Array(#""finish_reason""#.utf8)
    private static let usage = Array(#""usage""#.utf8)
    private static let error = Array(#""error""#.utf8)

    /// Whether a text begins here, unless it is the name of a member that is null.
    private static func begins(_ text: [UInt8], _ event: Span<UInt8>, _ index: Int) -> Bool {
        guard stands(text, event, index) else { return false }
        return value(text, event, index).map { event[$0] != UInt8(ascii: "n") } ?? true
    }

    /// Whether a member of this name begins here and is not null.
    private static func states(_ name: [UInt8], _ event: Span<UInt8>, _ index: Int) -> Bool {
        value(name, event, index).map { event[$0] != UInt8(ascii: "n") } ?? false
    }

    /// Where the value of the member begins whose name stands here.
    private static func value(_ name: [UInt8], _ event: Span<UInt8>, _ index: Int) -> Int? {
        guard stands(name, event, index) else { return nil }
        var next = index + name.count
        while next < event.count, event[next] == 32 { next += 1 }
        guard next < event.count, event[next] == UInt8(ascii: ":") else { return nil }
        next += 1
        while next < event.count, event[next] == 32 { next += 1 }
        return next < event.count ? next : nil
    }

    private static func stands(_ text: [UInt8], _ event: Span<UInt8>, _ index: Int) -> Bool {
        guard index + text.count <= event.count else { return false }
        for offset in 0..<text.count where event[index + offset] != text[offset] { return false }
        return true
    }

    /// The name that an event gives itself in a line of its own.
    static func name(in bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
        let start = Array("event:".utf8)
        guard range.count > start.count else { return nil }
        for offset in 0..<start.count where bytes[range.lowerBound + offset] != start[offset] { return nil }
        var begin = range.lowerBound + start.count
        while begin < range.upperBound, bytes[begin] == 32 { begin += 1 }
        var end = begin
        while end < range.upperBound, bytes[end] != 10, bytes[end] != 13 { end += 1 }
        return HTTPHeaders.text(bytes.extracting(begin..<end))
    }

    /// The data of an event; `nil` for a comment, or an event of none.
    static func data(in bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
        var joined: [UInt8]?
        var start = range.lowerBound
        while start < range.upperBound {
            let next = ByteSearch.first(10, in: bytes, start..<range.upperBound)
            var end = next
            if end > start, bytes[end - 1] == 13 { end -= 1 }
            if stands(dataField, bytes, start), start + dataField.count <= end {
                start += dataField.count
                if start < end, bytes[start] == 32 { start += 1 }
                let line = Array(copying: bytes.extracting(start..<max(start, end)))
                if joined == nil { joined = line } else { joined? += [10] + line }
            }
            start = next + 1
        }
        return joined
    }
}
