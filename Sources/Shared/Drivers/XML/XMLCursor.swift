/// A place in the bytes of a document, and the small pieces that can be read from there.
struct XMLCursor {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// Goes past a text if it comes next.
    @discardableResult
    mutating func skip(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard bytes.count - position >= length else { return false }
        let isNext = text.withUTF8Buffer { wanted in
            unsafe wanted.elementsEqual(bytes[position..<(position + length)])
        }
        guard isNext else { return false }
        position += length
        return true
    }

    /// Goes past white space, if there is any.
    @discardableResult
    mutating func skipSpace() -> Bool {
        let start = position
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
        return position > start
    }

    /// What comes before `end`, which is passed; at most so many bytes.
    mutating func text(until end: StaticString, limit: Int = .max) throws(XMLProblem) -> String {
        let start = position
        while !isAtEnd, position - start <= limit {
            let here = position
            if skip(end) { return String(decoding: bytes[start..<here], as: UTF8.self) }
            position += 1
        }
        throw XMLProblem("it breaks off")
    }

    /// A name, with its prefix if it has one: of ASCII, as all names are that matter here.
    mutating func name() throws(XMLProblem) -> String {
        let start = position
        var colons = 0
        while position < bytes.count, Self.isNameByte(bytes[position], first: position == start) {
            if bytes[position] == UInt8(ascii: ":") { colons += 1 }
            position += 1
        }
        let name = bytes[start..<position]
        guard let last = name.last, name.count <= 256, colons <= 1, last != UInt8(ascii: ":") else {
            throw XMLProblem("there is a tag or an attribute without a proper name")
        }
        return String(decoding: name, as: UTF8.self)
    }

    mutating func attribute() throws(XMLProblem) -> (name: String, value: String) {
        let name = try name()
        skipSpace()
        guard skip("=") else { throw XMLProblem("“\(name)” has no value") }
        skipSpace()
        let quote: UInt8
        if skip("\"") {
            quote = UInt8(ascii: "\"")
        } else if skip("'") {
            quote = UInt8(ascii: "'")
        } else {
            throw XMLProblem("the value of “\(name)” is not quoted")
        }
        let value = try characters(until: quote, isAttribute: true)
        guard !isAtEnd else { throw XMLProblem("it breaks off") }
        position += 1
        return (name, value)
    }

    /// The text up to a byte, which is not passed, with references replaced, and line ends and the white space of
    /// attributes as XML wants them read (sections 2.11 and 3.3.3).
    mutating func characters(until end: UInt8, isAttribute: Bool = false) throws(XMLProblem) -> String {
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != end {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "&"): text += try Array(reference().utf8)
            case UInt8(ascii: "<"): throw XMLProblem("there is a “<” within a value")
            case UInt8(ascii: "\r"):
                // Before a line feed it is nothing, alone it is one.
                if position < bytes.count, bytes[position] == UInt8(ascii: "\n") { continue }
                text.append(UInt8(ascii: isAttribute ? " " : "\n"))
            case UInt8(ascii: "\n") where isAttribute, UInt8(ascii: "\t") where isAttribute:
                text.append(UInt8(ascii: " "))
            case 0..<0x20 where !Self.isSpace(byte): throw XMLProblem("there is a control character in it")
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func reference() throws(XMLProblem) -> String {
        let name = try text(until: ";", limit: 12)
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let digits = name.hasPrefix("#x") ? name.dropFirst(2) : name.dropFirst()
            let number =
                name.hasPrefix("#") && digits.first?.isHexDigit == true
                ? UInt32(digits, radix: name.hasPrefix("#x") ? 16 : 10) : nil
            guard let scalar = number.flatMap(Unicode.Scalar.init),
                scalar.value >= 0x20 || [9, 10, 13].contains(scalar.value)
            else { throw XMLProblem("“&\(name.prefix(20));” is not a reference that is allowed") }
            return String(Character(scalar))
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): !first
        default: false
        }
    }
}
