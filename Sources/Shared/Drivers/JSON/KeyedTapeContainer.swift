/// Finds the members of one object, remembering where the last one was: types ask mostly in the document's order.
final class TapeMembers {
    let tape: Tape
    let object: Int
    private let style: JSONCodec.KeyStyle
    /// The token of the name found last.
    private var cursor: Int
    /// Name to value for large objects.
    private let index: [String: Int]?

    init(_ tape: Tape, _ object: Int, _ style: JSONCodec.KeyStyle) {
        self.tape = tape
        self.object = object
        self.style = style
        cursor = object + 1
        guard tape.tokens[object].childCount > Tape.largestSearchedLinearly else {
            index = nil
            return
        }
        index = Dictionary(
            tape.nameTokens(of: object).map { (tape.string(at: $0), $0 + 1) }, uniquingKeysWith: { $1 })
    }

    /// The token of a member's value.
    func find(_ key: String) -> Int? {
        if let index { return index[style == .snakeCase ? SnakeCase.convert(key) : key] }
        let end = Int(tape.tokens[object].next)
        if tape.tokens[object].flags.contains(.repeatedKeys) { return findLast(key, end) }
        let start = cursor
        var name = start
        while name < end {
            if tape.hasName(name, key, style) { return found(name) }
            name = Int(tape.tokens[name + 1].next)
        }
        name = object + 1
        while name < start {
            if tape.hasName(name, key, style) { return found(name) }
            name = Int(tape.tokens[name + 1].next)
        }
        return nil
    }

    func require(_ key: String) throws(JSONDecodingError) -> Int {
        guard let value = find(key) else {
            let name = style == .snakeCase ? SnakeCase.convert(key) : key
            throw JSONDecodingError(.missing, path: tape.path(to: object) + [name], found: "nothing")
        }
        return value
    }

    /// The member's value, or nil when it is absent or null.
    func present(_ key: String) -> Int? {
        guard let value = find(key), tape.tokens[value].kind != .null else { return nil }
        return value
    }

    /// All names, each once.
    var names: [String] {
        var seen = Set<String>()
        return tape.nameTokens(of: object).map { tape.string(at: $0) }.filter { seen.insert($0).inserted }
    }

    private func found(_ name: Int) -> Int {
        cursor = name
        return name + 1
    }

    private func findLast(_ key: String, _ end: Int) -> Int? {
        var last: Int?
        var name = object + 1
        while name < end {
            if tape.hasName(name, key, style) { last = name + 1 }
            name = Int(tape.tokens[name + 1].next)
        }
        return last
    }
}

struct KeyedTapeContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: TapeMembers
    private var tape: Tape { members.tape }

    init(members: TapeMembers) { self.members = members }

    var codingPath: [any CodingKey] { TapeDecoder(tape: tape, index: members.object).codingPath }
    var allKeys: [Key] { members.names.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { members.find(key.stringValue) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { tape.tokens[try value(key)].kind == .null }

    func decode(_: Bool.Type, forKey key: Key) throws -> Bool { try tape.bool(at: value(key)) }
    func decode(_: String.Type, forKey key: Key) throws -> String { try tape.text(at: value(key)) }
    func decode(_: Double.Type, forKey key: Key) throws -> Double { try tape.number(at: value(key)) }
    func decode(_: Float.Type, forKey key: Key) throws -> Float { Float(try tape.number(at: value(key))) }
    func decode(_: Int.Type, forKey key: Key) throws -> Int { try tape.wholeNumber(at: value(key)) }
    func decode(_: Int8.Type, forKey key: Key) throws -> Int8 { try tape.wholeNumber(at: value(key)) }
    func decode(_: Int16.Type, forKey key: Key) throws -> Int16 { try tape.wholeNumber(at: value(key)) }
    func decode(_: Int32.Type, forKey key: Key) throws -> Int32 { try tape.wholeNumber(at: value(key)) }
    func decode(_: Int64.Type, forKey key: Key) throws -> Int64 { try tape.wholeNumber(at: value(key)) }
    func decode(_: UInt.Type, forKey key: Key) throws -> UInt { try tape.wholeNumber(at: value(key)) }
    func decode(_: UInt8.Type, forKey key: Key) throws -> UInt8 { try tape.wholeNumber(at: value(key)) }
    func decode(_: UInt16.Type, forKey key: Key) throws -> UInt16 { try tape.wholeNumber(at: value(key)) }
    func decode(_: UInt32.Type, forKey key: Key) throws -> UInt32 { try tape.wholeNumber(at: value(key)) }
    func decode(_: UInt64.Type, forKey key: Key) throws -> UInt64 { try tape.wholeNumber(at: value(key)) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try tape.decode(type, at: value(key)) }

    // The defaults would look each member up three times.
    func decodeIfPresent(_: Bool.Type, forKey key: Key) throws -> Bool? {
        try members.present(key.stringValue).map { try tape.bool(at: $0) }
    }
    func decodeIfPresent(_: String.Type, forKey key: Key) throws -> String? {
        try members.present(key.stringValue).map { try tape.text(at: $0) }
    }
    func decodeIfPresent(_: Double.Type, forKey key: Key) throws -> Double? {
        try members.present(key.stringValue).map { try tape.number(at: $0) }
    }
    func decodeIfPresent(_: Int.Type, forKey key: Key) throws -> Int? {
        try members.present(key.stringValue).map { try tape.wholeNumber(at: $0) }
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try members.present(key.stringValue).map { try tape.decode(type, at: $0) }
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
        -> KeyedDecodingContainer<Nested>
    {
        try TapeDecoder(tape: tape, index: value(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try TapeDecoder(tape: tape, index: value(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { TapeDecoder(tape: tape, index: try members.require("super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { TapeDecoder(tape: tape, index: try value(key)) }

    private func value(_ key: Key) throws(JSONDecodingError) -> Int { try members.require(key.stringValue) }
}
