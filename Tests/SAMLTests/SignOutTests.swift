import Cryptography
import Foundation
import SAML
import Testing

@Suite struct SignOutTests {
    private let subject = SAMLSubject(
        nameID: "alice@example.org", format: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        sessionIndex: "_session-1")

    private func reason(_ body: () throws -> Void) -> SAMLRefusal.Reason? {
        do {
            try body()
            return nil
        } catch {
            return (error as? SAMLRefusal)?.reason
        }
    }

    @Test func aRequestOfOursNamesThePersonAndTheSession() throws {
        let request = try Parties.party().signOut(subject, relay: "r")
        let parameters = try #require(URLComponents(string: request.url)?.queryItems)
        #expect(parameters.map(\.name) == ["SAMLRequest", "RelayState", "SigAlg", "Signature"])
        let xml = try Messages.inflated(try #require(parameters[0].value))
        #expect(xml.contains("ID=\"\(request.id)\""))
        #expect(xml.contains(">alice@example.org</"))
        #expect(xml.contains("nameid-format:emailAddress"))
        #expect(xml.contains("SessionIndex>_session-1</"))
        let unnumbered = try Parties.party().signOut(SAMLSubject(nameID: "bob"), relay: "r")
        let query = try #require(URLComponents(string: unnumbered.url)?.queryItems)
        #expect(try !Messages.inflated(try #require(query[0].value)).contains("SessionIndex"))
    }

    @Test func itsAnswerIsVerified() throws {
        let party = try Parties.party()
        let answer = Messages.signOutAnswer(to: "_out")
        let query = try Messages.query(Messages.unsigned(answer), field: "SAMLResponse")
        try party.acceptSignOutAnswer(.query(query), to: "_out")
        try party.acceptSignOutAnswer(.form(base64(try XMLSigner().signed(answer, id: "_answer-1"))), to: "_out")
        #expect(reason { try party.acceptSignOutAnswer(.query(query), to: "_other") } == .inResponseTo)
        #expect(
            reason { try party.acceptSignOutAnswer(.form(base64(Messages.unsigned(answer))), to: "_out") } == .signature
        )
        let forged = try Messages.query(Messages.unsigned(answer), field: "SAMLResponse", key: Parties.strangerKey)
        #expect(reason { try party.acceptSignOutAnswer(.query(forged), to: "_out") } == .signature)
    }

    @Test(arguments: [true, false]) func aRequestOfTheirsIsVerifiedAndAnswered(isPosted: Bool) throws {
        let party = try Parties.party()
        let text = Messages.signOutRequest()
        let message: SAMLMessage =
            isPosted
            ? .form(base64(try XMLSigner().signed(text, id: "_logout-1")))
            : .query(try Messages.query(Messages.unsigned(text), field: "SAMLRequest"))
        let request = try party.acceptSignOut(message, now: Parties.now)
        #expect(request.id == "_logout-1")
        #expect(request.subject == SAMLSubject(nameID: "alice@example.org"))
        #expect(request.sessionIndexes == ["_session-1"])
        for (hasEnded, status) in [(true, "status:Success"), (false, "status:RequestDenied")] {
            let answer = try party.answerSignOut(message, hasEnded: hasEnded, relay: "r")
            let xml: String
            if isPosted {
                #expect(answer.url == "https://idp.example/slo-form")
                xml = String(decoding: Base64.decode(answer.form ?? "") ?? [], as: UTF8.self)
                #expect(xml.contains("SignatureValue"))
            } else {
                let parameters = try #require(URLComponents(string: answer.url)?.queryItems)
                #expect(parameters.map(\.name) == ["SAMLResponse", "RelayState", "SigAlg", "Signature"])
                xml = try Messages.inflated(try #require(parameters[0].value))
            }
            #expect(xml.contains("InResponseTo=\"_logout-1\"") && xml.contains(status), "\(xml)")
        }
    }

    @Test(arguments: [("prime256v1", "sha256", 32), ("secp521r1", "sha512", 66)])
    func ellipticKeysSignRequestsAndAnswers(curve: String, hash: String, length: Int) throws {
        let key = try EllipticKey(curve: curve)
        let party = try SAMLParty(
            service: Parties.service, provider: Parties.provider(certificates: [key.certificatePEM]))
        func query(_ text: String, _ field: String) throws -> SAMLMessage {
            .query(
                try Messages.query(Messages.unsigned(text), field: field, method: "ecdsa-\(hash)") {
                    try key.signature(of: $0, hash: hash, length: length)
                })
        }
        func form(_ text: String, id: String, _ name: String) throws -> SAMLMessage {
            var signer = XMLSigner()
            signer.method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-\(hash)"
            signer.sign = { _ in [] }
            return .form(
                base64(
                    try Handwriting.signed(
                        signer.signed(text, id: id), signing: "urn:oasis:names:tc:SAML:2.0:protocol:\(name)",
                        by: key.privateKey)))
        }
        let (request, answer) = (Messages.signOutRequest(), Messages.signOutAnswer(to: "_out"))
        for message in [
            try query(request, "SAMLRequest"), try form(request, id: "_logout-1", "LogoutRequest"),
        ] {
            #expect(try party.acceptSignOut(message, now: Parties.now).subject.nameID == "alice@example.org")
            #expect(
                reason { _ = try Parties.party().acceptSignOut(message, now: Parties.now) } == .signature,
                "nobody else's key of that kind")
            _ = try party.answerSignOut(message, hasEnded: true, relay: "r")
        }
        for message in [try query(answer, "SAMLResponse"), try form(answer, id: "_answer-1", "LogoutResponse")] {
            try party.acceptSignOutAnswer(message, to: "_out")
            #expect(reason { try Parties.party().acceptSignOutAnswer(message, to: "_out") } == .signature)
        }
    }

