package import Tenancy

/// Whether whoever has begun something that takes long still may: they are looked up anew when some right has changed, and
/// every two seconds also without news of that.
package struct ContinuedAccess: Sendable {
    private let authenticator: Authenticator
    private let credentials: Credentials
    private var epoch: Int
    private var asked = ContinuousClock.now

    private static let interval = Duration.seconds(2)

    /// For a caller who was let in at this moment.
    package init(of credentials: Credentials, _ authenticator: Authenticator) {
        self.authenticator = authenticator
        self.credentials = credentials
        epoch = authenticator.rightsEpoch
    }

    /// The caller as they are by now; `nil` while it is not time to ask.
    /// - Throws: `APIProblem` 401 when their credentials open nothing any more.
    package mutating func lookAgain() async throws -> Principal? {
        let now = ContinuousClock.now
        guard authenticator.rightsEpoch != epoch || asked.duration(to: now) >= Self.interval else { return nil }
        (epoch, asked) = (authenticator.rightsEpoch, now)
        return try await authenticator.watcher(credentials)
    }
}
