/// Lines of a table as RFC 4180 has them, for programs and for spreadsheets alike.
package struct CSVText: Sendable {
    /// What is written, and not taken yet.
    package private(set) var bytes: [UInt8] = []
    private var isInLine = false

    package init() {}

    /// Adds a cell with text that comes from elsewhere. A spreadsheet would take one that begins with `=`, `+`, `-` or `@` for
    /// a formula and carry it out: an apostrophe before it makes it text again. Numbers below zero are left as they are.
    package mutating func add(_ text: String) {
        let isFormula =
            switch text.utf8.first {
            case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "@"), 0x09, 0x0D: true
            case UInt8(ascii: "-"): text.utf8.count > 1 && Double(text) == nil
            default: false
            }
        begin()
        let mustQuote = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        if mustQuote { bytes.append(0x22) }
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        for byte in text.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        if mustQuote { bytes.append(0x22) }
    }

    /// Adds a cell with a number or a word of ours, which nobody else can have written.
    package mutating func add(plain text: String) {
        begin()
        bytes.append(contentsOf: text.utf8)
    }

    /// Ends the line.
    package mutating func endLine() {
        bytes.append(0x0D)
        bytes.append(0x0A)
        isInLine = false
    }

    /// Takes what is written.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func begin() {
        if isInLine { bytes.append(0x2C) }
        isInLine = true
    }
}
