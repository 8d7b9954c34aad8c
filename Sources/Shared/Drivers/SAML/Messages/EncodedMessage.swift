internal import Compression
internal import Cryptography
internal import XML

/// A message as a browser has brought it, decoded within bounds and encoded again: what lasso gets is what was looked at,
/// not what came.
struct EncodedMessage: Sendable {
    /// The XML.
    let text: String
    /// The XML in base64, as a form has it.
    let base64: String

    /// A message of our own.
    init(xml text: String) {
        self.text = text
        base64 = Base64.encode(Array(text.utf8))
    }

    /// The value of a form's field; line breaks in base64 are common.
    init(form value: String) throws(SAMLRefusal) {
        guard value.utf8.count <= XMLLimits.message.bytes * 3 / 2 else {
            throw SAMLRefusal(.malformed, "it is longer than \(XMLLimits.message.bytes) bytes")
        }
        let digits = value.utf8.filter { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        guard let bytes = Base64.decode(String(decoding: digits, as: UTF8.self)),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw SAMLRefusal(.malformed, "it is no base64 of UTF-8") }
        self.text = text
        base64 = Base64.encode(bytes)
    }

    /// The value of a redirect's parameter, its percent signs decoded: compressed.
    init(parameter value: String) throws(SAMLRefusal) {
        guard value.utf8.count <= XMLLimits.message.bytes, let compressed = Base64.decode(value) else {
            throw SAMLRefusal(.malformed, "it is no base64, or too long")
        }
        let bytes: [UInt8]
        do {
            bytes = try Inflation.inflateRaw(compressed, limit: XMLLimits.message.bytes)
        } catch {
            throw SAMLRefusal(.malformed, error.description)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SAMLRefusal(.malformed, "it is no UTF-8")
        }
        self.init(xml: text)
    }

    func read() throws(SAMLRefusal) -> XMLElement { try Self.read(text) }

    static func read(_ text: String) throws(SAMLRefusal) -> XMLElement {
        do {
            return try XMLReader.read(text, .message)
        } catch {
            throw SAMLRefusal(.malformed, error.description)
        }
    }
}
