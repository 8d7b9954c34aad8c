/// Texts as the audit keeps them: whatever somebody has sent, the database takes it, and no line of a log ends early.
enum AuditText {
    /// How long what comes with a call may be in UTF-8: an address, an identifier of a request.
    static let longestOfCall = 200
    /// How long a reason may be.
    static let longestReason = 2000

    /// The text without control characters, cut off behind so many bytes at most.
    static func kept(_ text: String, atMost limit: Int) -> String {
        // Most texts are short and plain.
        guard text.utf8.count > limit || text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == 0xc2 }) else {
            return text
        }
        var kept = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            let safe: Unicode.Scalar = isControl ? "\u{FFFD}" : scalar
            length += String(safe).utf8.count
            guard length <= limit else { break }
            kept.append(safe)
        }
        return String(kept)
    }

    /// JSON in which no text has a NUL, which the database does not store.
    static func kept(json: String) -> String {
        guard json.contains("\\u0000") else { return json }
        var kept: [UInt8] = []
        var bytes = Array(json.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = bytes.first else {
                kept.append(byte)
                continue
            }
            if bytes.starts(with: "u0000".utf8) {
                bytes.removeFirst(5)
                kept += "\\ufffd".utf8
            } else {
                bytes.removeFirst()
                kept += [byte, next]
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
