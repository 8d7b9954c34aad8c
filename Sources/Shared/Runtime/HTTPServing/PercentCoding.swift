/// Percent-encoding of URL parts (RFC 3986).
enum PercentCoding {
    /// The text that `encoded` stands for. A `%` without two hexadecimal digits stands for itself, and bytes that are
    /// no UTF-8 become U+FFFD: what a client meant is found out later, where its value is judged.
    static func decode(_ encoded: Substring, plusIsSpace: Bool) -> String {
        decoded(encoded, plusIsSpace: plusIsSpace) ?? String(encoded)
    }

    /// The same, `nil` when the text stands for itself.
    static func decoded(_ encoded: Substring, plusIsSpace: Bool) -> String? {
        let isPlain = encoded.utf8.allSatisfy { $0 != percent && !(plusIsSpace && $0 == plus) }
        guard !isPlain else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.utf8.count)
        var rest = encoded.utf8[...]
        while let byte = rest.popFirst() {
            if byte == percent, let high = rest.first.flatMap(hexadecimal),
                let low = rest.dropFirst().first.flatMap(hexadecimal)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == plus ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The parts of `text` between `separator`, empty ones dropped. By bytes: what makes a character, which most of the
    /// cost of `String.split` goes into, does not matter in a URL.
    static func split(_ text: String, at separator: Unicode.Scalar) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: separator)).map(Substring.init)
    }

    /// The text with everything but letters, digits and `-._~` encoded.
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let percent = UInt8(ascii: "%")
    private static let plus = UInt8(ascii: "+")
    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
