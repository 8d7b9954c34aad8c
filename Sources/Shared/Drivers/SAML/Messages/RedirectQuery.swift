internal import Cryptography
internal import XML

/// The query of a redirect that carries a message: each parameter once, in the order in which the signature counts them,
/// in the spelling of the sender, which is what was signed.
///
/// Source: Bindings for SAML 2.0, section 3.4.4.1.
struct RedirectQuery: Sendable {
    /// The message, decoded.
    let message: EncodedMessage
    /// The query as lasso is to verify it.
    let canonical: String
    /// What was signed, in what way, and the signature.
    let signedText: String
    let method: String
    let signature: [UInt8]

    /// `field` is `SAMLRequest` or `SAMLResponse`.
    init(_ query: String, field: String) throws(SAMLRefusal) {
        guard query.utf8.count <= XMLLimits.message.bytes, query.utf8.allSatisfy(Self.isAllowed) else {
            throw SAMLRefusal(.malformed, "the query is too long or not encoded")
        }
        var raw: [Substring: Substring] = [:]
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, raw.updateValue(pair[1], forKey: pair[0]) == nil else {
                throw SAMLRefusal(.malformed, "the query has a parameter twice or without a value")
            }
        }
        guard let text = raw[field[...]], let algorithm = raw["SigAlg"], let signature = raw["Signature"] else {
            throw SAMLRefusal(.signature, "the query lacks \(field), SigAlg or Signature")
        }
        guard raw["SAMLEncoding"] == nil else { throw SAMLRefusal(.malformed, "the query has an encoding of its own") }
        let method = try Self.decoded(algorithm)
        guard XMLSecurityNames.signatures.contains(method) else {
            throw SAMLRefusal(.algorithm, "“\(method.prefix(100))” is not taken as SigAlg")
        }
        message = try EncodedMessage(parameter: Self.decoded(text))
        let relay = raw["RelayState"].map { "&RelayState=\($0)" } ?? ""
        self.method = method
        guard let bytes = Base64.decode(try Self.decoded(signature)), !bytes.isEmpty, bytes.count <= 2048 else {
            throw SAMLRefusal(.signature, "the signature of the query is no base64")
        }
        self.signature = bytes
        signedText = "\(field)=\(text)\(relay)&SigAlg=\(algorithm)"
        canonical = "\(signedText)&Signature=\(signature)"
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "%+-._~*!'(),;:@/?&=$".utf8.contains(byte)
        }
    }

    private static func decoded(_ text: Substring) throws(SAMLRefusal) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16) else {
                throw SAMLRefusal(.malformed, "the query is not encoded properly")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
