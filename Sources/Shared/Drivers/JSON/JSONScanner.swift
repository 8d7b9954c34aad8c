/// Looks into an object without decoding it, for a proxy that forwards the bytes it got.
///
/// The whole document is checked as strictly as the parser does; only the members of the root object and the members of
/// objects directly in it can be found.
package struct JSONScanner: Sendable {
    private let tape: Tape

    /// Checks the document; its root must be an object.
    package init(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONDecodingError) {
        tape = try Tape(bytes, limits: limits, recordedDepth: 2)
        guard tape.tokens[0].kind == .object else {
            throw JSONDecodingError(.mismatch, path: [], expected: "an object", found: tape.describe(0))
        }
    }

    /// The document as it was given.
    package var bytes: [UInt8] { tape.bytes }

    /// The names of the root object's members, in order, repeated ones included.
    package var names: [String] { tape.nameTokens(of: 0).map { tape.string(at: $0) } }

    /// How many members of the root object have a name.
    package func count(of name: String) -> Int {
        // Names of which each occurs once are most documents'.
        guard tape.tokens[0].flags.contains(.repeatedKeys) else {
            return tape.lastValue(named: name, in: 0) == nil ? 0 : 1
        }
        return tape.nameTokens(of: 0).count { tape.hasName($0, name, .verbatim) }
    }

    /// Whether a member of the root object is an object that has a member.
    package func has(_ name: StaticString, _ nested: StaticString? = nil) -> Bool { find(name, nested) != nil }

    /// Where the value of a member is; of a repeated one the last.
    package func range(of name: String, _ nested: StaticString? = nil) -> Range<Int>? {
        descend(from: tape.lastValue(named: name, in: 0), to: nested).map { tape.byteRange(at: $0) }
    }

    /// The text of a string member; nil when it is absent or no string.
    package func string(_ name: StaticString, _ nested: StaticString? = nil) -> String? {
        find(name, nested).flatMap { tape.tokens[$0].kind == .string ? tape.string(at: $0) : nil }
    }

    /// The value of a boolean member; nil when it is absent or not boolean.
    package func bool(_ name: StaticString, _ nested: StaticString? = nil) -> Bool? {
        find(name, nested).flatMap { tape.tokens[$0].kind.bool }
    }

    /// The value of a whole number; nil when it is absent or none.
    package func integer(_ name: StaticString, _ nested: StaticString? = nil) -> Int64? {
        find(name, nested).flatMap { tape.integer(at: $0) }
    }

    /// The value of a number; nil when it is absent or none.
    package func double(_ name: StaticString, _ nested: StaticString? = nil) -> Double? {
        find(name, nested).flatMap { tape.double(at: $0) }
    }

    /// A member decoded; nil when absent. This one costs what parsing its bytes costs.
    package func value(_ name: String, _ nested: StaticString? = nil) throws(JSONDecodingError) -> JSONValue? {
        guard let range = range(of: name, nested) else { return nil }
        return try JSONParser.parse(Array(tape.bytes[range]))
    }

    /// The document with the value of a root member replaced, every occurrence of it, so that no reader sees the old
    /// one; added at the end when absent.
    package func replacing(_ name: String, with value: JSONValue) -> [UInt8] {
        let encoded = JSONWriter.bytes(of: value)
        let matches = tape.nameTokens(of: 0).filter { tape.string(at: $0) == name }
        var output: [UInt8] = []
        output.reserveCapacity(tape.bytes.count + encoded.count + name.utf8.count + 8)
        guard !matches.isEmpty else { return adding(name, encoded, to: output) }
        var copied = 0
        for match in matches {
            let range = tape.byteRange(at: match + 1)
            output.append(contentsOf: tape.bytes[copied..<range.lowerBound])
            output.append(contentsOf: encoded)
            copied = range.upperBound
        }
        output.append(contentsOf: tape.bytes[copied...])
        return output
    }

    private func adding(_ name: String, _ encoded: [UInt8], to buffer: [UInt8]) -> [UInt8] {
        var output = buffer
        let closing = Int(tape.tokens[0].end) - 1
        output.append(contentsOf: tape.bytes[..<closing])
        if tape.tokens[0].childCount > 0 { output.append(UInt8(ascii: ",")) }
        output.append(contentsOf: JSONWriter.bytes(of: .string(name)))
        output.append(UInt8(ascii: ":"))
        output.append(contentsOf: encoded)
        output.append(contentsOf: tape.bytes[closing...])
        return output
    }

    private func find(_ name: StaticString, _ nested: StaticString?) -> Int? {
        descend(from: tape.lastValue(named: name, in: 0), to: nested)
    }

    private func descend(from outer: Int?, to nested: StaticString?) -> Int? {
        guard let outer, let nested else { return outer }
        return tape.tokens[outer].kind == .object ? tape.lastValue(named: nested, in: outer) : nil
    }
}

extension Tape {
    /// The tokens of the names in an object.
    func nameTokens(of object: Int) -> [Int] {
        var names: [Int] = []
        var name = object + 1
        while name < Int(tokens[object].next) {
            names.append(name)
            name = Int(tokens[name + 1].next)
        }
        return names
    }

    /// The value of the last member called exactly `name`.
    func lastValue(named name: String, in object: Int) -> Int? { lastValue(named: name.utf8.span, in: object) }

    /// The same of a name in a source text, which costs less.
    func lastValue(named name: StaticString, in object: Int) -> Int? {
        name.withUTF8Buffer { unsafe lastValue(named: $0.span, in: object) }
    }

    private func lastValue(named wanted: Span<UInt8>, in object: Int) -> Int? {
        // Held for as long as they are looked into.
        let (bytes, list) = (self.bytes, self.tokens)
        let source = bytes.span
        let tokens = list.span
        let end = Int(tokens[object].next)
        let isUnique = !tokens[object].flags.contains(.repeatedKeys)
        var found: Int?
        var token = object + 1
        while token < end {
            let candidate = tokens[token]
            if candidate.flags.contains(.escaped) ? isText(token, wanted) : candidate.reads(wanted, in: source) {
                found = token + 1
                if isUnique { return found }
            }
            token = Int(tokens[token + 1].next)
        }
        return found
    }

    /// Whether the string at `index` is this text.
    func reads(_ text: StaticString, at index: Int) -> Bool {
        let (token, bytes) = (tokens[index], self.bytes)
        return text.withUTF8Buffer {
            let wanted = unsafe $0.span
            return token.flags.contains(.escaped) ? isText(index, wanted) : token.reads(wanted, in: bytes.span)
        }
    }

    /// Whether the string at `index`, which has escapes, is this text. Apart, because there is hardly ever one.
    @inline(never)
    private func isText(_ index: Int, _ wanted: Span<UInt8>) -> Bool {
        unsafe string(at: index) == wanted.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

extension Token {
    /// Whether the string, which has no escapes, is these bytes.
    func reads(_ wanted: Span<UInt8>, in source: Span<UInt8>) -> Bool {
        let start = Int(self.start)
        return Int(end) &- start == wanted.count && ByteSearch.stands(wanted, in: source, at: start)
    }
}
