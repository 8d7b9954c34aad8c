internal import FoundationEssentials
internal import Stores
internal import Tenancy

/// Somebody shows a key or a session of ours that opens nothing any more.
struct EndedCredential: Error {
    /// Whom it let in once.
    let principal: Principal
    let reason: Reason

    /// Why it opens nothing.
    enum Reason: String, Sendable, Hashable {
        case keyRevoked = "The key was revoked."
        case keyExpired = "The key has expired."
        case sessionExpired = "The session has ended."
        case ownerDeactivated = "Its owner is deactivated."
    }
}

extension EndedCredential.Reason {
    /// `nil` for a key that opens what it should.
    init?(_ holder: APIKeyHolder, at moment: Date) {
        if let revokedAt = holder.key.revokedAt, revokedAt <= moment {
            self = .keyRevoked
        } else if !holder.key.isUsable(at: moment) {
            self = .keyExpired
        } else if holder.owner.isDisabled {
            self = .ownerDeactivated
        } else {
            return nil
        }
    }

    /// `nil` for a session that opens what it should.
    init?(_ holder: SessionHolder, at moment: Date) {
        if !holder.session.isValid(at: moment) {
            self = .sessionExpired
        } else if holder.user.isDisabled {
            self = .ownerDeactivated
        } else {
            return nil
        }
    }
}
