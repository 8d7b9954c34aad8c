/// Text for the clipboard of the machine that the terminal runs on, wherever this program runs (OSC 52).
package enum Clipboard {
    /// What became of a text. No terminal says whether it took it.
    package enum Outcome: Sendable, Hashable {
        /// So many bytes were handed to the terminal.
        case sent(bytes: Int)
        /// Terminals drop longer ones, so nothing was sent.
        case tooLong(bytes: Int)
    }

    /// The longest text, in bytes: with 100,000 bytes of Base64, terminals begin to give up.
    package static let longest = 74_000
    /// What screen passes on in one piece is bounded, and so is what it drops.
    private static let longestPiece = 240
    private static let longestPlain = 700

    /// The sequence that carries a text past what stands between, `nil` for one that is too long.
    static func sequence(for text: String, through multiplexer: TerminalEnvironment.Multiplexer?) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard bytes.count <= longest else { return nil }
        let plain = Array("\u{1B}]52;c;".utf8) + base64(bytes) + [0x07]
        switch multiplexer {
        case nil: return plain
        // By its name alone tmux cannot be told from screen, which shows what is longer than its buffer.
        case .screen: return (plain.count < longestPlain ? plain : []) + throughScreen(plain)
        // By its settings tmux takes the one, the other, or both; the same text twice does no harm.
        case .tmux: return plain + throughTmux(plain)
        }
    }

    /// Every escape is doubled, and the whole is a string for tmux.
    private static func throughTmux(_ sequence: [UInt8]) -> [UInt8] {
        Array("\u{1B}Ptmux;".utf8) + sequence.flatMap { $0 == 0x1B ? [0x1B, 0x1B] : [$0] } + [0x1B, 0x5C]
    }

    private static func throughScreen(_ sequence: [UInt8]) -> [UInt8] {
        stride(from: 0, to: sequence.count, by: longestPiece).flatMap { start in
            [0x1B, 0x50] + sequence[start..<min(start + longestPiece, sequence.count)] + [0x1B, 0x5C]
        }
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
            for place in 0..<4 {
                output.append(place <= group.count ? digits[value >> (18 - 6 * place) & 63] : 0x3D)
            }
        }
        return output
    }
}

/// The title of the terminal's window.
enum WindowTitle {
    /// More does not fit anywhere.
    private static let longest = 120

    /// The sequence that sets it; no character of the text can end the sequence or do anything else.
    static func sequence(for text: String) -> String {
        let characters = Glyphs(text).prefix(longest).compactMap { Unicode.Scalar($0.base) }
        return "\u{1B}]2;\(String(String.UnicodeScalarView(characters)))\u{1B}\\"
    }
}
