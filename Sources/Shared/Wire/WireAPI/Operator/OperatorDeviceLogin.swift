package import FoundationEssentials

// Signing in by a browser while a terminal waits, in the shape of RFC 8628: the terminal shows a code and an address, the
// browser signs in at the organisation's identity provider, and the terminal receives the session.

/// Who asks for a device login, `POST /internal/device-logins`: told to whoever is asked to allow it.
package struct OperatorDeviceLoginWish: Codable, Sendable, Hashable {
    /// Where device logins begin; their outcome is asked for at `path/token`.
    package static let path = "/internal/device-logins"

    /// The program, such as `scorable-console/1.0`.
    package let client: String
    /// The machine that it runs on, as it calls itself.
    package let host: String?

    package init(client: String, host: String? = nil) {
        self.client = client
        self.host = host
    }
}

/// A device login that has begun. Both codes are shown this once.
package struct OperatorDeviceLogin: Codable, Sendable, Hashable {
    /// What the terminal asks with, and shows nobody.
    package let deviceCode: String
    /// What the person types, or compares: `BCDF-GHJK`.
    package let userCode: String
    /// Where they type it.
    package let verificationUri: String
    /// The same with the code filled in: for a QR code.
    package let verificationUriComplete: String
    /// For how many seconds the codes hold.
    package let expiresIn: Int
    /// How many seconds to wait between two questions.
    package let interval: Int

    package init(
        deviceCode: String, userCode: String, verificationUri: String, verificationUriComplete: String,
        expiresIn: Int, interval: Int
    ) {
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.verificationUri = verificationUri
        self.verificationUriComplete = verificationUriComplete
        self.expiresIn = expiresIn
        self.interval = interval
    }
}

/// The terminal's question what has become of it, `POST /internal/device-logins/token`.
package struct OperatorDeviceLoginQuestion: Codable, Sendable, Hashable {
    package static let path = OperatorDeviceLoginWish.path + "/token"

    package let deviceCode: String

    package init(deviceCode: String) { self.deviceCode = deviceCode }
}

/// What has become of a device login.
package struct OperatorDeviceLoginOutcome: Codable, Sendable, Hashable {
    /// How far it is.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        /// Nobody has decided yet.
        case pending
        /// The same, and it was asked too soon: wait `interval` seconds from now on.
        case slowDown = "slow_down"
        case denied
        /// It was too late, or the code is none.
        case expired
        /// The session is in the answer: only told once.
        case allowed
        /// The session that asked has been confirmed.
        case confirmed
    }

    package let state: State
    /// How many seconds to wait before the next question; `nil` when there is none to ask.
    package let interval: Int?
    /// With its token.
    package let session: OperatorSession?

    package init(state: State, interval: Int? = nil, session: OperatorSession? = nil) {
        self.state = state
        self.interval = interval
        self.session = session
    }
}

/// Whether there is an identity provider to sign in by, `GET /internal/single-sign-on`; for everybody.
package struct OperatorSingleSignOn: Codable, Sendable, Hashable {
    package static let path = "/internal/single-sign-on"

    package let isOffered: Bool

    package init(isOffered: Bool) { self.isOffered = isOffered }
}

/// Where a browser ends the session at the identity provider, too: the answer to `POST /internal/session/single-logout`,
/// which has ended the session here.
package struct OperatorSingleLogout: Codable, Sendable, Hashable {
    package static let path = OperatorSignIn.path + "/single-logout"

    /// `nil` for a session that did not begin at an identity provider, or at one that knows no single logout.
    package let url: String?
    /// Until when the address works.
    package let expiresAt: Date?

    package init(url: String?, expiresAt: Date?) {
        self.url = url
        self.expiresAt = expiresAt
    }
}

extension OperatorRequest where Reply == OperatorSingleSignOn {
    /// Whether people can sign in by an identity provider.
    package static var singleSignOn: Self { Self(.get, OperatorSingleSignOn.path) }
}

extension OperatorRequest where Reply == OperatorDeviceLogin {
    /// Begins a device login.
    package static func beginDeviceLogin(_ wish: OperatorDeviceLoginWish) -> Self {
        Self(.post, OperatorDeviceLoginWish.path, body: wish)
    }

    /// Begins one by which the person who is signed in shows again who they are. Its outcome is `confirmed`.
    package static func beginDeviceConfirmation(_ wish: OperatorDeviceLoginWish) -> Self {
        Self(.post, OperatorDeviceLoginWish.path + "/confirmation", body: wish)
    }
}

extension OperatorRequest where Reply == OperatorDeviceLoginOutcome {
    /// What has become of a device login; also of one for a confirmation. No token is needed.
    package static func deviceLoginOutcome(of deviceCode: String) -> Self {
        Self(
            .post, OperatorDeviceLoginQuestion.path, body: OperatorDeviceLoginQuestion(deviceCode: deviceCode))
    }
}

extension OperatorRequest where Reply == OperatorSingleLogout {
    /// Ends the session here, and says where to end it at the identity provider.
    package static var endSessionEverywhere: Self { Self(.post, OperatorSingleLogout.path) }
}
