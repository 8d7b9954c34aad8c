/// One value of a document, read in place: for code that takes what it needs from free forms without building a tree.
///
/// The throwing readers name the place in the words of the document; the optional ones are for what may be anything.
package struct JSONNode: Sendable {
    /// What stands there.
    package enum Kind: Sendable, Hashable {
        case null, bool, number, string, array, object
    }

    let tape: Tape
    let index: Int

    init(tape: Tape, index: Int) {
        self.tape = tape
        self.index = index
    }

    /// The root of a document, which is checked as strictly as the parser does.
    package init(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONDecodingError) {
        self.init(tape: try Tape(bytes, limits: limits), index: 0)
    }

    /// What stands here.
    package var kind: Kind {
        switch tape.tokens[index].kind {
        case .null: .null
        case .true, .false: .bool
        case .integer, .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Whether this is an object.
    package var isObject: Bool { tape.tokens[index].kind == .object }

    /// Whether this is `null`.
    package var isNull: Bool { tape.tokens[index].kind == .null }

    /// The bytes of the value as they stand in the document.
    package var raw: [UInt8] { Array(tape.bytes[tape.byteRange(at: index)]) }

    /// Where the value is, from the root: member names, and indices of arrays as decimal numbers.
    package var path: [String] { tape.path(to: index) }
}

// MARK: What may be anything
extension JSONNode {
    /// The text of a string, else nil.
    package var string: String? { tape.tokens[index].kind == .string ? tape.string(at: index) : nil }

    /// The value of a boolean, else nil.
    package var bool: Bool? { tape.tokens[index].kind.bool }

    /// The value of a whole number that fits, else nil; `1.0` is whole.
    package var integer: Int? { tape.integer(at: index) }

    /// The value of a number, else nil.
    package var double: Double? { tape.double(at: index) }

    /// The elements of an array, else nil.
    package var list: Elements? {
        guard tape.tokens[index].kind == .array else { return nil }
        return Elements(tape: tape, position: index + 1, end: Int(tape.tokens[index].next))
    }

    /// The member of an object; nil when absent, null, or when this is no object. Of a repeated name the last counts.
    package subscript(name: String) -> JSONNode? {
        guard tape.tokens[index].kind == .object, let value = tape.lastValue(named: name, in: index),
            tape.tokens[value].kind != .null
        else { return nil }
        return JSONNode(tape: tape, index: value)
    }

    /// The number of elements or members, as far as 16 bits count.
    package var count: Int { Int(tape.tokens[index].childCount) }
}

// MARK: Members that may be anything
// What the readers of a member would say, or of a member of that, without further holds on the document.
extension JSONNode {
    /// Whether there is such a member, which is not null.
    package func has(_ name: StaticString, _ nested: StaticString? = nil) -> Bool { member(name, nested) != nil }

    /// Whether a member is a string of this text.
    package func has(_ name: StaticString, text: StaticString) -> Bool {
        guard let value = member(name, nil), tape.tokens[value].kind == .string else { return false }
        return tape.reads(text, at: value)
    }

    /// The text of a member that is a string, else nil.
    package func string(_ name: StaticString, _ nested: StaticString? = nil) -> String? {
        guard let value = member(name, nested), tape.tokens[value].kind == .string else { return nil }
        return tape.string(at: value)
    }

    /// The value of a member that is a boolean, else nil.
    package func bool(_ name: StaticString) -> Bool? {
        guard let value = member(name, nil) else { return nil }
        return tape.tokens[value].kind.bool
    }

    /// The value of a member that is a whole number and fits, else nil.
    package func integer(_ name: StaticString, _ nested: StaticString? = nil) -> Int? {
        guard let value = member(name, nested) else { return nil }
        return tape.integer(at: value)
    }

    /// The value of a member that is a number, else nil.
    package func double(_ name: StaticString, _ nested: StaticString? = nil) -> Double? {
        guard let value = member(name, nested) else { return nil }
        return tape.double(at: value)
    }

    /// The elements of a member that is an array, else nil.
    package func list(_ name: StaticString) -> Elements? {
        guard let value = member(name, nil), tape.tokens[value].kind == .array else { return nil }
        return Elements(tape: tape, position: value + 1, end: Int(tape.tokens[value].next))
    }

    private func member(_ name: StaticString, _ nested: StaticString?) -> Int? {
        guard let outer = tape.member(name, of: index) else { return nil }
        guard let nested else { return outer }
        return tape.member(nested, of: outer)
    }
}

extension Tape {
    /// The value of a member; nil when absent, null, or when there is no object.
    fileprivate func member(_ name: StaticString, of object: Int) -> Int? {
        guard tokens[object].kind == .object, let value = lastValue(named: name, in: object),
            tokens[value].kind != .null
        else { return nil }
        return value
    }
}

// MARK: What has to be something
extension JSONNode {
    /// The text of a string.
    package func text() throws(JSONDecodingError) -> String {
        guard let string else { throw mismatch("a string") }
        return string
    }

    /// The value of a boolean.
    package func flag() throws(JSONDecodingError) -> Bool {
        guard let bool else { throw mismatch("true or false") }
        return bool
    }

    /// The value of a number.
    package func number() throws(JSONDecodingError) -> Double {
        guard let double else { throw mismatch("a number") }
        return double
    }

    /// The value of a whole number within `range`.
    package func whole(_ range: ClosedRange<Int> = Int.min...Int.max) throws(JSONDecodingError) -> Int {
        guard let integer else { throw mismatch("a whole number") }
        guard range.contains(integer) else {
            throw invalid("has to be \(Self.describe(range)), found \(integer)")
        }
        return integer
    }

    /// The member of an object that has to be there.
    package func required(_ name: String) throws(JSONDecodingError) -> JSONNode {
        guard kind == .object else { throw mismatch("an object") }
        guard let value = self[name] else {
            throw JSONDecodingError(.missing, path: path + [name], found: "nothing")
        }
        return value
    }

    /// The elements of an array.
    package func elements() throws(JSONDecodingError) -> Elements {
        guard let list else { throw mismatch("an array") }
        return list
    }

    /// The members of an object, repeated ones included.
    package func members() throws(JSONDecodingError) -> Members {
        guard kind == .object else { throw mismatch("an object") }
        return Members(tape: tape, position: index + 1, end: Int(tape.tokens[index].next))
    }

    /// The error that something else was expected here.
    package func mismatch(_ expected: String) -> JSONDecodingError {
        let found = string.map { $0.utf8.count <= 40 ? "\"\($0)\"" : "a string" } ?? tape.describe(index)
        return JSONDecodingError(.mismatch, path: path, expected: expected, found: found)
    }

    /// The error that the value is refused for `reason`.
    package func invalid(_ reason: String) -> JSONDecodingError {
        JSONDecodingError(.invalid(reason: reason), path: path)
    }

    private static func describe(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (let lowest, .max): "at least \(lowest)"
        case (.min, let highest): "at most \(highest)"
        case (let lowest, let highest): "from \(lowest) to \(highest)"
        }
    }
}

extension JSONNode {
    /// The elements of an array in order.
    package struct Elements: Sequence, IteratorProtocol, Sendable {
        let tape: Tape
        var position: Int
        let end: Int

        package mutating func next() -> JSONNode? {
            guard position < end else { return nil }
            defer { position = Int(tape.tokens[position].next) }
            return JSONNode(tape: tape, index: position)
        }
    }

    /// The members of an object in order.
    package struct Members: Sequence, IteratorProtocol, Sendable {
        let tape: Tape
        var position: Int
        let end: Int

        package mutating func next() -> (name: String, value: JSONNode)? {
            guard position < end else { return nil }
            let name = position
            position = Int(tape.tokens[name + 1].next)
            return (tape.string(at: name), JSONNode(tape: tape, index: name + 1))
        }
    }
}
