/// Bytes as lower-case hexadecimal digits.
package enum Hexadecimal {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil unless the text consists of pairs of digits, in either case.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// Base64 with `+`, `/` and padding (RFC 4648 §4).
package enum Base64 {
    package static func encode(_ bytes: [UInt8]) -> String { Radix64.standard.encode(bytes, padded: true) }

    /// Nil for anything but the one encoding that `encode` gives.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        Radix64.standard.decode(Array(text.utf8), padded: true)
    }
}

/// Base64 with `-`, `_` and no padding (RFC 4648 §5), as in URLs, cookies and tokens.
package enum Base64URL {
    package static func encode(_ bytes: [UInt8]) -> String { Radix64.url.encode(bytes, padded: false) }

    /// Nil for anything but the one encoding that `encode` gives.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        Radix64.url.decode(Array(text.utf8), padded: false)
    }
}

/// The two alphabets. Decoding is strict, so that a value has one spelling and cannot be made to look different.
struct Radix64: Sendable {
    private let alphabet: [UInt8]
    private let values: [UInt8]

    static let standard = Radix64("+/")
    static let url = Radix64("-_")

    private init(_ lastTwo: String) {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + lastTwo
        alphabet = Array(letters.utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8], padded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let group = min(3, bytes.count - index)
            var word = UInt32(bytes[index]) << 16
            if group > 1 { word |= UInt32(bytes[index + 1]) << 8 }
            if group > 2 { word |= UInt32(bytes[index + 2]) }
            for place in 0...group { text.append(alphabet[Int(word >> UInt32(18 - 6 * place)) & 63]) }
            if padded { text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - group)) }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    func decode(_ text: [UInt8], padded: Bool) -> [UInt8]? {
        var letters = text[...]
        if padded {
            guard text.count.isMultiple(of: 4) else { return nil }
            if letters.last == UInt8(ascii: "=") { letters.removeLast() }
            if letters.last == UInt8(ascii: "=") { letters.removeLast() }
        }
        guard letters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.count * 3 / 4)
        var word: UInt32 = 0
        var bits: UInt32 = 0
        for letter in letters {
            let value = values[Int(letter)]
            guard value < 64 else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> bits))
            }
        }
        // Bits that belong to no byte must be zero.
        guard word & (1 << bits - 1) == 0 else { return nil }
        return bytes
    }
}
