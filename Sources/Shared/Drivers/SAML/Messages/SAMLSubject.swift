internal import XML

/// How an identity provider names a person, and the session that it keeps of them: what single logout must know.
package struct SAMLSubject: Sendable, Hashable, Codable {
    package let nameID: String
    package let format: String?
    package let nameQualifier: String?
    package let spNameQualifier: String?
    /// The session at the identity provider; `nil` where it numbers none, or where all are meant.
    package let sessionIndex: String?

    package init(
        nameID: String, format: String? = nil, nameQualifier: String? = nil, spNameQualifier: String? = nil,
        sessionIndex: String? = nil
    ) {
        self.nameID = nameID
        self.format = format
        self.nameQualifier = nameQualifier
        self.spNameQualifier = spNameQualifier
        self.sessionIndex = sessionIndex
    }

    /// Reads the name that stands in an element, decrypted by one of `keys` where that is necessary.
    init(in parent: XMLElement, sessionIndex: String?, openedBy keys: [SAMLKey] = []) throws(SAMLRefusal) {
        let saml = SAMLNames.assertion
        let encrypted = parent.all("EncryptedID", in: saml)
        guard encrypted.count + parent.all("NameID", in: saml).count == 1 else {
            throw SAMLRefusal(.subject, "it names nobody, or several")
        }
        let name =
            try encrypted.first.map { element throws(SAMLRefusal) in
                try EncodedMessage.read(try EncryptedElement(element).decrypted(by: keys))
            } ?? parent.only("NameID", in: saml)
        // A name in pieces could be read as one of them.
        guard let name, name.isNamed("NameID", in: saml), !name.value.isEmpty, name.children.isEmpty else {
            throw SAMLRefusal(.subject, "it names nobody")
        }
        self.init(
            nameID: name.value, format: name.attributes["Format"], nameQualifier: name.attributes["NameQualifier"],
            spNameQualifier: name.attributes["SPNameQualifier"], sessionIndex: sessionIndex)
    }
}
