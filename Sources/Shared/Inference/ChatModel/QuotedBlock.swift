/// A named text that a prompt quotes between two marker lines, so that no word inside it can end the quotation:
///
///     [BEGIN response 3f9c2a1b7d5e4f60]
///     …
///     [END response 3f9c2a1b7d5e4f60]
///
/// The marker is drawn anew for each call, and whoever wrote the quoted text did not know it.
package struct QuotedBlock: Sendable, Hashable {
    /// What the text is, in letters, digits, `_`, `-` and `.`; anything else is written as `_`.
    package let name: String
    /// The text as it was given.
    package let text: String

    package init(name: String, text: String) {
        self.name = Self.isPlain(name) ? name : Self.plain(name)
        self.text = text
    }

    /// Appends the block with its marker lines to a prompt.
    package func write(marker: BlockMarker, to prompt: inout String) {
        prompt += "[BEGIN "
        prompt += name
        prompt += " "
        prompt += marker.text
        prompt += "]\n"
        prompt += text
        prompt += "\n[END "
        prompt += name
        prompt += " "
        prompt += marker.text
        prompt += "]\n"
    }

    private static func plain(_ name: String) -> String {
        name.isEmpty ? "_" : String(String.UnicodeScalarView(name.unicodeScalars.map(plain)))
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy { plain($0) == $0 }
    }

    /// A name is written outside the quotation, so it may carry neither a space nor a bracket nor a line end.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": scalar
        default: scalar.properties.isAlphabetic ? scalar : "_"
        }
    }
}

/// What tells the marker lines of one prompt from any line of the texts that it quotes: 16 hexadecimal digits.
package struct BlockMarker: Sendable, Hashable {
    /// The 16 digits.
    package let text: String

    /// The marker that stands for `number`; pass a random one, or a fixed one where a prompt has to be the same twice.
    package init(_ number: UInt64) {
        let digits = String(number, radix: 16)
        text = String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// An unpredictable marker.
    package static func random() -> BlockMarker { BlockMarker(.random(in: .min ... .max)) }
}

extension QuotedBlock {
    /// The blocks of a prompt in their order. The first opening line names the marker of them all; lines that carry
    /// another one are text.
    package static func read(from prompt: String) -> [QuotedBlock] {
        var blocks: [QuotedBlock] = []
        var marker: Substring?
        var open: (name: Substring, ending: String, start: String.Index)?
        var line = prompt.startIndex
        while line < prompt.endIndex {
            let end = prompt.utf8[line...].firstIndex(of: UInt8(ascii: "\n")) ?? prompt.endIndex
            let text = prompt[line..<end]
            if let block = open {
                if text == block.ending {
                    let last = max(block.start, prompt.utf8.index(line, offsetBy: -1))
                    blocks.append(QuotedBlock(name: String(block.name), text: String(prompt[block.start..<last])))
                    open = nil
                }
            } else if let (name, found) = opening(text), marker == nil || marker == found {
                marker = found
                open = (name, "[END \(name) \(found)]", end < prompt.endIndex ? prompt.utf8.index(after: end) : end)
            }
            guard end < prompt.endIndex else { break }
            line = prompt.utf8.index(after: end)
        }
        return blocks
    }

    private static func opening(_ line: Substring) -> (name: Substring, marker: Substring)? {
        guard line.hasPrefix("[BEGIN "), line.hasSuffix("]") else { return nil }
        let words = line.dropFirst(7).dropLast().split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, !words[0].isEmpty, words[1].utf8.count == 16 else { return nil }
        guard words[1].utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        return (words[0], words[1])
    }
}
