/// Bytes in the one spelling of RFC 3986: what is unreserved stands for itself, all else as `%` and two capitals.
package enum PercentEncoding {
    /// The bytes of a text, encoded; slashes too unless they are kept.
    package static func encode(_ bytes: some Sequence<UInt8>, keepingSlashes: Bool = false) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.append(byte)
            case UInt8(ascii: "/") where keepingSlashes: text.append(byte)
            default: text += Array("%\(Hexadecimal.encode([byte]).uppercased())".utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
