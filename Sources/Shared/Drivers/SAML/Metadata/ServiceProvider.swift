internal import Cryptography

/// Who we are to an identity provider, and the metadata that say so.
///
/// Source: Metadata for SAML 2.0, section 2.4.4.
package struct ServiceProvider: Sendable, Hashable {
    /// Our entity id, an address under which the metadata are found.
    package let id: String
    /// Where responses are posted.
    package let callback: String
    /// Where the messages of single logout are sent.
    package let signOut: String
    /// The first signs; all are told to identity providers and decrypt, so that a key can be changed without a gap: add the
    /// next one, let the metadata be read, make it the first, and leave the old one until nobody uses it.
    package let keys: [SAMLKey]

    package init(id: String, callback: String, signOut: String, keys: [SAMLKey]) {
        self.id = id
        self.callback = callback
        self.signOut = signOut
        self.keys = keys
    }

    /// The metadata, XML.
    package var metadata: String { metadata(telling: keys) }

    /// The metadata with some of the keys.
    func metadata(telling keys: [SAMLKey]) -> String {
        let keys = keys.flatMap { key in [Self.descriptor(key, "signing"), Self.descriptor(key, "encryption")] }
        let (redirect, post) = (SAMLNames.redirectBinding, SAMLNames.postBinding)
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <EntityDescriptor xmlns="\(SAMLNames.metadata)" entityID="\(XMLText.escaped(id))">
            <SPSSODescriptor protocolSupportEnumeration="\(SAMLNames.protocol)" AuthnRequestsSigned="true" \
            WantAssertionsSigned="true">
            \(keys.joined(separator: "\n"))
            <SingleLogoutService Binding="\(redirect)" Location="\(XMLText.escaped(signOut))"/>
            <SingleLogoutService Binding="\(post)" Location="\(XMLText.escaped(signOut))"/>
            <NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat>
            <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat>
            <AssertionConsumerService Binding="\(post)" Location="\(XMLText.escaped(callback))" index="0" \
            isDefault="true"/>
            </SPSSODescriptor>
            </EntityDescriptor>

            """
    }

    /// What is encrypted for us is encrypted with what we can decrypt.
    private static func descriptor(_ key: SAMLKey, _ use: String) -> String {
        let methods = ["http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2001/04/xmlenc#aes256-cbc"].map
        {
            "<EncryptionMethod Algorithm=\"\($0)\"/>"
        }
        let transport =
            "<EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\">"
            + "<DigestMethod xmlns=\"\(XMLSecurityNames.signature)\" Algorithm=\"\(XMLSecurityNames.signature)sha1\"/>"
            + "</EncryptionMethod>"
        return """
            <KeyDescriptor use="\(use)"><KeyInfo xmlns="\(XMLSecurityNames.signature)"><X509Data>\
            <X509Certificate>\(key.certificate.base64)</X509Certificate></X509Data></KeyInfo>\
            \(use == "encryption" ? methods.joined() + transport : "")</KeyDescriptor>
            """
    }
}

/// Text as it stands in XML.
enum XMLText {
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
