package import FoundationEssentials

package typealias DeviceLoginID = EntityID<DeviceLogin>

/// A terminal that waits for somebody to sign in by a browser (RFC 8628).
package struct DeviceLogin: Sendable, Hashable {
    /// How far it is.
    package enum State: String, Sendable, Hashable {
        /// Nobody has decided yet.
        case pending
        case allowed
        case denied
        /// Its session was given out.
        case used
    }

    package let id: DeviceLoginID
    /// Which program asks, on which machine as that calls itself, and from where.
    package let client: String
    package let host: String?
    package let address: String
    /// The session that is to be confirmed; `nil` when one is to be opened.
    package let sessionID: SessionID?
    package let state: State
    package let createdAt: Date
    package let expiresAt: Date

    package init(
        id: DeviceLoginID, client: String, host: String?, address: String, sessionID: SessionID?,
        state: State = .pending, createdAt: Date, expiresAt: Date
    ) {
        self.id = id
        self.client = client
        self.host = host
        self.address = address
        self.sessionID = sessionID
        self.state = state
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// How long somebody has, and how often the terminal may ask.
    package static let lifetime = Duration.seconds(600)
    package static let interval = Duration.seconds(2)
}

/// What a person types who has a code before them: eight letters, none of them a vowel, so that no word comes about.
package struct UserCode: Sendable, Hashable, CustomStringConvertible {
    /// In the middle a hyphen: `BCDF-GHJK`.
    package let description: String

    private static let letters = Array("BCDFGHJKLMNPQRSTVWXZ")
    private static let length = 8

    /// One of letters that `draw` picks by number, each as likely as another.
    package init(drawing draw: (Range<Int>) -> Int) {
        self.init((0..<Self.length).map { _ in Self.letters[draw(Self.letters.indices)] })
    }

    /// As somebody types it: with or without the hyphen, in either case; `nil` for what is none.
    package init?(typed text: String) {
        guard text.utf8.count <= 64 else { return nil }
        let letters = text.uppercased().filter { !$0.isWhitespace && $0 != "-" }
        guard letters.count == Self.length, letters.allSatisfy(Self.letters.contains) else { return nil }
        self.init(Array(letters))
    }

    private init(_ letters: [Character]) {
        description = String(letters[..<(Self.length / 2)]) + "-" + String(letters[(Self.length / 2)...])
    }
}
