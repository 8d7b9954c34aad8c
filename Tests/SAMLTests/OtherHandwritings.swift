import Cryptography
import Foundation
import SAML

/// Documents in the handwriting of well-known identity providers.
enum Handwriting {
    static func document(_ name: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "documents/\(name).xml")
        return fill(try String(contentsOf: file, encoding: .utf8))
    }

    /// A response of theirs, signed by `xmlsec1`.
    static func response(_ name: String, signing element: String) throws -> String {
        try signed(document("\(name)-response"), signing: element)
    }

    /// XML with a signature that is still empty, signed by `xmlsec1`.
    static func signed(
        _ xml: String, signing element: String, by key: String = Parties.providerKey.privateKey
    ) throws -> String {
        let directory = try Directory()
        let output = try Encryption.run([
            "xmlsec1", "--sign", "--privkey-pem", try directory.write(key, "key.pem"), "--id-attr:ID", element,
            try directory.write(xml, "response.xml"),
        ])
        return String(decoding: output, as: UTF8.self)
    }

    static let assertion = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"
    static let response = "urn:oasis:names:tc:SAML:2.0:protocol:Response"

    private static func fill(_ text: String) -> String {
        let values = [
            "{certificate}": Parties.providerKey.certificate.base64,
            "{next certificate}": Parties.nextProviderKey.certificate.base64,
            "{stranger's certificate}": Parties.strangerKey.certificate.base64,
            "{broken certificate}": broken(Parties.providerKey),
            "{broken next certificate}": broken(Parties.nextProviderKey),
            "{provider}": Parties.providerID, "{audience}": Parties.service.id, "{callback}": Parties.service.callback,
            "{now}": String(moment(-5).dropLast()), "{end}": String(moment(300).dropLast()),
        ]
        return values.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
    }

    private static func broken(_ key: SAMLKey) -> String {
        key.certificatePEM.split(separator: "\n").dropFirst().dropLast().map { "    \($0)" }.joined(separator: "\n")
    }
}
