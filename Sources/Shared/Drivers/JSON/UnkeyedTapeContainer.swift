struct UnkeyedTapeContainer: UnkeyedDecodingContainer {
    private let tape: Tape
    private let array: Int
    private var next: Int
    private(set) var currentIndex = 0

    init(tape: Tape, array: Int) {
        self.tape = tape
        self.array = array
        next = array + 1
    }

    var codingPath: [any CodingKey] { TapeDecoder(tape: tape, index: array).codingPath }
    var isAtEnd: Bool { next >= Int(tape.tokens[array].next) }

    /// Unknown beyond what a token counts.
    var count: Int? {
        let count = tape.tokens[array].childCount
        return count == .max ? nil : Int(count)
    }

    mutating func decodeNil() throws -> Bool {
        guard try tape.tokens[element()].kind == .null else { return false }
        advance()
        return true
    }

    mutating func decode(_: Bool.Type) throws -> Bool { try take { try $0.bool(at: $1) } }
    mutating func decode(_: String.Type) throws -> String { try take { try $0.text(at: $1) } }
    mutating func decode(_: Double.Type) throws -> Double { try take { try $0.number(at: $1) } }
    mutating func decode(_: Float.Type) throws -> Float { try take { Float(try $0.number(at: $1)) } }
    mutating func decode(_: Int.Type) throws -> Int { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode(_: Int8.Type) throws -> Int8 { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode(_: Int16.Type) throws -> Int16 { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode(_: Int32.Type) throws -> Int32 { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode(_: Int64.Type) throws -> Int64 { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode(_: UInt.Type) throws -> UInt { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode(_: UInt8.Type) throws -> UInt8 { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode(_: UInt16.Type) throws -> UInt16 { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode(_: UInt32.Type) throws -> UInt32 { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode(_: UInt64.Type) throws -> UInt64 { try take { try $0.wholeNumber(at: $1) } }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try take { try $0.decode(type, at: $1) } }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws
        -> KeyedDecodingContainer<Nested>
    {
        try take { try TapeDecoder(tape: $0, index: $1).container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try take { try TapeDecoder(tape: $0, index: $1).unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try take { TapeDecoder(tape: $0, index: $1) } }

    private func element() throws(JSONDecodingError) -> Int {
        guard !isAtEnd else {
            throw JSONDecodingError(.missing, path: tape.path(to: array) + [String(currentIndex)], found: "nothing")
        }
        return next
    }

    private mutating func advance() {
        next = Int(tape.tokens[next].next)
        currentIndex += 1
    }

    private mutating func take<Value>(_ read: (Tape, Int) throws -> Value) throws -> Value {
        let value = try read(tape, element())
        advance()
        return value
    }
}
