internal import ChatModel
internal import Dialects

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

    /// The index behind the empty line that ends the first event at or after `start`; `nil` when none does.
    static func end(in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            guard bytes[index] == 10 else {
                index += 1
                continue
            }
            var next = index + 1
            if next < bytes.count, bytes[next] == 13 { next += 1 }
            if next < bytes.count, bytes[next] == 10 { return next + 1 }
            index += 1
        }
        return nil
    }

    /// What stands out, in one pass over the bytes.
    static func signs(in bytes: [UInt8], _ range: Range<Int>) -> Signs {
        var signs = Signs()
        var index = range.lowerBound
        while index < range.upperBound - 8 {
            guard bytes[index] == UInt8(ascii: "\"") else {
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "f"): if states(finishReason, bytes, index, range) { signs.finishes = true }
            case UInt8(ascii: "u"): if states(usage, bytes, index, range) { signs.counts = true }
            case UInt8(ascii: "e"): if states(error, bytes, index, range) { signs.fails = true }
            default: break
            }
            index += 1
        }
        return signs
    }

    /// The last reason that is stated in a part of the bytes.
    static func finish(in bytes: [UInt8], _ range: Range<Int>) -> String? {
        var found: String?
        var index = range.lowerBound
        while index < range.upperBound - 8 {
            if bytes[index] == UInt8(ascii: "\""), let start = value(finishReason, bytes, index, range),
                bytes[start] == UInt8(ascii: "\"")
            {
                let end = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "\"")) ?? range.upperBound
                found = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
                // The first answer's reason is the one that is told.
                break
            }
            index += 1
        }
        return found
    }

    private static let finishReason = Array(#""finish_reason""#.utf8)
    private static let usage = Array(#""usage""#.utf8)
    private static let error = Array(#""error""#.utf8)

    /// Whether a member of this name begins here and is not null.
    private static func states(_ name: [UInt8], _ bytes: [UInt8], _ index: Int, _ range: Range<Int>) -> Bool {
        value(name, bytes, index, range).map { bytes[$0] != UInt8(ascii: "n") } ?? false
    }

    /// Where the value of the member begins whose name stands here.
    private static func value(_ name: [UInt8], _ bytes: [UInt8], _ index: Int, _ range: Range<Int>) -> Int? {
        guard index + name.count < range.upperBound else { return nil }
        for offset in 0..<name.count where bytes[index + offset] != name[offset] { return nil }
        var next = index + name.count
        while next < range.upperBound, bytes[next] == 32 { next += 1 }
        guard next < range.upperBound, bytes[next] == UInt8(ascii: ":") else { return nil }
        next += 1
        while next < range.upperBound, bytes[next] == 32 { next += 1 }
        return next < range.upperBound ? next : nil
    }

    /// The name that an event gives itself in a line of its own.
    static func name(in bytes: [UInt8], _ range: Range<Int>) -> String? {
        let start = Array("event:".utf8)
        guard range.count > start.count else { return nil }
        for offset in 0..<start.count where bytes[range.lowerBound + offset] != start[offset] { return nil }
        let line = bytes[(range.lowerBound + start.count)..<range.upperBound].prefix { $0 != 10 && $0 != 13 }
        return String(decoding: line.drop { $0 == 32 }, as: UTF8.self)
    }

    /// The data of an event; `nil` for a comment, or an event of none.
    static func data(of event: ArraySlice<UInt8>) -> [UInt8]? {
        var joined: [UInt8]?
        for line in event.split(separator: 10) {
            var line = line
            if line.last == 13 { line.removeLast() }
            guard line.starts(with: "data:".utf8) else { continue }
            line.removeFirst(5)
            if line.first == 32 { line.removeFirst() }
            joined = joined.map { $0 + [10] + line } ?? Array(line)
        }
        return joined
    }
}
