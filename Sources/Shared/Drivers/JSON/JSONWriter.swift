package import FoundationEssentials

/// Writes compact JSON, member by member, commas included.
///
/// NaN and the infinities have no JSON form and are written as `null`.
package struct JSONWriter: ~Copyable {
    private var buffer: ByteBuffer

    /// An empty document.
    package init(capacity: Int = 256) { buffer = ByteBuffer(capacity: capacity) }

    /// What has been written, copied.
    package var bytes: [UInt8] { buffer.bytes }

    /// Adds what has been written to `bytes`.
    package func append(to bytes: inout [UInt8]) { buffer.append(to: &bytes) }

    var count: Int { buffer.count }

    /// The document of `value`.
    package static func bytes(of value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(value)
        return writer.bytes
    }

    package mutating func beginObject() {
        separate()
        buffer.append("{")
    }

    /// Ends a line, where each is a document.
    package mutating func endLine() { buffer.append(UInt8(ascii: "\n")) }

    package mutating func endObject() { buffer.append("}") }

    package mutating func beginArray() {
        separate()
        buffer.append("[")
    }

    package mutating func endArray() { buffer.append("]") }

    /// The name of a member; its value must follow.
    package mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        buffer.append(UInt8(ascii: ":"))
    }

    /// The name of a member that needs no escapes, as those in a source text are; its value must follow. Costs half.
    package mutating func key(plain name: StaticString) {
        separate()
        buffer.append(key: name)
    }

    /// A moment as text.
    package mutating func write(_ moment: Date) {
        separate()
        if !buffer.append(quoted: moment) { buffer.append("null") }
    }

    /// Members that were written before, as they stand between the braces of an object; they are not checked.
    package mutating func writeMembers(_ json: [UInt8]) {
        if !json.isEmpty { writeRaw(json) }
    }

    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: writeNull()
        case .bool(let value): write(value)
        case .integer(let value): write(value)
        case .number(let value): write(value)
        case .string(let value): write(value)
        case .array(let elements):
            beginArray()
            for element in elements { write(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.key)
                write(member.value)
            }
            endObject()
        }
    }

    package mutating func writeNull() { appendLiteral("null") }

    package mutating func write(_ value: Bool) { value ? appendLiteral("true") : appendLiteral("false") }

    package mutating func write(_ value: String) {
        separate()
        appendQuoted(value)
    }

    /// A whole number of any width, exactly.
    package mutating func write(_ value: some FixedWidthInteger) {
        separate()
        if let small = Int64(exactly: value) {
            appendDecimal(small)
        } else {
            buffer.append(String(value))
        }
    }

    /// A whole number; those of other modules are mostly of this type, for which the one above is not compiled there.
    package mutating func write(_ value: Int) {
        separate()
        appendDecimal(Int64(value))
    }

    /// The shortest text that reads back as the same double.
    package mutating func write(_ value: Double) {
        guard value.isFinite else { return writeNull() }
        separate()
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, whole != 0 || value.sign == .plus {
            appendDecimal(whole)
            buffer.append(".0")
        } else {
            buffer.append(value.description)
        }
    }

    /// The shortest text that reads back as the same float.
    package mutating func write(_ value: Float) {
        guard value.isFinite else { return writeNull() }
        separate()
        buffer.append(value.description)
    }

    /// A value that is JSON already; it is not checked.
    package mutating func writeRaw(_ json: [UInt8]) {
        separate()
        buffer.append(0..<json.count, of: json.span)
    }

    private mutating func appendLiteral(_ text: StaticString) {
        separate()
        buffer.append(text)
    }

    /// A comma, unless this is the first thing in its container or its line, or a member's value. The last byte alone tells:
    /// no value ends in one of these.
    private mutating func separate() {
        let last = buffer.last
        // One bit is between the bracket and the brace; at the beginning there is none, or the end of a line.
        if last | 0x20 != UInt8(ascii: "{"), last != UInt8(ascii: ":"), last > 0x20 { buffer.append(UInt8(ascii: ",")) }
    }

    private mutating func appendDecimal(_ value: Int64) {
        if value < 0 { buffer.append("-") }
        buffer.append(decimal: value.magnitude)
    }
}

// MARK: For the encoder
extension JSONWriter {
    /// The name that a coding key stands for, converted on the way.
    mutating func key(_ name: String, _ style: JSONCodec.KeyStyle) {
        guard style == .snakeCase else { return key(name) }
        separate()
        buffer.append("\"")
        let span = name.utf8.span
        for index in 0..<span.count {
            let byte = span[index]
            if SnakeCase.isCapital(byte) {
                if SnakeCase.startsWord(span, index) { buffer.append("_") }
                buffer.append(byte | 0x20)
            } else if byte > UInt8(ascii: "\\") {
                buffer.append(byte)
            } else {
                appendEscaped(byte)
            }
        }
        buffer.append(UInt8(ascii: "\""), UInt8(ascii: ":"))
    }

    /// A string value of ASCII that needs no escapes.
    mutating func writePlain(_ ascii: [UInt8]) {
        separate()
        buffer.append("\"")
        buffer.append(0..<ascii.count, of: ascii.span)
        buffer.append("\"")
    }

    /// Gives a member that was named and has no value yet a null.
    mutating func fillNamedMember() {
        if buffer.last == UInt8(ascii: ":") { writeNull() }
    }

    mutating func close(_ closing: UInt8) {
        fillNamedMember()
        buffer.append(closing)
    }

    /// Escapes the quote, the backslash and control characters, also those of C1, which terminals obey; everything else
    /// is copied in runs.
    private mutating func appendQuoted(_ text: String) {
        let span = text.utf8.span
        buffer.append(UInt8(ascii: "\""))
        var copied = 0
        var position = 0
        while position < span.count {
            position = Tokenizer.endOfPlainText(span, from: position)
            // Only ASCII and C1 need escapes; step over the rest.
            while position < span.count, span[position] >= 0x80, !Self.beginsControl(span, position) { position += 1 }
            guard position < span.count else { break }
            let byte = span[position]
            if byte >= 0x80 {
                buffer.append(copied..<position, of: span)
                buffer.append(span[position + 1] < 0x90 ? #"\u008"# : #"\u009"#)
                buffer.append(Self.hexadecimalDigit(span[position + 1] & 15))
                position += 2
                copied = position
                continue
            }
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            buffer.append(copied..<position, of: span)
            appendEscaped(byte)
            position += 1
            copied = position
        }
        buffer.append(copied..<span.count, of: span)
        buffer.append(UInt8(ascii: "\""))
    }

    /// Whether a control character of C1 stands there: U+0080 to U+009F.
    private static func beginsControl(_ utf8: Span<UInt8>, _ position: Int) -> Bool {
        utf8[position] == 0xC2 && position + 1 < utf8.count && utf8[position + 1] < 0xA0
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        let short: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): short = byte
        case 0x08: short = UInt8(ascii: "b")
        case 0x09: short = UInt8(ascii: "t")
        case 0x0A: short = UInt8(ascii: "n")
        case 0x0C: short = UInt8(ascii: "f")
        case 0x0D: short = UInt8(ascii: "r")
        case 0..<0x20:
            buffer.append(byte < 0x10 ? #"\u000"# : #"\u001"#)
            buffer.append(Self.hexadecimalDigit(byte & 15))
            return
        default:
            buffer.append(byte)
            return
        }
        buffer.append(UInt8(ascii: "\\"), short)
    }
}
