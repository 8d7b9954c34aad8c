internal import XML

/// What encrypted elements must look like before they are decrypted. Anybody can encrypt for us, and an encrypted element
/// may say that its bytes are to be fetched from an address or a file: only those with the bytes in them are let through.
///
/// Source: XML Encryption 1.1, sections 3.2 to 3.5.
enum EncryptionRules {
    private static let names = XMLSecurityNames.self

    /// Checks all encrypted elements of a message.
    static func check(_ message: XMLElement) throws(SAMLRefusal) {
        try message.visit { element, parent throws(SAMLRefusal) in
            guard element.namespace == names.encryption else { return }
            switch element.name {
            case "EncryptedData": try check(element, method: names.ciphers)
            case "EncryptedKey": try check(element, method: names.keyTransports)
            case "CipherData":
                guard element.children.map(\.name) == ["CipherValue"], element.children[0].children.isEmpty else {
                    throw SAMLRefusal(.encryption, "what is encrypted is not in the message itself")
                }
            case "CipherReference", "Transforms":
                throw SAMLRefusal(.encryption, "what is encrypted is to be fetched from somewhere")
            case "EncryptedAssertion", "CipherValue", "EncryptionMethod", "ReferenceList", "DataReference",
                "KeyReference", "CarriedKeyName", "KeySize":
                return
            default: throw SAMLRefusal(.encryption, "“\(element.name.prefix(100))” is not known")
            }
        }
    }

    private static func check(_ element: XMLElement, method allowed: Set<String>) throws(SAMLRefusal) {
        guard let method = element.only("EncryptionMethod", in: names.encryption)?.attributes["Algorithm"],
            element.only("CipherData", in: names.encryption) != nil
        else { throw SAMLRefusal(.encryption, "“\(element.name)” does not say how it is encrypted") }
        guard allowed.contains(method) else {
            throw SAMLRefusal(.algorithm, "“\(method.prefix(100))” is not taken for \(element.name)")
        }
        for info in element.all("KeyInfo", in: names.signature) {
            for retrieval in info.all("RetrievalMethod", in: names.signature)
            where retrieval.attributes["URI"]?.hasPrefix("#") != true || !retrieval.children.isEmpty {
                throw SAMLRefusal(.encryption, "a key is to be fetched from somewhere")
            }
        }
    }
}
