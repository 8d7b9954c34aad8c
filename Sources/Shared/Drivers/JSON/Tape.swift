/// One value or member name of a document: where its bytes are, and where the next one beside it is.
struct Token {
    enum Kind: UInt8 {
        case null, `false`, `true`, integer, number, string, array, object

        /// The value that it stands for; nil when that is no boolean.
        var bool: Bool? {
            switch self {
            case .true: true
            case .false: false
            case .null, .integer, .number, .string, .array, .object: nil
            }
        }
    }

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// A string with at least one backslash.
        static let escaped = Flags(rawValue: 1)
        /// An object in which a key may occur twice.
        static let repeatedKeys = Flags(rawValue: 2)
    }

    /// Byte offsets; those of a string are inside its quotes.
    let start: UInt32
    var end: UInt32
    /// Index of the token after this value and everything in it.
    var next: UInt32
    let kind: Kind
    var flags: Flags
    /// Elements or members; stops counting at `UInt16.max`.
    var childCount: UInt16 = 0

    init(_ kind: Kind, _ start: Int, _ end: Int, _ flags: Flags, next: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = UInt32(truncatingIfNeeded: next)
        self.kind = kind
        self.flags = flags
    }

    /// Completes an array or object, of which the opening was known.
    mutating func close(_ frame: Frame, end: Int, next: Int) {
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = UInt32(truncatingIfNeeded: next)
        flags = frame.flags
        childCount = UInt16(clamping: frame.childCount)
    }
}

/// A validated document as a flat list of tokens: what the tree, the decoder and the scanner read from.
///
/// An object is its token, then for each member the token of the name and the tokens of the value.
final class Tape: Sendable {
    let bytes: [UInt8]
    let tokens: ContiguousArray<Token>
    let keyStyle: JSONCodec.KeyStyle

    /// Reads all of `bytes`; tokens nested deeper than `recordedDepth` are checked but not kept.
    init(
        _ bytes: [UInt8], limits: JSONLimits, recordedDepth: Int = .max, keyStyle: JSONCodec.KeyStyle = .snakeCase
    ) throws(JSONDecodingError) {
        tokens = try Tokenizer.tokens(of: bytes, limits: limits, recordedDepth: recordedDepth)
        self.bytes = bytes
        self.keyStyle = keyStyle
    }

    /// The bytes of a value as they stand in the document, quotes included.
    func byteRange(at index: Int) -> Range<Int> {
        let token = tokens[index]
        let quote = token.kind == .string ? 1 : 0
        return Int(token.start) - quote..<Int(token.end) + quote
    }

    /// Objects with more members than this get an index when they are read.
    static let largestSearchedLinearly = 32

    /// Where the value at `index` is in the document: found again from the root, so that reading pays nothing for it.
    func path(to index: Int) -> [String] {
        var path: [String] = []
        var container = 0
        while container < index {
            let isObject = tokens[container].kind == .object
            var child = container + 1
            var ordinal = 0
            while true {
                let value = isObject ? child + 1 : child
                if index < Int(tokens[value].next) {
                    path.append(isObject ? string(at: child) : String(ordinal))
                    container = value
                    break
                }
                child = Int(tokens[value].next)
                ordinal += 1
            }
        }
        return path
    }

    /// What stands at `index`, for an error message.
    func describe(_ index: Int) -> String {
        switch tokens[index].kind {
        case .null: "null"
        case .false: "false"
        case .true: "true"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
