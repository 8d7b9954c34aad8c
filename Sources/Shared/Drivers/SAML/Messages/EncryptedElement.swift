internal import Cryptography
internal import XML

/// An assertion, or a name, that was encrypted for us. It is decrypted here and not by lasso, so that what anybody can have encrypted
/// is looked at before a library works on it, and so that all the ways are understood that identity providers use.
///
/// Source: XML Encryption 1.1, sections 3.2 to 3.5 and 5.5.
struct EncryptedElement {
    private static let names = XMLSecurityNames.self
    /// More keys than that are not tried.
    private static let mostKeys = 3

    private let method: String
    private let cipherText: [UInt8]
    private let keys: [SealedKey]

    /// The key of the cipher, encrypted for somebody.
    private struct SealedKey {
        let bytes: [UInt8]
        let digest: HybridDecryption.Digest
        let mask: HybridDecryption.Digest
    }

    /// Reads `saml:EncryptedAssertion` or `saml:EncryptedID`, which ``EncryptionRules`` let through. The keys stand within or
    /// beside the data.
    init(_ element: XMLElement) throws(SAMLRefusal) {
        guard let data = element.only("EncryptedData", in: Self.names.encryption) else {
            throw SAMLRefusal(.encryption, "there is not exactly one thing encrypted")
        }
        method = Self.method(of: data)
        cipherText = try Self.cipherText(of: data)
        let within = data.all("KeyInfo", in: Self.names.signature).flatMap {
            $0.all("EncryptedKey", in: Self.names.encryption)
        }
        let found = within + element.all("EncryptedKey", in: Self.names.encryption)
        guard (1...Self.mostKeys).contains(found.count) else {
            throw SAMLRefusal(.encryption, "there are \(found.count) keys to it")
        }
        var keys: [SealedKey] = []
        for key in found { keys.append(try Self.sealedKey(key)) }
        self.keys = keys
    }

    /// The XML, by the first of our keys that opens it. Nothing is verified: with CBC it may be anything.
    func decrypted(by own: [SAMLKey]) throws(SAMLRefusal) -> String {
        let mode: HybridDecryption.Mode =
            method == Self.names.tripleDES ? .tripleDES : method.hasSuffix("-gcm") ? .gcm : .cbc
        for key in keys {
            for own in own {
                guard let opened = Self.open(cipherText, mode, key, own.privateKey),
                    let text = String(validating: opened, as: UTF8.self)
                else { continue }
                return text
            }
        }
        throw SAMLRefusal(.encryption, "it is encrypted for another key than ours, or damaged")
    }

    private static func open(
        _ cipherText: [UInt8], _ mode: HybridDecryption.Mode, _ key: SealedKey, _ privateKey: String
    ) -> [UInt8]? {
        do {
            let opened = try HybridDecryption(privateKeyPEM: privateKey)
                .openKey(key.bytes, digest: key.digest, mask: key.mask)
            return try HybridDecryption.open(cipherText, mode: mode, key: opened)
        } catch {
            // Which key it is for is found out by trying.
            return nil
        }
    }

    private static func method(of element: XMLElement) -> String {
        element.first("EncryptionMethod", in: names.encryption)?.attributes["Algorithm"] ?? ""
    }

    private static func cipherText(of element: XMLElement) throws(SAMLRefusal) -> [UInt8] {
        let value = element.first("CipherData", in: names.encryption)?.first("CipherValue", in: names.encryption)
        guard let bytes = Base64.decode((value?.text ?? "").filter { !$0.isWhitespace }), !bytes.isEmpty else {
            throw SAMLRefusal(.encryption, "what is encrypted is no base64")
        }
        return bytes
    }

    private static func sealedKey(_ element: XMLElement) throws(SAMLRefusal) -> SealedKey {
        let method = element.first("EncryptionMethod", in: names.encryption)
        let digest = method?.first("DigestMethod", in: names.signature)?.attributes["Algorithm"]
        let mask = method?.first("MGF", in: names.encryption11)?.attributes["Algorithm"]
        guard let digest = Self.digests[digest ?? names.signature + "sha1"],
            let mask = Self.masks[mask ?? names.encryption11 + "mgf1sha1"]
        else { throw SAMLRefusal(.algorithm, "the key is encrypted with an unknown hash") }
        return SealedKey(bytes: try cipherText(of: element), digest: digest, mask: mask)
    }

    private static let digests: [String: HybridDecryption.Digest] = [
        names.signature + "sha1": .sha1, names.encryption + "sha256": .sha256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384": .sha384, names.encryption + "sha512": .sha512,
    ]
    private static let masks: [String: HybridDecryption.Digest] = [
        names.encryption11 + "mgf1sha1": .sha1, names.encryption11 + "mgf1sha256": .sha256,
        names.encryption11 + "mgf1sha384": .sha384, names.encryption11 + "mgf1sha512": .sha512,
    ]
}
