/// `Codable` types to and from JSON: properties in camelCase are members in snake_case; dates are ISO 8601, UUIDs lower
/// case; unknown members are ignored; null is the same as absent for an optional.
///
/// The keys of dictionaries are data and stay as they are. `JSONValue` stands for any value.
package enum JSONCodec {
    /// What becomes of an optional property that is nil.
    package enum AbsentValues: Sendable {
        /// `"name":null`
        case null
        /// No member at all.
        case omitted
    }

    /// Reads a `T`. The error names the member in the words of the document.
    package static func decode<T: Decodable>(
        _ type: T.Type, from bytes: [UInt8], keys: KeyStyle = .snakeCase, limits: JSONLimits = JSONLimits()
    ) throws(JSONDecodingError) -> T {
        let tape = try Tape(bytes, limits: limits, keyStyle: keys)
        do {
            return try tape.decode(type, at: 0)
        } catch let error as JSONDecodingError {
            throw error
        } catch {
            throw tape.translate(error, type, at: 0)
        }
    }

    /// Reads a `T` from a document that is at hand as text.
    package static func decode<T: Decodable>(
        _ type: T.Type, from text: String, keys: KeyStyle = .snakeCase, limits: JSONLimits = JSONLimits()
    ) throws(JSONDecodingError) -> T {
        try decode(type, from: Array(text.utf8), keys: keys, limits: limits)
    }

    /// Writes `value`, compactly. NaN and infinities become null.
    ///
    /// The coder itself cannot fail; a type whose `encode(to:)` throws is a programmer's mistake.
    package static func encode<T: Encodable>(
        _ value: T, keys: KeyStyle = .snakeCase, absent: AbsentValues = .null
    ) -> [UInt8] {
        let sink = EncodingSink(keyStyle: keys, absent: absent)
        do {
            try sink.encode(value, level: 0)
        } catch {
            preconditionFailure("\(T.self) cannot be written as JSON: \(error)")
        }
        return sink.finish()
    }
}

extension JSONValue: Codable {
    /// Only `JSONCodec` knows how; other decoders are refused.
    package init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? TapeDecoder else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "only JSONCodec reads this"))
        }
        self = decoder.tape.value(at: decoder.index)
    }

    /// Only `JSONCodec` knows how; other encoders are refused.
    package func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? SinkEncoder else {
            throw EncodingError.invalidValue(
                self,
                EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "only JSONCodec writes this"))
        }
        encoder.sink.write(self, level: encoder.level)
    }
}

extension JSONObject: Codable {
    package init(from decoder: any Decoder) throws {
        guard case .object(let object) = try JSONValue(from: decoder) else {
            throw JSONDecodingError(
                .mismatch, path: decoder.codingPath.map(\.stringValue), expected: "an object", found: "another value")
        }
        self = object
    }

    package func encode(to encoder: any Encoder) throws { try JSONValue.object(self).encode(to: encoder) }
}
