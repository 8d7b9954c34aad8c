package import FoundationEssentials

/// One's second factor, `GET /internal/profile/second-factor`.
package struct OperatorSecondFactor: Codable, Sendable, Hashable {
    /// Where one's own is looked at (GET), begun (POST), confirmed (PUT) and, at `path/removal`, removed (POST).
    package static let path = OperatorProfile.path + "/second-factor"

    /// Since when it is asked for; `nil` when there is none.
    package let since: Date?
    /// How many recovery codes are left.
    package let recoveryCodesLeft: Int
    /// Whether the organisation wants one of everybody who signs in by password.
    package let isWanted: Bool

    package init(since: Date?, recoveryCodesLeft: Int, isWanted: Bool) {
        self.since = since
        self.recoveryCodesLeft = recoveryCodesLeft
        self.isWanted = isWanted
    }
}

/// What an app that makes codes has to know; told this once.
package struct OperatorSecondFactorSecret: Codable, Sendable, Hashable {
    /// In base 32, to be typed.
    package let secret: String
    /// The same with all else as an `otpauth` address, to be shown as a QR code.
    package let uri: String

    package init(secret: String, uri: String) {
        self.secret = secret
        self.uri = uri
    }
}

/// The first code of a new second factor.
package struct OperatorSecondFactorCode: Codable, Sendable, Hashable {
    package let code: String

    package init(code: String) { self.code = code }
}

/// By what one gets in without the device, each once; told this once.
package struct OperatorRecoveryCodes: Codable, Sendable, Hashable {
    package let codes: [String]

    package init(codes: [String]) { self.codes = codes }
}

extension OperatorRequest where Reply == OperatorSecondFactor {
    /// One's second factor.
    package static func secondFactor() -> Self { Self(.get, OperatorSecondFactor.path) }
}

extension OperatorRequest where Reply == OperatorSecondFactorSecret {
    /// Begins with a second factor: makes its secret, in place of one that was never confirmed.
    package static func beginSecondFactor() -> Self { Self(.post, OperatorSecondFactor.path) }
}

extension OperatorRequest where Reply == OperatorRecoveryCodes {
    /// Shows the first code: from then on codes are asked for.
    package static func confirmSecondFactor(code: String) -> Self {
        Self(.put, OperatorSecondFactor.path, body: OperatorSecondFactorCode(code: code))
    }

    /// Makes new recovery codes in place of those that are left.
    package static func renewRecoveryCodes(_ confirmation: OperatorConfirmation) -> Self {
        Self(.post, OperatorSecondFactor.path + "/recovery-codes", body: confirmation)
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Removes one's second factor, with one's password or a code.
    package static func removeSecondFactor(_ confirmation: OperatorConfirmation) -> Self {
        Self(.post, OperatorSecondFactor.path + "/removal", body: confirmation)
    }

    /// Removes the second factor of somebody who has lost it.
    package static func removeSecondFactor(of user: UUID) -> Self {
        Self(.delete, OperatorSecondFactor.path(of: user.uuidString.lowercased()))
    }
}

extension OperatorSecondFactor {
    /// Where that of somebody else is removed.
    package static func path(of user: String) -> String { "\(OperatorUser.path)/\(user)/second-factor" }
}
