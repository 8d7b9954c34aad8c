/// The names that SAML 2.0 gives to things.
enum SAMLNames {
    static let assertion = "urn:oasis:names:tc:SAML:2.0:assertion"
    static let `protocol` = "urn:oasis:names:tc:SAML:2.0:protocol"
    static let metadata = "urn:oasis:names:tc:SAML:2.0:metadata"
    static let postBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
    static let redirectBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
    static let bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    static let success = "urn:oasis:names:tc:SAML:2.0:status:Success"
    static let entity = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
}

/// The names of XML Signature and XML Encryption.
enum XMLSecurityNames {
    static let signature = "http://www.w3.org/2000/09/xmldsig#"
    static let encryption = "http://www.w3.org/2001/04/xmlenc#"
    static let encryption11 = "http://www.w3.org/2009/xmlenc11#"
    static let xml = "http://www.w3.org/XML/1998/namespace"
    static let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
    static let enveloped = signature + "enveloped-signature"

    /// Canonical forms; those that keep comments are none of them.
    static let canonicalForms: Set = [
        exclusive, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    ]
    /// RSA and ECDSA with hashes that nobody can collide; no HMAC, for which the public key would be the secret.
    static let signatures: Set = [
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
    ]
    static let digests: Set = [
        encryption + "sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384", encryption + "sha512",
    ]
    /// Triple DES is what pysaml2 encrypts with unless it is told otherwise. What is inside is believed for its signature.
    static let tripleDES = encryption + "tripledes-cbc"
    static let ciphers: Set = [
        encryption + "aes128-cbc", encryption + "aes192-cbc", encryption + "aes256-cbc", encryption11 + "aes128-gcm",
        encryption11 + "aes192-gcm", encryption11 + "aes256-gcm", tripleDES,
    ]
    /// How the key of a cipher is carried: not by RSA's older padding, which can be decrypted by asking often enough.
    static let keyTransports: Set = [encryption + "rsa-oaep-mgf1p", encryption11 + "rsa-oaep"]
}
