/// A text that must not be seen: it prints as `‹redacted›` wherever it is printed, logged or dumped.
package struct Secret: Sendable, Hashable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// The text itself, for the one call that needs it.
    package func reveal() -> String { text }

    /// What stands for every secret.
    package static let redacted = "‹redacted›"

    /// A connection string or URL with only its password hidden: the rest helps whoever looks for a mistake.
    ///
    /// Hides `user:PASSWORD@` of a URL and `password=…` of a keyword string or query.
    package static func maskingPassword(in text: String) -> String {
        var bytes = Array(text.utf8)
        for range in passwordRanges(in: bytes).reversed() { bytes.replaceSubrange(range, with: redacted.utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The passwords in a connection string or URL, as they are written there.
    package static func passwords(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        return passwordRanges(in: bytes).map { range in
            String(decoding: bytes[range].filter { $0 != UInt8(ascii: "'") }, as: UTF8.self)
        }
    }

    /// The password in what follows `://`; `nil` when there is none.
    ///
    /// Passwords should have their `/`, `?` and `@` percent-encoded, but whoever forgets that makes a mistake, and no secret
    /// public.
    package static func passwordRange(inAddress bytes: ArraySlice<UInt8>) -> Range<Int>? {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let start = colon + 1
        let rest = bytes[start...]
        func last(_ part: ArraySlice<UInt8>) -> Int? { part.lastIndex(of: UInt8(ascii: "@")) }
        let ends = "/?#".utf8
        let authority = rest.prefix { !ends.contains($0) }
        let isPort = !authority.isEmpty && authority.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        // The first colon is a user's, unless an @ stands before it: then it is a port's.
        guard !isPort, bytes[..<colon].allSatisfy({ $0 != UInt8(ascii: "@") && !ends.contains($0) }),
            let end = last(authority) ?? last(rest.prefix { $0 != UInt8(ascii: "?") }) ?? last(rest), end > start
        else { return nil }
        return start..<end
    }

    private static func passwordRanges(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        if let scheme = place(of: "://", in: bytes[...]), let range = passwordRange(inAddress: bytes[scheme...]) {
            ranges.append(range)
        }
        var rest = bytes[...]
        while let name = place(of: "password", in: rest) {
            rest = rest[name...]
            let sign = rest.drop { $0 == UInt8(ascii: " ") }
            guard sign.first == UInt8(ascii: "=") else { continue }
            let value = sign.dropFirst().drop { $0 == UInt8(ascii: " ") }
            let end: Int
            if value.first == UInt8(ascii: "'") {
                end = closingQuote(value) ?? bytes.endIndex
            } else {
                end = value.firstIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "&") } ?? bytes.endIndex
            }
            rest = bytes[end...]
            // One that is written in the address is hidden already.
            if value.startIndex < end, !ranges.contains(where: { $0.overlaps(value.startIndex..<end) }) {
                ranges.append(value.startIndex..<end)
            }
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Behind the quote that ends a value of a keyword string, where a backslash takes the meaning from what follows.
    private static func closingQuote(_ value: ArraySlice<UInt8>) -> Int? {
        var index = value.startIndex + 1
        while index < value.endIndex {
            if value[index] == UInt8(ascii: "'") { return index + 1 }
            index += value[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// Behind the first place where a word stands, in letters of any case.
    private static func place(of word: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let word = Array(word.utf8)
        guard bytes.count >= word.count else { return nil }
        for start in bytes.startIndex...(bytes.endIndex - word.count) {
            let end = start + word.count
            if zip(bytes[start..<end], word).allSatisfy({ lowered($0) == $1 }) { return end }
        }
        return nil
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Self.redacted }
    package var debugDescription: String { Self.redacted }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
