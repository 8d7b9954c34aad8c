/// The characters that RFC 9110 allows in field names and values.
enum FieldSyntax {
    /// Whether `byte` may stand in a token: a method or a field name.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Whether `name` is a token.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && all(name, isToken)
    }

    /// Whether `byte` may stand in a field's value.
    static func isValue(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7f) || byte == UInt8(ascii: "\t")
    }

    /// `value` with a space for every character that could end its line or the C string it is passed as.
    static func harmless(_ value: String) -> String {
        guard !all(value, isValue) else { return value }
        return String(decoding: value.utf8.map { isValue($0) ? $0 : UInt8(ascii: " ") }, as: UTF8.self)
    }

    /// Whether all bytes of a text fulfil a condition. By hand: every field of every answer comes through here, and the
    /// view's own iterator costs several times as much.
    private static func all(_ text: String, _ condition: (UInt8) -> Bool) -> Bool {
        let bytes = text.utf8.span
        for index in 0..<bytes.count where !condition(bytes[index]) { return false }
        return true
    }
}
