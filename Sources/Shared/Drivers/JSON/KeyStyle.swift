extension JSONCodec {
    /// How property names and member names correspond.
    package enum KeyStyle: Sendable {
        /// `evaluatorID` is `evaluator_id`; names already in snake case stay.
        case snakeCase
        /// Names are the same.
        case verbatim

        /// The name of the member that a property's key stands for.
        package func name(of key: String) -> String {
            switch self {
            case .snakeCase: SnakeCase.convert(key)
            case .verbatim: key
            }
        }
    }
}

/// camelCase to snake_case, one byte at a time so that nothing is allocated.
///
/// A capital starts a word unless it continues a run of capitals: `baseURL` is `base_url`, `httpAPIKey` is
/// `http_api_key`, and a plural keeps together: `evaluatorIDs` is `evaluator_ids`.
enum SnakeCase {
    /// Whether the byte at `index` is a capital that starts a word behind another.
    static func startsWord(_ name: Span<UInt8>, _ index: Int) -> Bool {
        guard index > 0, isCapital(name[index]) else { return false }
        guard isCapital(name[index - 1]) else { return name[index - 1] != UInt8(ascii: "_") }
        guard index + 1 < name.count, isSmall(name[index + 1]) else { return false }
        let isPlural =
            name[index + 1] == UInt8(ascii: "s") && (index + 2 == name.count || isCapital(name[index + 2]))
        return !isPlural
    }

    static func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
    private static func isSmall(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }

    /// The whole name converted, for messages and indices.
    static func convert(_ name: String) -> String {
        let span = name.utf8.span
        var output: [UInt8] = []
        for index in 0..<span.count {
            if startsWord(span, index) { output.append(UInt8(ascii: "_")) }
            output.append(isCapital(span[index]) ? span[index] | 0x20 : span[index])
        }
        return String(decoding: output, as: UTF8.self)
    }
}

extension Tape {
    /// Whether the member name at `index` is the one that `key` stands for.
    func hasName(_ index: Int, _ key: String, _ style: JSONCodec.KeyStyle) -> Bool {
        let token = tokens[index]
        if token.flags.contains(.escaped) {
            return string(at: index) == (style == .snakeCase ? SnakeCase.convert(key) : key)
        }
        var position = Int(token.start)
        let end = Int(token.end)
        guard style == .verbatim ? key.utf8.count == end - position : key.utf8.count <= end - position else {
            return false
        }
        let wanted = key.utf8.span
        if style == .verbatim {
            for offset in 0..<wanted.count where wanted[offset] != bytes[position + offset] { return false }
            return true
        }
        for offset in 0..<wanted.count {
            var byte = wanted[offset]
            if SnakeCase.isCapital(byte) {
                if SnakeCase.startsWord(wanted, offset) {
                    guard position < end, bytes[position] == UInt8(ascii: "_") else { return false }
                    position += 1
                }
                byte |= 0x20
            }
            guard position < end, bytes[position] == byte else { return false }
            position += 1
        }
        return position == end
    }
}
