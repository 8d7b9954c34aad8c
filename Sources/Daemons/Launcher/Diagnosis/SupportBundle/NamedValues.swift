/// Values that are called a secret where they stand: `password=…`, `"token": "…"`, `Authorization: Bearer …`.
enum NamedValues {
    /// How such names end, without hyphens and underscores.
    private static let names: [[UInt8]] = [
        "password", "passwd", "passphrase", "secret", "token", "apikey", "accesskey", "accountkey", "privatekey",
        "secretkey", "authorization", "cookie", "credential", "credentials", "signature",
    ].map { Array($0.utf8) }
    /// Names that are one only as a whole.
    private static let wholeNames: Set<[UInt8]> = Set(["sig", "sas", "pwd", "pass"].map { Array($0.utf8) })
    /// Words before the value itself.
    private static let schemes: Set<[UInt8]> = Set(
        ["bearer", "basic", "digest", "token", "sharedkey"].map { Array($0.utf8) })
    /// What says that nothing is there.
    private static let harmless: Set<[UInt8]> = Set(
        ["true", "false", "null", "nil", "none"].map { Array($0.utf8) })
    private static let ends = Set(" \t\r\n,;&)}]>|".utf8)
    private static let (quote, apostrophe, backslash) =
        (UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"))
    private static let (space, equals, colon) = (UInt8(ascii: " "), UInt8(ascii: "="), UInt8(ascii: ":"))

    /// The text with `mark` in their place; `told` is called for each.
    static func replacing(in bytes: [UInt8], with mark: String, _ told: () -> Void) -> [UInt8] {
        var result: [UInt8] = []
        var kept = 0
        var index = 0
        while index < bytes.count {
            defer { index += 1 }
            guard bytes[index] == equals || bytes[index] == colon, index >= kept,
                let value = value(behind: index, in: bytes), isSecret(nameBefore: index, in: bytes)
            else { continue }
            result += bytes[kept..<value.lowerBound] + Array(mark.utf8)
            (kept, index) = (value.upperBound, value.upperBound - 1)
            told()
        }
        return result + bytes[kept...]
    }

    /// What names are made of.
    static func isOfName(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }

    private static func isSecret(nameBefore sign: Int, in bytes: [UInt8]) -> Bool {
        var end = sign
        while end > 0, bytes[end - 1] == space { end -= 1 }
        // In JSON and YAML names stand in quotes, in JSON within JSON with a backslash before each.
        if end > 0, bytes[end - 1] == quote || bytes[end - 1] == apostrophe { end -= 1 }
        while end > 0, bytes[end - 1] == backslash { end -= 1 }
        var start = end
        while start > 0, isOfName(bytes[start - 1]) { start -= 1 }
        let name = bytes[start..<end].filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }.map { $0 | 0x20 }
        return wholeNames.contains(name) || names.contains { name.suffix($0.count) == $0[...] }
    }

    /// Where the value is; `nil` when there is none, or none that could be a secret.
    private static func value(behind sign: Int, in bytes: [UInt8]) -> Range<Int>? {
        var start = sign + 1
        while start < bytes.count, bytes[start] == space { start += 1 }
        var escapes = start
        while escapes < bytes.count, bytes[escapes] == backslash { escapes += 1 }
        if escapes < bytes.count, bytes[escapes] == quote || bytes[escapes] == apostrophe {
            return quoted(from: escapes + 1, by: bytes[escapes], behind: escapes - start, in: bytes)
        }
        var end = start
        while end < bytes.count, !ends.contains(bytes[end]), bytes[end] != quote { end += 1 }
        if schemes.contains(bytes[start..<end].map { $0 | 0x20 }), end < bytes.count, bytes[end] == space {
            end += 1
            while end < bytes.count, !ends.contains(bytes[end]), bytes[end] != quote { end += 1 }
        }
        return isHarmless(bytes[start..<end]) ? nil : start..<end
    }

    /// Up to the same quote with as many backslashes before it; to the end of the line where there is none.
    private static func quoted(from start: Int, by mark: UInt8, behind escapes: Int, in bytes: [UInt8]) -> Range<Int>? {
        var end = start
        var run = 0
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
            if bytes[end] == mark, run == escapes { break }
            run = bytes[end] == backslash ? run + 1 : 0
            end += 1
        }
        let isClosed = end < bytes.count && bytes[end] == mark
        let value = start..<(isClosed ? end - escapes : end)
        return value.isEmpty || isHarmless(bytes[value]) ? nil : value
    }

    /// Nothing, a mark that stands for something, a path of an address, or a word that says that there is nothing.
    private static func isHarmless(_ value: ArraySlice<UInt8>) -> Bool {
        guard let first = value.first else { return true }
        return first == UInt8(ascii: "(") || first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
            || first == equals || value.starts(with: "//".utf8) || value.starts(with: "‹".utf8)
            || harmless.contains(value.map { $0 | 0x20 })
    }
}

/// What addresses write for bytes that mean something else in them.
enum PercentSpelling {
    /// Everything but letters, digits and `-._~` as a percent sign and two digits.
    static func written(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return bytes.flatMap { byte -> [UInt8] in
            NamedValues.isOfName(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~")
                ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    /// What such a text says.
    static func read(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
