import FoundationEssentials

// What the decoding containers share: typed values at a token, and errors that name it.
extension Tape {
    /// A `T` from the value at `index`.
    func decode<T: Decodable>(_ type: T.Type, at index: Int) throws -> T {
        // The types are the same where they are cast; comparing them is much cheaper than `as?`.
        if type == String.self { return unsafe unsafeBitCast(try text(at: index), to: T.self) }
        if type == Double.self { return unsafe unsafeBitCast(try number(at: index), to: T.self) }
        if type == JSONValue.self { return unsafe unsafeBitCast(value(at: index), to: T.self) }
        if type == Date.self { return unsafe unsafeBitCast(try date(at: index), to: T.self) }
        if type == UUID.self { return unsafe unsafeBitCast(try uuid(at: index), to: T.self) }
        if type == [String].self { return unsafe unsafeBitCast(try texts(at: index), to: T.self) }
        do {
            return try T(from: TapeDecoder(tape: self, index: index))
        } catch let error as JSONDecodingError {
            // An enumeration asked for its raw type; the cases say more.
            let isOwn = Self.rawValues(of: type) != nil && error.kind == .mismatch && error.path == path(to: index)
            throw isOwn ? translate(error, type, at: index) : error
        } catch {
            throw translate(error, type, at: index)
        }
    }

    func bool(at index: Int) throws(JSONDecodingError) -> Bool {
        switch tokens[index].kind {
        case .true: return true
        case .false: return false
        case .null, .integer, .number, .string, .array, .object: throw mismatch("true or false", at: index)
        }
    }

    func text(at index: Int) throws(JSONDecodingError) -> String {
        guard tokens[index].kind == .string else { throw mismatch("a string", at: index) }
        return string(at: index)
    }

    private func texts(at index: Int) throws(JSONDecodingError) -> [String] {
        guard tokens[index].kind == .array else { throw mismatch("an array", at: index) }
        var texts: [String] = []
        texts.reserveCapacity(Int(tokens[index].childCount))
        var child = index + 1
        while child < Int(tokens[index].next) {
            texts.append(try text(at: child))
            child = Int(tokens[child].next)
        }
        return texts
    }

    func number(at index: Int) throws(JSONDecodingError) -> Double {
        guard let value = double(at: index) else { throw mismatch("a number", at: index) }
        return value
    }

    func wholeNumber<Value: FixedWidthInteger>(at index: Int) throws(JSONDecodingError) -> Value {
        if let value: Value = integer(at: index) { return value }
        switch tokens[index].kind {
        case .integer:
            throw JSONDecodingError(
                .mismatch, path: path(to: index), expected: "an integer from \(Value.min) to \(Value.max)",
                found: excerpt(index))
        case .number:
            throw JSONDecodingError(
                .mismatch, path: path(to: index), expected: "an integer", found: excerpt(index))
        case .null, .false, .true, .string, .array, .object: throw mismatch("an integer", at: index)
        }
    }

    private func date(at index: Int) throws(JSONDecodingError) -> Date {
        let example = "a date and time such as 2026-01-02T03:04:05Z"
        guard tokens[index].kind == .string else { throw mismatch(example, at: index) }
        guard let date = ISO8601.date(string(at: index)) else {
            throw JSONDecodingError(.mismatch, path: path(to: index), expected: example, found: excerpt(index))
        }
        return date
    }

    private func uuid(at index: Int) throws(JSONDecodingError) -> UUID {
        guard tokens[index].kind == .string else { throw mismatch("a UUID", at: index) }
        guard let uuid = UUID(uuidString: string(at: index)) else {
            throw JSONDecodingError(.mismatch, path: path(to: index), expected: "a UUID", found: excerpt(index))
        }
        return uuid
    }

    func mismatch(_ expected: String, at index: Int) -> JSONDecodingError {
        JSONDecodingError(.mismatch, path: path(to: index), expected: expected, found: describe(index))
    }

    /// A scalar as it stands in the document, cut when it is long.
    private func excerpt(_ index: Int) -> String {
        let text = String(decoding: bytes[byteRange(at: index)], as: UTF8.self)
        return text.count <= 60 ? text : "\(text.prefix(59))…"
    }

    /// Puts an error of a type's own `init(from:)` into words about the document.
    func translate<T>(_ error: any Error, _ type: T.Type, at index: Int) -> JSONDecodingError {
        if let names = Self.rawValues(of: type) {
            return JSONDecodingError(
                .mismatch, path: path(to: index), expected: "one of \(names.joined(separator: ", "))",
                found: tokens[index].kind == .string ? excerpt(index) : describe(index))
        }
        guard let error = error as? DecodingError else {
            return JSONDecodingError(.invalid(reason: "\(error)"), path: path(to: index))
        }
        let context: DecodingError.Context
        switch error {
        case .keyNotFound(let key, _):
            return JSONDecodingError(.missing, path: path(to: index) + [key.stringValue], found: "nothing")
        case .typeMismatch(_, let details), .valueNotFound(_, let details), .dataCorrupted(let details):
            context = details
        @unknown default:
            return JSONDecodingError(.invalid(reason: "not a valid value"), path: path(to: index))
        }
        if type is any RawRepresentable.Type {
            return JSONDecodingError(
                .mismatch, path: path(to: index), expected: "a known value", found: excerpt(index))
        }
        let path = context.codingPath.isEmpty ? path(to: index) : context.codingPath.map(\.stringValue)
        return JSONDecodingError(.invalid(reason: context.debugDescription), path: path)
    }

    /// The raw values of an enumeration that lists its cases; nil for any other type.
    static func rawValues(of type: Any.Type) -> [String]? {
        func list<Cases: CaseIterable & RawRepresentable>(_: Cases.Type) -> [String] {
            Cases.allCases.map { "\($0.rawValue)" }
        }
        return (type as? any (CaseIterable & RawRepresentable).Type).map { list($0) }
    }
}
