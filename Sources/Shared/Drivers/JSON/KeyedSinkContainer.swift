struct KeyedSinkContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let sink: EncodingSink
    let level: Int
    let keyStyle: JSONCodec.KeyStyle

    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { sink.writeNull(level: member(key)) }
    func encode(_ value: Bool, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: String, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: Double, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: Float, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: Int, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: Int8, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: Int16, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: Int32, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: Int64, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: UInt, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: UInt8, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: UInt16, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: UInt32, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode(_ value: UInt64, forKey key: Key) { sink.write(value, level: member(key)) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try sink.encode(value, level: member(key)) }

    // An absent value is written too; the defaults would leave it out.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: String?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: Double?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: Float?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) { write(value, key) { $0.write($1, level: $2) } }
    func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
        if let value {
            try encode(value, forKey: key)
        } else if sink.absent == .null {
            encodeNil(forKey: key)
        }
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key)
        -> KeyedEncodingContainer<Nested>
    {
        SinkEncoder(sink: sink, level: member(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        SinkEncoder(sink: sink, level: member(key)).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        sink.key("super", .verbatim, level: level)
        return SinkEncoder(sink: sink, level: level)
    }

    func superEncoder(forKey key: Key) -> any Encoder { SinkEncoder(sink: sink, level: member(key)) }

    /// Writes the name and returns the level at which the value goes.
    private func member(_ key: Key) -> Int {
        sink.key(key.stringValue, keyStyle, level: level)
        return level
    }

    private func write<Value>(_ value: Value?, _ key: Key, _ put: (EncodingSink, Value, Int) -> Void) {
        if let value {
            put(sink, value, member(key))
        } else if sink.absent == .null {
            encodeNil(forKey: key)
        }
    }
}
