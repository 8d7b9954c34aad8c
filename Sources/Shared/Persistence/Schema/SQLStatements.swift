/// The statements of a script, apart: what the server does by itself only within one transaction.
enum SQLStatements {
    /// The statements in their order, without the comments around them and without their semicolons.
    static func split(_ script: String) -> [String] {
        var statements: [String] = []
        var current: [UInt8] = []
        var rest = Array(script.utf8)[...]
        while !rest.isEmpty {
            let length = quotedLength(rest)
            if length > 0 {
                current += rest.prefix(length)
                rest = rest.dropFirst(length)
            } else if case let comment = commentLength(rest), comment > 0 {
                rest = rest.dropFirst(comment)
                current.append(UInt8(ascii: " "))
            } else if rest.first == UInt8(ascii: ";") {
                statements.append(trimmed(current))
                current = []
                rest = rest.dropFirst()
            } else {
                current += rest.prefix(1)
                rest = rest.dropFirst()
            }
        }
        statements.append(trimmed(current))
        return statements.filter { !$0.isEmpty }
    }

    /// The words of a statement up to its first quoted text or function body: names, keywords, parentheses apart.
    static func words(_ statement: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in statement {
            if character.isWhitespace || "(),".contains(character) {
                if !word.isEmpty { words.append(word) }
                word = ""
                if "(),".contains(character) { words.append(String(character)) }
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func commentLength(_ text: ArraySlice<UInt8>) -> Int {
        if text.starts(with: "--".utf8) { return text.prefix { $0 != UInt8(ascii: "\n") }.count }
        guard text.starts(with: "/*".utf8) else { return 0 }
        return lengthThrough("*/", in: text, after: 2)
    }

    /// How long the quoted thing is that begins here: a text, a name, a body between dollars; 0 when none does.
    private static func quotedLength(_ text: ArraySlice<UInt8>) -> Int {
        guard let first = text.first else { return 0 }
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            return lengthThrough(first == UInt8(ascii: "'") ? "'" : "\"", in: text, after: 1)
        }
        guard first == UInt8(ascii: "$") else { return 0 }
        let tag = text.dropFirst().prefix { isOfTag($0) }
        guard text.dropFirst(1 + tag.count).first == UInt8(ascii: "$") else { return 0 }
        let mark = String(decoding: text.prefix(tag.count + 2), as: UTF8.self)
        return lengthThrough(mark, in: text, after: mark.utf8.count)
    }

    private static func isOfTag(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func lengthThrough(_ end: String, in text: ArraySlice<UInt8>, after count: Int) -> Int {
        var length = count
        while length < text.count, !text.dropFirst(length).starts(with: end.utf8) { length += 1 }
        return min(text.count, length + end.utf8.count)
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        let isSpace = { (byte: UInt8) in byte == 32 || byte == 10 || byte == 9 || byte == 13 }
        let start = bytes.drop(while: isSpace)
        return String(decoding: start.reversed().drop(while: isSpace).reversed(), as: UTF8.self)
    }
}
