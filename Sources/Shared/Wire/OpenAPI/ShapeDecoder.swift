internal import JSON

/// What a type asks for while it decodes itself.
final class ShapeRecorder {
    var reader: SchemaReader
    private let isSent: Bool
    private(set) var kind = Schema.Kind.any
    private var members: [Schema.Member] = []

    init(_ reader: SchemaReader, isSent: Bool) {
        self.reader = reader
        self.isSent = isSent
    }

    /// It is an object, and may ask for members.
    func beginObject() { kind = .object(members) }

    /// It asked whether the member is null: it can do without.
    func canDoWithout(_ key: String) {
        let name = JSONCodec.KeyStyle.snakeCase.name(of: key)
        guard !members.contains(where: { $0.name == name }) else { return }
        members.append(Schema.Member(name, Schema.any.orNull, isRequired: isSent))
    }

    /// It asked for the member as a `T`.
    func take<T: Decodable>(_ type: T.Type, _ key: String) throws -> T {
        let (schema, sample) = reader.read(type, isSent: isSent)
        let name = JSONCodec.KeyStyle.snakeCase.name(of: key)
        if let place = members.firstIndex(where: { $0.name == name }) {
            members[place].schema = members[place].schema.isNullable ? schema.orNull : schema
        } else {
            members.append(Schema.Member(name, schema, isRequired: true))
        }
        kind = .object(members)
        return try Self.present(sample, type, key)
    }

    /// It asked for the whole value as a `T`.
    func takeWhole<T: Decodable>(_ type: T.Type) throws -> T {
        let (schema, sample) = reader.read(type, isSent: isSent)
        kind = schema.kind
        return try Self.present(sample, type, "")
    }

    private static func present<T>(_ sample: T?, _ type: T.Type, _ key: String) throws -> T {
        guard let sample else {
            throw DecodingError.valueNotFound(
                type, DecodingError.Context(codingPath: [], debugDescription: "no value of \(key) can be made up"))
        }
        return sample
    }
}

/// Lets a type decode itself from a document that has whatever it asks for.
struct ShapeDecoder: Decoder {
    let recorder: ShapeRecorder

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedDecodingContainer<Key> {
        recorder.beginObject()
        return KeyedDecodingContainer(ShapeMembers<Key>(recorder: recorder))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw ShapeUnknown() }
    func singleValueContainer() -> any SingleValueDecodingContainer { ShapeWhole(recorder: recorder) }
}

/// A type decodes itself in a way that tells nothing of its shape.
struct ShapeUnknown: Error {}

private struct ShapeMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recorder: ShapeRecorder

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_: Key) -> Bool { true }

    func decodeNil(forKey key: Key) -> Bool {
        recorder.canDoWithout(key.stringValue)
        return false
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try recorder.take(type, key.stringValue) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try recorder.take(type, key.stringValue) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try recorder.take(type, key.stringValue) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try recorder.take(type, key.stringValue) }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try recorder.take(type, key.stringValue)
    }

    func decode(_: Float.Type, forKey key: Key) throws -> Float {
        Float(try recorder.take(Double.self, key.stringValue))
    }
    func decode(_: Int8.Type, forKey key: Key) throws -> Int8 { try whole(key) }
    func decode(_: Int16.Type, forKey key: Key) throws -> Int16 { try whole(key) }
    func decode(_: Int32.Type, forKey key: Key) throws -> Int32 { try whole(key) }
    func decode(_: Int64.Type, forKey key: Key) throws -> Int64 { try whole(key) }
    func decode(_: UInt.Type, forKey key: Key) throws -> UInt { try whole(key) }
    func decode(_: UInt8.Type, forKey key: Key) throws -> UInt8 { try whole(key) }
    func decode(_: UInt16.Type, forKey key: Key) throws -> UInt16 { try whole(key) }
    func decode(_: UInt32.Type, forKey key: Key) throws -> UInt32 { try whole(key) }
    func decode(_: UInt64.Type, forKey key: Key) throws -> UInt64 { try whole(key) }

    private func whole<T: FixedWidthInteger>(_ key: Key) throws -> T {
        T(truncatingIfNeeded: try recorder.take(Int.self, key.stringValue))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy _: Nested.Type, forKey _: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw ShapeUnknown() }
    func nestedUnkeyedContainer(forKey _: Key) throws -> any UnkeyedDecodingContainer { throw ShapeUnknown() }
    func superDecoder() throws -> any Decoder { throw ShapeUnknown() }
    func superDecoder(forKey _: Key) throws -> any Decoder { throw ShapeUnknown() }
}

private struct ShapeWhole: SingleValueDecodingContainer {
    let recorder: ShapeRecorder

    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }
    func decode(_ type: Bool.Type) throws -> Bool { try recorder.takeWhole(type) }
    func decode(_ type: String.Type) throws -> String { try recorder.takeWhole(type) }
    func decode(_ type: Double.Type) throws -> Double { try recorder.takeWhole(type) }
    func decode(_ type: Int.Type) throws -> Int { try recorder.takeWhole(type) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try recorder.takeWhole(type) }
    func decode(_: Float.Type) throws -> Float { Float(try recorder.takeWhole(Double.self)) }
    func decode(_: Int8.Type) throws -> Int8 { try whole() }
    func decode(_: Int16.Type) throws -> Int16 { try whole() }
    func decode(_: Int32.Type) throws -> Int32 { try whole() }
    func decode(_: Int64.Type) throws -> Int64 { try whole() }
    func decode(_: UInt.Type) throws -> UInt { try whole() }
    func decode(_: UInt8.Type) throws -> UInt8 { try whole() }
    func decode(_: UInt16.Type) throws -> UInt16 { try whole() }
    func decode(_: UInt32.Type) throws -> UInt32 { try whole() }
    func decode(_: UInt64.Type) throws -> UInt64 { try whole() }

    private func whole<T: FixedWidthInteger>() throws -> T {
        T(truncatingIfNeeded: try recorder.takeWhole(Int.self))
    }
}
