import FoundationEssentials
import JSON
import Records

/// Attributes as the database keeps them: one object with a member an attribute, so that conditions look them up by name.
///
/// What JSON has no form for is an object with one member that no instrumentation uses. Of a name that comes twice the
/// last value counts.
enum StoredAttributes {
    private enum Name {
        static let bytes = "$bytes"
        static let double = "$double"
    }

    static func text(of attributes: [TraceAttribute]) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + 32 * attributes.count)
        write(attributes, to: &writer)
        return writer.bytes
    }

    private static func write(_ attributes: [TraceAttribute], to writer: inout JSONWriter) {
        writer.beginObject()
        for attribute in attributes {
            writer.key(attribute.key)
            write(attribute.value, to: &writer)
        }
        writer.endObject()
    }

    private static func write(_ value: AttributeValue, to writer: inout JSONWriter) {
        switch value {
        case .string(let text): writer.write(text)
        case .bool(let flag): writer.write(flag)
        case .integer(let number): writer.write(number)
        case .double(let number) where number.isFinite: writer.write(number)
        case .double(let number): write(number.description, as: Name.double, to: &writer)
        case .bytes(let bytes): write(Data(bytes).base64EncodedString(), as: Name.bytes, to: &writer)
        case .array(let values):
            writer.beginArray()
            for value in values { write(value, to: &writer) }
            writer.endArray()
        case .map(let members): write(members, to: &writer)
        case .empty: writer.writeNull()
        }
    }

    private static func write(_ text: String, as name: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key(name)
        writer.write(text)
        writer.endObject()
    }

    static func attributes(from text: String) throws -> [TraceAttribute] {
        guard case .map(let attributes) = value(of: try JSONParser.parse(text)) else { return [] }
        return attributes
    }

    private static func value(of json: JSONValue) -> AttributeValue {
        switch json {
        case .null: return .empty
        case .bool(let flag): return .bool(flag)
        case .integer(let number): return .integer(number)
        case .number(let number): return .double(number)
        case .string(let text): return .string(text)
        case .array(let elements): return .array(elements.map(value))
        case .object(let object):
            if object.count == 1, let text = object[Name.bytes]?.stringValue, let data = Data(base64Encoded: text) {
                return .bytes(Array(data))
            }
            if object.count == 1, let text = object[Name.double]?.stringValue, let number = Double(text) {
                return .double(number)
            }
            return .map(object.members.map { TraceAttribute($0.key, value(of: $0.value)) })
        }
    }
}
