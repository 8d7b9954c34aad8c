/// Encodes one value into the container that is open at `level`. Two words, so that it travels without allocation.
struct SinkEncoder: Encoder {
    let sink: EncodingSink
    let level: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        // A type may ask again, to write into the object that it has begun.
        if sink.level == level { sink.openObject(in: level) }
        return KeyedEncodingContainer(
            KeyedSinkContainer(sink: sink, level: level + 1, keyStyle: sink.style(of: type)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if sink.level == level { sink.openArray(in: level) }
        return UnkeyedSinkContainer(sink: sink, level: level + 1)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension SinkEncoder: SingleValueEncodingContainer {
    func encodeNil() { sink.writeNull(level: level) }
    func encode(_ value: Bool) { sink.write(value, level: level) }
    func encode(_ value: String) { sink.write(value, level: level) }
    func encode(_ value: Double) { sink.write(value, level: level) }
    func encode(_ value: Float) { sink.write(value, level: level) }
    func encode(_ value: Int) { sink.write(value, level: level) }
    func encode(_ value: Int8) { sink.write(value, level: level) }
    func encode(_ value: Int16) { sink.write(value, level: level) }
    func encode(_ value: Int32) { sink.write(value, level: level) }
    func encode(_ value: Int64) { sink.write(value, level: level) }
    func encode(_ value: UInt) { sink.write(value, level: level) }
    func encode(_ value: UInt8) { sink.write(value, level: level) }
    func encode(_ value: UInt16) { sink.write(value, level: level) }
    func encode(_ value: UInt32) { sink.write(value, level: level) }
    func encode(_ value: UInt64) { sink.write(value, level: level) }
    func encode<T: Encodable>(_ value: T) throws { try sink.encode(value, level: level) }
}

struct UnkeyedSinkContainer: UnkeyedEncodingContainer {
    let sink: EncodingSink
    let level: Int
    private(set) var count = 0

    init(sink: EncodingSink, level: Int) {
        self.sink = sink
        self.level = level
    }

    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() { sink.writeNull(level: counted()) }
    mutating func encode(_ value: Bool) { sink.write(value, level: counted()) }
    mutating func encode(_ value: String) { sink.write(value, level: counted()) }
    mutating func encode(_ value: Double) { sink.write(value, level: counted()) }
    mutating func encode(_ value: Float) { sink.write(value, level: counted()) }
    mutating func encode(_ value: Int) { sink.write(value, level: counted()) }
    mutating func encode(_ value: Int8) { sink.write(value, level: counted()) }
    mutating func encode(_ value: Int16) { sink.write(value, level: counted()) }
    mutating func encode(_ value: Int32) { sink.write(value, level: counted()) }
    mutating func encode(_ value: Int64) { sink.write(value, level: counted()) }
    mutating func encode(_ value: UInt) { sink.write(value, level: counted()) }
    mutating func encode(_ value: UInt8) { sink.write(value, level: counted()) }
    mutating func encode(_ value: UInt16) { sink.write(value, level: counted()) }
    mutating func encode(_ value: UInt32) { sink.write(value, level: counted()) }
    mutating func encode(_ value: UInt64) { sink.write(value, level: counted()) }
    mutating func encode<T: Encodable>(_ value: T) throws { try sink.encode(value, level: counted()) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        SinkEncoder(sink: sink, level: finished()).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        SinkEncoder(sink: sink, level: finished()).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { SinkEncoder(sink: sink, level: finished()) }

    private mutating func counted() -> Int {
        count += 1
        return level
    }

    /// Counts an element and closes what the one before has left open.
    private mutating func finished() -> Int {
        sink.closeContainers(above: level)
        return counted()
    }
}
