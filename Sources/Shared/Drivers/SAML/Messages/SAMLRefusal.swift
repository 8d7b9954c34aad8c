/// Why a message is not believed. For the audit log and the administrator: who sends such a thing is told nothing.
package struct SAMLRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, one name a cause.
    package enum Reason: String, Sendable, CaseIterable {
        /// Not base64, not XML, too big, too deep, with a document type, a comment or the like.
        case malformed
        /// The identity provider says itself that it signed nobody in.
        case declined
        /// Not one assertion but none or several.
        case assertionCount = "assertion_count"
        /// Not signed, not by a key of the identity provider, or not what was signed.
        case signature
        /// Signed or encrypted in a way that is too weak or not expected.
        case algorithm
        /// Not encrypted for us.
        case encryption
        /// By another identity provider than this one.
        case issuer
        /// Sent to another address than ours.
        case destination
        /// Meant for another recipient.
        case recipient
        /// Meant for another service.
        case audience
        /// Valid on a condition that nobody here understands.
        case condition
        /// No answer to what was asked, or to nothing that was.
        case inResponseTo = "in_response_to"
        /// Not valid yet.
        case tooEarly = "too_early"
        /// Not valid any more.
        case expired
        /// Used before.
        case replayed
        /// It does not say who is meant.
        case subject
        /// It does not say that the person was asked who they are, or not recently enough.
        case notAuthenticated = "not_authenticated"
        /// Our own settings, or the identity provider's metadata, cannot be used.
        case settings
    }

    package let reason: Reason
    package let detail: String

    package init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    package var description: String { "\(reason.rawValue): \(detail)" }
}
