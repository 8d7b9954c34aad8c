import Foundation
import SAML

/// Responses that the identity provider has signed, and that are not for us, not now, or do not say enough.
extension BadMessage {
    private static let otherParty = "https://other.example/saml"

    static let misdirected: [BadMessage] = [
        .saying("a response of another issuer", .issuer) { $0.responseIssuer = otherParty },
        .saying("an assertion of another issuer", .issuer) { $0.assertionIssuer = otherParty },
        .saying("another destination", .destination) { $0.destination = otherParty },
        .saying("a destination that begins like ours", .destination) {
            $0.destination = Parties.service.callback + "/x"
        },
        .saying("no destination, though signed", .destination) { ($0.destination, $0.signsResponse) = (nil, true) },
        .saying("another recipient", .recipient) { $0.recipient = otherParty },
        .saying("no recipient", .recipient) { $0.recipient = nil },
        .saying("a recipient in other letters", .recipient) { $0.recipient = Parties.service.callback.uppercased() },
        .saying("for who holds a key", .recipient) {
            $0.confirmationMethod = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"
        },
        .saying("another audience", .audience) {
            $0.audience = $0.audience.changing(Parties.service.id, to: otherParty)
        },
        .saying("no audience", .audience) { $0.audience = "" },
        .saying("an audience that begins like us", .audience) {
            $0.audience = $0.audience.changing(Parties.service.id, to: Parties.service.id + ".evil.example")
        },
        .saying("ours among the audiences of one group only", .audience) {
            $0.audience += $0.audience.changing(Parties.service.id, to: otherParty)
        },
        .saying("an answer to another request", .inResponseTo) {
            ($0.inResponseTo, $0.confirmedRequest) = ("_request-2", "_request-2")
        },
        .saying("an answer to another request around one to ours", .inResponseTo) { $0.inResponseTo = "_request-2" },
        .saying("an answer to ours around one to another", .inResponseTo) { $0.confirmedRequest = "_request-2" },
        .saying("an answer to nothing", .inResponseTo) { ($0.inResponseTo, $0.confirmedRequest) = (nil, nil) },
        .saying("an answer to ours around one to nothing", .inResponseTo) { $0.confirmedRequest = nil },
        .saying("a sign-in that failed", .declined) {
            $0.status = $0.status.changing("status:Success", to: "status:AuthnFailed")
        },
    ]

    static let outOfTime: [BadMessage] = [
        .saying("conditions that have expired", .expired) {
            $0.conditionsAttributes = $0.conditionsAttributes.changing(moment(300), to: moment(-61))
        },
        .saying("conditions that do not hold yet", .tooEarly) {
            $0.conditionsAttributes = $0.conditionsAttributes.changing(moment(-30), to: moment(90))
        },
        .saying("brought too late", .expired) { $0.confirmationEnds = moment(-61) },
        .saying("to be brought at any time", .expired) { $0.confirmationEnds = nil },
        .saying("made tomorrow", .tooEarly) { $0.issued = moment(86_400) },
        .saying("made two days ago, valid for ten years", .expired) {
            $0.issued = moment(-172_800)
            $0.confirmationEnds = moment(315_360_000)
        },
        .saying("of somebody who will sign in", .tooEarly) {
            $0.authentication = $0.authentication.changing(moment(-10), to: moment(600))
        },
        .saying("of a session that has ended", .expired) {
            $0.authentication = $0.authentication.changing(
                "><saml:AuthnContext>", to: " SessionNotOnOrAfter=\"\(moment(-120))\"><saml:AuthnContext>")
        },
        .saying("a time that is none", .malformed) { $0.confirmationEnds = "tomorrow" },
        .saying("a day that is none", .malformed) { $0.confirmationEnds = "2027-02-30T00:00:00Z" },
        .saying("a time with something after it", .malformed) { $0.confirmationEnds = moment(300) + "Z" },
    ]

    static let incomplete: [BadMessage] = [
        .saying("no name", .subject) { $0.name = "" },
        .saying("an empty name", .subject) { $0.name = "<saml:NameID>  </saml:NameID>" },
        .saying("two names", .subject) { $0.name += $0.name },
        .saying("two confirmations, each wrong in its own way", .recipient) {
            $0.name += "<saml:SubjectConfirmation Method=\"\($0.confirmationMethod)\"></saml:SubjectConfirmation>"
            $0.recipient = otherParty
        },
        .saying("a hundred confirmations", .subject) {
            $0.name += String(
                repeating: "<saml:SubjectConfirmation Method=\"\($0.confirmationMethod)\"></saml:SubjectConfirmation>",
                count: 100)
        },
        .saying("a name in pieces", .subject) { $0.name = "<saml:NameID>a<saml:b></saml:b>c</saml:NameID>" },
        .saying("a name that is said to be encrypted", .encryption) {
            $0.name = "<saml:EncryptedID></saml:EncryptedID>"
        },
        .saying("nobody who was asked", .notAuthenticated) { $0.authentication = "" },
        .saying("a condition of somebody's own", .condition) {
            $0.audience += "<x:Weather xmlns:x=\"urn:x\"></x:Weather>"
        },
        .saying("an assertion of another version", .malformed) { $0.version = "1.1" },
        .saying("an assertion without a name of its own", .signature) { $0.assertionID = "" },
        .saying("an assertion within the assertion", .assertionCount) {
            $0.attributes += "<saml:Advice><saml:Assertion></saml:Assertion></saml:Advice>"
        },
    ]
}
