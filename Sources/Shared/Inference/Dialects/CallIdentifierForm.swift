/// What identifiers of tool calls have to look like for a provider. A conversation may have begun at another one, whose
/// identifiers look otherwise.
package enum CallIdentifierForm: Sendable, Hashable {
    /// Any text.
    case any
    /// Letters, digits, `_` and `-`, at most so many.
    case word(longest: Int)
    /// Letters and digits, exactly nine, as Mistral's older models want it.
    case nineLettersAndDigits

    /// The identifier itself where it has the form, else one that is made from it: the same each time, so that a call and
    /// its result still belong together.
    package func fitting(_ id: String) -> String {
        switch self {
        case .any: id
        case .word(let longest):
            (1...longest).contains(id.utf8.count) && id.utf8.allSatisfy { Self.isWord($0) }
                ? id : "call_" + Self.digest(id, length: 11)
        case .nineLettersAndDigits:
            id.utf8.count == 9 && id.utf8.allSatisfy { Self.alphabet.contains($0) } ? id : Self.digest(id, length: 9)
        }
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    private static func isWord(_ byte: UInt8) -> Bool {
        alphabet.contains(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    /// Letters and digits that tell texts apart (FNV-1a). Whoever makes two of them alike confuses only its own calls.
    private static func digest(_ text: String, length: Int) -> String {
        var rest = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        var digits: [UInt8] = []
        for _ in 0..<length {
            digits.append(alphabet[Int(rest % UInt64(alphabet.count))])
            rest /= UInt64(alphabet.count)
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
