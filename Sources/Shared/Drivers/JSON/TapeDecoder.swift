/// Decodes the value at one token. Two words, so that it travels without allocation; paths are found only for errors.
struct TapeDecoder: Decoder {
    let tape: Tape
    let index: Int

    var codingPath: [any CodingKey] { tape.path(to: index).map { DocumentKey($0) } }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard tape.tokens[index].kind == .object else { throw tape.mismatch("an object", at: index) }
        let style = type == DictionaryKeys.type ? .verbatim : tape.keyStyle
        return KeyedDecodingContainer(KeyedTapeContainer(members: TapeMembers(tape, index, style)))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard tape.tokens[index].kind == .array else { throw tape.mismatch("an array", at: index) }
        return UnkeyedTapeContainer(tape: tape, array: index)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }
}

extension TapeDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { tape.tokens[index].kind == .null }
    func decode(_: Bool.Type) throws -> Bool { try tape.bool(at: index) }
    func decode(_: String.Type) throws -> String { try tape.text(at: index) }
    func decode(_: Double.Type) throws -> Double { try tape.number(at: index) }
    func decode(_: Float.Type) throws -> Float { Float(try tape.number(at: index)) }
    func decode(_: Int.Type) throws -> Int { try tape.wholeNumber(at: index) }
    func decode(_: Int8.Type) throws -> Int8 { try tape.wholeNumber(at: index) }
    func decode(_: Int16.Type) throws -> Int16 { try tape.wholeNumber(at: index) }
    func decode(_: Int32.Type) throws -> Int32 { try tape.wholeNumber(at: index) }
    func decode(_: Int64.Type) throws -> Int64 { try tape.wholeNumber(at: index) }
    func decode(_: UInt.Type) throws -> UInt { try tape.wholeNumber(at: index) }
    func decode(_: UInt8.Type) throws -> UInt8 { try tape.wholeNumber(at: index) }
    func decode(_: UInt16.Type) throws -> UInt16 { try tape.wholeNumber(at: index) }
    func decode(_: UInt32.Type) throws -> UInt32 { try tape.wholeNumber(at: index) }
    func decode(_: UInt64.Type) throws -> UInt64 { try tape.wholeNumber(at: index) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try tape.decode(type, at: index) }
}

/// A member name or an index, where `Codable` asks for a key.
struct DocumentKey: CodingKey {
    let stringValue: String
    var intValue: Int? { Int(stringValue) }

    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init(intValue: Int) { stringValue = String(intValue) }
}

/// The key type that the standard library's `Dictionary` uses: its keys are data and must not be converted. The type is
/// internal, so it is learned by letting a dictionary ask for a container.
enum DictionaryKeys {
    static let type: Any.Type = {
        let probe = Probe()
        do {
            try [String: Bool]().encode(to: probe)
        } catch {
            preconditionFailure("an empty dictionary does not encode: \(error)")
        }
        return probe.keyType
    }()

    /// An encoder that only remembers the key type.
    private final class Probe: Encoder {
        var keyType: Any.Type = Never.self
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }
        private let fallback = SinkEncoder(sink: EncodingSink(keyStyle: .verbatim, absent: .null), level: 0)

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            keyType = type
            return KeyedEncodingContainer(KeyedSinkContainer(sink: fallback.sink, level: 1, keyStyle: .verbatim))
        }

        func unkeyedContainer() -> any UnkeyedEncodingContainer { fallback.unkeyedContainer() }
        func singleValueContainer() -> any SingleValueEncodingContainer { fallback }
    }
}
