internal import CLasso
package import FoundationEssentials
internal import XML

/// A message of single logout as it has come.
package enum SAMLMessage: Sendable, Hashable {
    /// The query of a redirect, as it stands in the address: not decoded.
    case query(String)
    /// The value of a form's `SAMLRequest` or `SAMLResponse`.
    case form(String)
}

/// What an identity provider wants: that a person is signed out.
package struct SAMLSignOutRequest: Sendable, Hashable {
    package let id: String
    package let subject: SAMLSubject
    /// Which sessions of the person are meant; none: all of them.
    package let sessionIndexes: [String]
}

/// Single logout, begun by either side. Source: Profiles for SAML 2.0, section 4.4.
extension SAMLParty {
    /// A signed request to sign a person out at the identity provider, by redirect where that is possible.
    /// - Throws: ``SAMLRefusal`` with ``SAMLRefusal/Reason/settings`` where it has no address for that
    ///   (``IdentityProvider/canSignOut``).
    package func signOut(_ subject: SAMLSubject, relay: String) throws(SAMLRefusal) -> Delivery {
        guard provider.canSignOut else {
            throw SAMLRefusal(.settings, "the identity provider has no address to sign out at")
        }
        let isPosted: Int32 = provider.signOutByRedirect == nil ? 1 : 0
        let texts = [
            subject.nameID, subject.format, subject.nameQualifier, subject.spNameQualifier, subject.sessionIndex, relay,
        ]
        return try unsafe delivery { party, message in
            unsafe withTexts(texts) { texts in
                var subject = unsafe scorable_saml_subject(
                    name_id: texts[0], format: texts[1], name_qualifier: texts[2], sp_name_qualifier: texts[3],
                    session_index: texts[4])
                return unsafe scorable_saml_request_logout(party, &subject, isPosted, texts[5], message)
            }
        }
    }

    /// Verifies the answer to ``signOut(_:relay:)``, the request of which had the identifier `id`.
    package func acceptSignOutAnswer(_ answer: SAMLMessage, to id: String) throws(SAMLRefusal) {
        let (root, text) = try read(answer, field: "SAMLResponse", "LogoutResponse")
        guard root.attributes["InResponseTo"] == id else {
            throw SAMLRefusal(.inResponseTo, "it answers another request than the one that was made")
        }
        try unsafe lasso.demand(.declined) { party in unsafe scorable_saml_accept_logout(party, text) }
    }

    /// Verifies the identity provider's own request to sign a person out. Sessions are ended by the caller, who then gives
    /// ``answerSignOut(_:hasEnded:relay:)`` to the browser.
    package func acceptSignOut(_ request: SAMLMessage, now: Date, skew: TimeInterval = 60) throws(SAMLRefusal)
        -> SAMLSignOutRequest
    {
        let (root, _) = try read(request, field: "SAMLRequest", "LogoutRequest")
        guard let issuedAt = try SAMLAssertion.moment("IssueInstant", of: root) else {
            throw SAMLRefusal(.malformed, "it does not say when it was made")
        }
        let window = SAMLExpectation(request: nil, now: now, skew: skew)
        try window.demand(
            from: issuedAt, until: try SAMLAssertion.moment("NotOnOrAfter", of: root), "the life of the request")
        try window.demand(from: nil, until: issuedAt.addingTimeInterval(Self.requestLife), "the life of the request")
        let subject = try SAMLSubject(in: root, sessionIndex: nil, openedBy: service.keys)
        return SAMLSignOutRequest(
            id: root.attributes["ID"] ?? "", subject: subject, sessionIndexes: Self.sessionIndexes(of: root))
    }

