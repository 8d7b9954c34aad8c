/// Rewrites what ncurses says about colours and attributes: numbers become what they stand for, and only what differs
/// from what the terminal has already is said, in as few bytes as there are. Everything else passes as it is.
struct PenStream {
    /// What the terminal writes with now, `nil` when someone else may have changed it.
    private var shown: Pen?
    private var wanted = Pen.reset
    private var isASCIISet = false

    private static let asciiSet: [UInt8] = [0x1B, 0x28, 0x42]

    /// Someone else wrote to the terminal.
    mutating func forget() {
        shown = nil
        isASCIISet = false
    }

    /// Rewrites a whole picture.
    mutating func rewrite(_ bytes: [UInt8], _ slots: ColourSlots) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == 0x1B else {
                let text = bytes[index...].prefix { $0 != 0x1B }
                settle(slots, &output)
                output.append(contentsOf: text)
                index = text.endIndex
                continue
            }
            let sequence = Self.sequence(in: bytes, index)
            index = sequence.endIndex
            if take(sequence, slots) { continue }
            settle(slots, &output)
            output.append(contentsOf: sequence)
        }
        settle(slots, &output)
        return output
    }

    /// The escape sequence that begins at a place; of other kinds than control sequences only the first byte.
    private static func sequence(in bytes: [UInt8], _ start: Int) -> ArraySlice<UInt8> {
        if bytes[start...].starts(with: asciiSet) { return bytes[start..<start + asciiSet.count] }
        guard start + 1 < bytes.count, bytes[start + 1] == 0x5B else { return bytes[start...start] }
        let end = bytes[(start + 2)...].firstIndex { (0x40...0x7E).contains($0) }
        return bytes[start...(end ?? start)]
    }

    /// Takes in what concerns the pen; `false` for any other sequence.
    private mutating func take(_ sequence: ArraySlice<UInt8>, _ slots: ColourSlots) -> Bool {
        if sequence.elementsEqual(Self.asciiSet) {
            // ncurses says it with every reset; other sets are never used.
            defer { isASCIISet = true }
            return isASCIISet
        }
        guard sequence.count > 2, sequence.last == 0x6D else { return false }
        let body = sequence.dropFirst(2).dropLast()
        guard body.allSatisfy({ $0 == 0x3B || (0x30...0x39).contains($0) }) else { return false }
        var codes = body.split(separator: 0x3B, omittingEmptySubsequences: false).map { digits in
            digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        }[...]
        var pen = wanted
        while let code = codes.popFirst() {
            switch code {
            case 0: pen = .reset
            case 1: pen.attributes.insert(.bold)
            case 2: pen.attributes.insert(.dim)
            case 4: pen.attributes.insert(.underline)
            case 7: pen.attributes.insert(.reverse)
            case 22: pen.attributes.subtract([.bold, .dim])
            case 24: pen.attributes.remove(.underline)
            case 27: pen.attributes.remove(.reverse)
            case 39: (pen.ink, pen.link) = (.own, 0)
            case 49: pen.ground = .own
            case 38 where codes.first == 5 && codes.count > 1:
                let ink = slots.ink(codes[codes.startIndex + 1])
                (pen.ink, pen.link) = (ink.colour, ink.link)
                codes.removeFirst(2)
            case 48 where codes.first == 5 && codes.count > 1:
                pen.ground = slots.ground(codes[codes.startIndex + 1])
                codes.removeFirst(2)
            default: return false
            }
        }
        wanted = pen
        return true
    }

    /// Tells the terminal what the next character needs.
    private mutating func settle(_ slots: ColourSlots, _ output: inout [UInt8]) {
        guard wanted != shown else { return }
        // Every picture ends outside of links, so nobody else can have left one open.
        if (shown?.link ?? 0) != wanted.link { output.append(contentsOf: Self.opening(wanted.link, slots).utf8) }
        let sequence = shown.map { wanted.sequence(from: $0) } ?? wanted.sequenceFromUnknown
        output.append(contentsOf: sequence.utf8)
        shown = wanted
    }

    /// What makes the next characters part of a link, or of none. Cells that have the same number are one link to the
    /// terminal, also when they stand on two rows.
    private static func opening(_ link: Int, _ slots: ColourSlots) -> String {
        guard link != 0, let url = slots.url(link) else { return "\u{1B}]8;;\u{1B}\\" }
        return "\u{1B}]8;id=\(link);\(url)\u{1B}\\"
    }
}
