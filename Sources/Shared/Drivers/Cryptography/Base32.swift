/// Base 32 with capitals, without padding (RFC 4648 §6): what people type from a screen.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var (word, bits) = (UInt32(0), UInt32(0))
        for byte in bytes {
            word = word << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(word >> bits & 31)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(word << (5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
