/// The key itself: `sk_`, 43 letters and digits of randomness, and a six-letter CRC-32 of all before it. The checksum
/// lets a scanner recognise a leaked key and lets us refuse a mistyped one without asking the database.
package struct APIKeyText: Sendable, Hashable {
    /// What the client sends. Never log it.
    package let secret: String

    /// How many random bytes make a key.
    package static let randomByteCount = 32

    /// A key made of the given randomness.
    ///
    /// - Parameter randomness: exactly ``randomByteCount`` bytes of a cryptographic generator.
    package init(randomness: [UInt8]) {
        precondition(randomness.count == Self.randomByteCount, "a key is made of 32 random bytes")
        let body = Self.marker + Self.base62(of: randomness, digits: Self.bodyDigits)
        secret = body + Self.checksum(of: body)
    }

    /// The key in `text`, or `nil` when it cannot be one of ours.
    package init?(_ text: String) {
        guard text.utf8.count == Self.marker.utf8.count + Self.bodyDigits + Self.checksumDigits,
            text.hasPrefix(Self.marker), text.utf8.dropFirst(3).allSatisfy(Self.alphabet.contains)
        else { return nil }
        let body = String(text.dropLast(Self.checksumDigits))
        guard text.hasSuffix(Self.checksum(of: body)) else { return nil }
        secret = text
    }

    /// The part that may be shown in lists.
    package var prefix: String { String(secret.prefix(10)) }

    private static let marker = "sk_"
    private static let bodyDigits = 43
    private static let checksumDigits = 6
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    private static func checksum(of body: String) -> String {
        let sum = crc32(Array(body.utf8))
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32($0))) }
        return base62(of: bytes, digits: checksumDigits)
    }

    /// The big-endian number in `bytes` in base 62, padded with zeros to `digits`.
    private static func base62(of bytes: [UInt8], digits: Int) -> String {
        var number = bytes
        var result: [UInt8] = []
        for _ in 0..<digits {
            var remainder = 0
            for index in number.indices {
                let value = remainder << 8 | Int(number[index])
                number[index] = UInt8(value / 62)
                remainder = value % 62
            }
            result.append(alphabet[remainder])
        }
        return String(decoding: result.reversed(), as: UTF8.self)
    }

    /// CRC-32 as in zip and PNG.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}

extension APIKeyText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "‹redacted›" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