    /// The signed answer to such a request: whether the person's sessions have ended. It goes the way that the request came
    /// by, unless only the other one is possible.
    package func answerSignOut(_ request: SAMLMessage, hasEnded: Bool, relay: String?) throws(SAMLRefusal) -> Delivery {
        var (root, text) = try read(request, field: "SAMLRequest", "LogoutRequest")
        if root.count("EncryptedID", in: SAMLNames.assertion) > 0 { text = try named(root).base64 }
        let isPosted: Bool
        switch request {
        case .query: isPosted = provider.signOutByRedirect == nil
        case .form: isPosted = provider.signOutByForm != nil
        }
        return try unsafe delivery { party, message in
            unsafe withTexts([text, relay]) { texts in
                unsafe scorable_saml_answer_logout(
                    party, texts[0], hasEnded ? 1 : 0, isPosted ? 1 : 0, texts[1], message)
            }
        }
    }

    private static func sessionIndexes(of request: XMLElement) -> [String] {
        request.all("SessionIndex", in: SAMLNames.protocol).map(\.value).filter { !$0.isEmpty }
    }

    /// A request that was verified, with the name that it has encrypted: lasso answers it without the keys for that.
    private func named(_ request: XMLElement) throws(SAMLRefusal) -> EncodedMessage {
        let subject = try SAMLSubject(in: request, sessionIndex: nil, openedBy: service.keys)
        let head = ["Destination", "ID", "IssueInstant", "Version"].map { ($0, request.attributes[$0]) }
        let parts = [
            ("Format", subject.format), ("NameQualifier", subject.nameQualifier),
            ("SPNameQualifier", subject.spNameQualifier),
        ]
        let indexes = Self.sessionIndexes(of: request).map {
            "<samlp:SessionIndex>\(XMLText.escaped($0))</samlp:SessionIndex>"
        }
        return EncodedMessage(
            xml: """
                <samlp:LogoutRequest xmlns:samlp="\(SAMLNames.protocol)" xmlns:saml="\(SAMLNames.assertion)"\
                \(Self.attributes(head))><saml:Issuer>\(XMLText.escaped(provider.id))</saml:Issuer>\
                <saml:NameID\(Self.attributes(parts))>\(XMLText.escaped(subject.nameID))</saml:NameID>\
                \(indexes.joined())</samlp:LogoutRequest>
                """)
    }

    private static func attributes(_ all: [(name: String, value: String?)]) -> String {
        all.compactMap { name, value in value.map { " \(name)=\"\(XMLText.escaped($0))\"" } }.joined()
    }

    /// A request is sent by the browser at once: what comes later is somebody else's.
    private static let requestLife: TimeInterval = 600

    /// Reads a message, and checks who has sent it and that it is for us; also returns what lasso is to read.
    private func read(_ message: SAMLMessage, field: String, _ name: String) throws(SAMLRefusal) -> (XMLElement, String)
    {
        let (query, encoded): (RedirectQuery?, EncodedMessage)
        switch message {
        case .query(let text):
            let found = try RedirectQuery(text, field: field)
            (query, encoded) = (found, found.message)
        case .form(let value): (query, encoded) = (nil, try EncodedMessage(form: value))
        }
        let root = try encoded.read()
        guard root.isNamed(name, in: SAMLNames.protocol), root.attributes["Version"] == "2.0",
            root.attributes["ID"]?.isEmpty == false, root.count(name, in: SAMLNames.protocol) == 1
        else { throw SAMLRefusal(.malformed, "it is no \(name) of SAML 2.0") }
        let issuer = root.only("Issuer", in: SAMLNames.assertion)?.value
        guard issuer == provider.id else {
            throw SAMLRefusal(.issuer, "it is from “\((issuer ?? "nobody").prefix(200))”")
        }
        try EncryptionRules.check(root)
        try SignatureRules.check(root)
        guard root.attributes["Destination"] == service.signOut else {
            throw SAMLRefusal(
                .destination, "it was sent to “\((root.attributes["Destination"] ?? "nowhere").prefix(200))”")
        }
        if let query {
            try keys.verify(query)
        } else {
            guard SignatureRules.isSigned(root) else { throw SAMLRefusal(.signature, "it is not signed") }
            try keys.verify(encoded.text)
        }
        return (root, query?.canonical ?? encoded.base64)
    }
}