    @Test(arguments: [true, false]) func whoIsMeantMayBeEncrypted(isPosted: Bool) throws {
        let party = try Parties.party()
        func message(for key: SAMLKey) throws -> SAMLMessage {
            let name = """
                <saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="f">a&amp;b@example.org</saml:NameID>
                """
            let sealed = try Encryption.assertion(name, for: key)
                .replacingOccurrences(of: "saml:EncryptedAssertion", with: "saml:EncryptedID")
            let text = Messages.signOutRequest().replacing(#/<saml:NameID [\s\S]*<\/saml:NameID>/#, with: sealed)
            guard isPosted else { return .query(try Messages.query(Messages.unsigned(text), field: "SAMLRequest")) }
            var signer = XMLSigner()
            signer.sign = { _ in [] }
            return .form(
                base64(
                    try Handwriting.signed(
                        signer.signed(text, id: "_logout-1"),
                        signing: "urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest")))
        }
        for key in [Parties.ownKey, Parties.nextOwnKey] {
            let message = try message(for: key)
            let request = try party.acceptSignOut(message, now: Parties.now)
            #expect(request.subject == SAMLSubject(nameID: "a&b@example.org", format: "f"))
            #expect(request.sessionIndexes == ["_session-1"])
            let answer = try party.answerSignOut(message, hasEnded: true, relay: "r")
            let parameters = URLComponents(string: answer.url)?.queryItems
            let xml =
                isPosted
                ? String(decoding: Base64.decode(answer.form ?? "") ?? [], as: UTF8.self)
                : try Messages.inflated(try #require(parameters?.first?.value))
            #expect(xml.contains("InResponseTo=\"_logout-1\"") && xml.contains("status:Success"), "\(xml)")
        }
        let foreign = try message(for: Parties.strangerKey)
        #expect(reason { _ = try party.acceptSignOut(foreign, now: Parties.now) } == .encryption)
    }

    @Test func aRequestForAllSessionsIsAnsweredToo() throws {
        let party = try Parties.party()
        let message = SAMLMessage.query(
            try Messages.query(Messages.unsigned(Messages.signOutRequest(sessions: [])), field: "SAMLRequest"))
        #expect(try party.acceptSignOut(message, now: Parties.now).sessionIndexes == [])
        let answer = try party.answerSignOut(message, hasEnded: true, relay: nil)
        let parameters = try #require(URLComponents(string: answer.url)?.queryItems)
        #expect(parameters.map(\.name) == ["SAMLResponse", "SigAlg", "Signature"])
        #expect(try Messages.inflated(try #require(parameters[0].value)).contains("status:Success"))
    }

    @Test func requestsThatAreNotForUsNowAreRefused() throws {
        let party = try Parties.party()
        func refused(_ text: String, _ change: (String) -> String = { $0 }) -> SAMLRefusal.Reason? {
            reason {
                let query = try Messages.query(Messages.unsigned(text), field: "SAMLRequest")
                _ = try party.acceptSignOut(.query(change(query)), now: Parties.now)
            }
        }
        #expect(refused(Messages.signOutRequest()) == nil)
        #expect(refused(Messages.signOutRequest(issuer: "https://other.example")) == .issuer)
        #expect(refused(Messages.signOutRequest(destination: "https://other.example")) == .destination)
        #expect(refused(Messages.signOutRequest(issued: moment(-900))) == .expired)
        #expect(refused(Messages.signOutRequest(issued: moment(900))) == .tooEarly)
        #expect(refused(Messages.signOutRequest()) { $0.changing("RelayState=r", to: "RelayState=s") } == .signature)
        #expect(refused(Messages.signOutRequest()) { $0 + "&SAMLRequest=x" } == .malformed)
        #expect(refused(Messages.signOutRequest()) { $0.changing("rsa%2Dsha256", to: "rsa%2Dsha1") } == .algorithm)
        #expect(refused(Messages.signOutRequest()) { String($0.prefix { $0 != "&" }) } == .signature)
        #expect(refused(Messages.signOutRequest().changing("alice@", to: "<!---->alice@")) == .malformed)
    }

    @Test func aRequestThatWasPressedIsUnfoldedWithinBounds() throws {
        let bomb = Messages.signOutRequest().changing("{signature}", to: String(repeating: " ", count: 400_000))
        let query = try Messages.query(bomb, field: "SAMLRequest")
        let party = try Parties.party()
        #expect(reason { _ = try party.acceptSignOut(.query(query), now: Parties.now) } == .malformed)
    }
}
