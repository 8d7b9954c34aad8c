package import Cryptography
package import FoundationEssentials

/// Who signs people in: its name, where it is reached, and the keys that it signs with.
package struct IdentityProvider: Sendable, Hashable {
    /// Its entity id.
    package let id: String
    package let signInByRedirect: String?
    package let signInByForm: String?
    package let signOutByRedirect: String?
    package let signOutByForm: String?
    /// Where answers of single logout go, where that is not the same.
    package let signOutAnswers: String?
    /// The certificates of the keys that it may sign with; several while it changes to a new one. That a certificate has
    /// expired does not matter to a signature: it is the key that the metadata vouch for.
    package let certificates: [PublicCertificate]
    /// Until when its metadata hold, as they say it.
    package let validUntil: Date?
    /// After how long they should be read again, as they say it (`PT6H`).
    package let cacheDuration: String?
    package let wantsSignedRequests: Bool

    /// An identity provider by its parts; certificates are PEM or base64.
    /// - Throws: ``SAMLRefusal`` with ``SAMLRefusal/Reason/settings`` and what is wrong with them.
    package init(
        id: String, signInByRedirect: String?, signInByForm: String? = nil, signOutByRedirect: String? = nil,
        signOutByForm: String? = nil, signOutAnswers: String? = nil, certificates: [String], validUntil: Date? = nil,
        cacheDuration: String? = nil, wantsSignedRequests: Bool = true
    ) throws(SAMLRefusal) {
        guard !id.isEmpty, id.utf8.count <= 1024 else {
            throw SAMLRefusal(.settings, "the identity provider has no usable entity id")
        }
        guard signInByRedirect != nil || signInByForm != nil else {
            throw SAMLRefusal(.settings, "there is no address to sign in at by redirect or by a form")
        }
        let addresses = [signInByRedirect, signInByForm, signOutByRedirect, signOutByForm, signOutAnswers]
        for address in addresses.compactMap(\.self) where !Self.isAddress(address) {
            throw SAMLRefusal(.settings, "“\(address.prefix(200))” is no address of the web")
        }
        self.id = id
        self.signInByRedirect = signInByRedirect
        self.signInByForm = signInByForm
        self.signOutByRedirect = signOutByRedirect
        self.signOutByForm = signOutByForm
        self.signOutAnswers = signOutAnswers
        self.certificates = try Self.usable(certificates)
        self.validUntil = validUntil
        self.cacheDuration = cacheDuration
        self.wantsSignedRequests = wantsSignedRequests
    }

    /// Whether it can be told that somebody signs out.
    package var canSignOut: Bool { signOutByRedirect != nil || signOutByForm != nil }

    /// The certificates whose keys can be used; one that cannot stands in nobody's way as long as another one can.
    static func usable(_ texts: [String]) throws(SAMLRefusal) -> [PublicCertificate] {
        guard !texts.isEmpty else { throw SAMLRefusal(.settings, "there is no certificate for signatures") }
        var (certificates, problem): ([PublicCertificate], String) = ([], "")
        for text in texts {
            do {
                let certificate = try PublicCertificate(text: text)
                if !certificate.isRSA, !certificate.isElliptic {
                    problem = "its key is neither one for RSA nor one for ECDSA"
                } else if certificate.bits < (certificate.isRSA ? 2048 : 256) {
                    problem = "its key has only \(certificate.bits) bits; 2048 are the least, or 256 for ECDSA"
                } else if !certificates.contains(certificate) {
                    certificates.append(certificate)
                }
            } catch {
                problem = error.description
            }
        }
        guard certificates.count <= mostCertificates else {
            throw SAMLRefusal(.settings, "there are more than \(mostCertificates) certificates for signatures")
        }
        guard !certificates.isEmpty else {
            throw SAMLRefusal(.settings, "no certificate for signatures can be used: \(problem)")
        }
        return certificates
    }

    /// Each of them may be tried for each signature.
    private static let mostCertificates = 20

    /// A browser is sent there: to nothing but a page of the web.
    private static func isAddress(_ text: String) -> Bool {
        (text.hasPrefix("https://") || text.hasPrefix("http://")) && text.utf8.count <= 2048
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") }
    }

    /// The same in the shortest form, without the keys, for lasso, which is told of no signature.
    var metadata: String { document(telling: [], dated: "") }

    /// All that is known of it, and nothing else that its metadata may say: what is to be kept.
    package var document: String {
        let end = validUntil.map { " validUntil=\"\($0.formatted(.iso8601))\"" } ?? ""
        let cache = cacheDuration.map { " cacheDuration=\"\(XMLText.escaped($0))\"" } ?? ""
        return document(telling: certificates, dated: end + cache)
    }

    private func document(telling certificates: [PublicCertificate], dated dates: String) -> String {
        let wants = certificates.isEmpty || wantsSignedRequests
        let keys = certificates.map {
            "<KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"\(XMLSecurityNames.signature)\"><X509Data><X509Certificate>"
                + "\($0.base64)</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
        }.joined()
        let answers = signOutAnswers.map { " ResponseLocation=\"\(XMLText.escaped($0))\"" } ?? ""
        func endpoint(_ name: String, _ binding: String, _ address: String?, _ more: String = "") -> String {
            guard let address else { return "" }
            return "<\(name) Binding=\"\(binding)\" Location=\"\(XMLText.escaped(address))\"\(more)/>"
        }
        return """
            <EntityDescriptor xmlns="\(SAMLNames.metadata)" entityID="\(XMLText.escaped(id))"\(dates)>\
            <IDPSSODescriptor protocolSupportEnumeration="\(SAMLNames.protocol)" \
            WantAuthnRequestsSigned="\(wants)">\(keys)\
            \(endpoint("SingleLogoutService", SAMLNames.redirectBinding, signOutByRedirect, answers))\
            \(endpoint("SingleLogoutService", SAMLNames.postBinding, signOutByForm, answers))\
            \(endpoint("SingleSignOnService", SAMLNames.redirectBinding, signInByRedirect))\
            \(endpoint("SingleSignOnService", SAMLNames.postBinding, signInByForm))\
            </IDPSSODescriptor></EntityDescriptor>
            """
    }
}
