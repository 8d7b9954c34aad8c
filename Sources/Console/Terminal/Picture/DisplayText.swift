/// One character as it stands in a cell: a base with at most one mark on it.
package struct Glyph: Sendable, Hashable {
    /// The base character, 0 in the right half of a wide one.
    package var base: UInt32
    /// The combining mark, 0 for none.
    package var mark: UInt32
    /// Columns, 1 or 2.
    package var width: UInt8

    /// A blank.
    package static let blank = Glyph(base: 0x20, mark: 0, width: 1)
}

/// Walks through foreign text as a grid shows it: control, bidirectional and invisible characters cannot pass, because
/// everything that is drawn or measured goes through here.
package struct Glyphs: Sequence, IteratorProtocol {
    private var scalars: Substring.UnicodeScalarView.Iterator
    private var waiting: Unicode.Scalar?
    private let charset: Charset

    package init(_ text: some StringProtocol, charset: Charset = .unicode) {
        scalars = Substring(text).unicodeScalars.makeIterator()
        self.charset = charset
    }

    package mutating func next() -> Glyph? {
        while let scalar = take() {
            switch CharacterWidth.classify(scalar) {
            case .dropped, .combining: continue
            case .blank: return .blank
            case .replaced: return shown(0xFFFD, width: 1)
            case .visible(let width): return shown(scalar.value, width: width)
            }
        }
        return nil
    }

    private mutating func take() -> Unicode.Scalar? {
        defer { waiting = nil }
        return waiting ?? scalars.next()
    }

    private mutating func shown(_ base: UInt32, width: Int) -> Glyph {
        var base = PlainLetter.of(base)
        let mark = takeMarks(on: &base)
        guard charset == .ascii else { return Glyph(base: base, mark: mark, width: UInt8(width)) }
        return Glyph(base: base > 0x7E ? AsciiStandIn.of(base) : base, mark: 0, width: 1)
    }

    /// Takes the marks that follow, keeps the first: more than one would spill over in some terminals.
    private mutating func takeMarks(on base: inout UInt32) -> UInt32 {
        var mark: UInt32 = 0
        while let scalar = scalars.next() {
            if scalar.value < 0x300, scalar.value != 0xAD {
                // No mark is that small; most text is.
                waiting = scalar
                return mark
            }
            switch CharacterWidth.classify(scalar) {
            case .combining:
                if let syllable = HangulSyllable.of(base, scalar.value) {
                    base = syllable
                } else if mark == 0 {
                    mark = scalar.value
                }
            case .dropped: continue
            case .visible, .replaced, .blank:
                waiting = scalar
                return mark
            }
        }
        return mark
    }
}

/// Letters of flags: two of them are a flag of two columns in some terminals and of four in others, so the country's code
/// is shown.
private enum PlainLetter {
    static func of(_ base: UInt32) -> UInt32 {
        (0x1F1E6...0x1F1FF).contains(base) ? base - 0x1F1E6 + 0x41 : base
    }
}

/// Korean that is written in parts, as names of files often are.
private enum HangulSyllable {
    /// The syllable of one so far and the part that follows, `nil` when they make none.
    static func of(_ base: UInt32, _ part: UInt32) -> UInt32? {
        if (0x1100...0x1112).contains(base), (0x1161...0x1175).contains(part) {
            return 0xAC00 + ((base - 0x1100) * 21 + part - 0x1161) * 28
        }
        let isOpen = (0xAC00...0xD7A3).contains(base) && (base - 0xAC00) % 28 == 0
        return isOpen && (0x11A8...0x11C2).contains(part) ? base + part - 0x11A7 : nil
    }
}

extension StringProtocol {
    /// The columns that the text takes on one line.
    package var columns: Int {
        // Most text is ASCII; each byte is then a column.
        var count = 0
        for byte in utf8 {
            guard byte >= 0x20 && byte < 0x7F else { return Glyphs(self).reduce(0) { $0 + Int($1.width) } }
            count += 1
        }
        return count
    }
}

/// What stands for a character where only ASCII can be shown.
enum AsciiStandIn {
    /// U+00C0 to U+00FF.
    private static let latin = Array("AAAAAAACEEEEIIIIDNOOOOOxOUUUUYPsaaaaaaaceeeeiiiidnooooo/ouuuuypy".utf8)

    static func of(_ value: UInt32) -> UInt32 {
        switch value {
        case 0xC0...0xFF: UInt32(latin[Int(value - 0xC0)])
        case 0x2010...0x2015, 0x2212, 0x2500...0x2501: 0x2D  // -
        case 0x2018, 0x2019: 0x27  // '
        case 0x201C, 0x201D, 0xAB, 0xBB: 0x22  // "
        case 0x2022, 0x25CF: 0x2A  // *
        case 0xB7, 0x2026: 0x2E  // .
        case 0x2192, 0x203A, 0x25B8: 0x3E  // >
        case 0x2190, 0x2039: 0x3C  // <
        case 0x2502: 0x7C  // |
        case 0x250C...0x254B, 0x256D...0x2570, 0x2713, 0x2714: 0x2B  // +
        case 0x25A0, 0x2580...0x259F: 0x23  // #
        case 0x2191, 0x25B2: 0x5E  // ^
        case 0x2193, 0x25BC: 0x76  // v
        case 0x25CB, 0x25CC: 0x6F  // o
        case 0x26A0: 0x21  // !
        case 0x2717, 0x2718, 0xD7: 0x78  // x
        default: 0x3F  // ?
        }
    }
}
