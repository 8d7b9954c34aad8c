package import FoundationEssentials

/// What a response must answer, and when it is looked at.
package struct SAMLExpectation: Sendable, Hashable {
    /// The request that is answered; `nil` where a sign-in may begin at the identity provider.
    package let request: String?
    package let now: Date
    /// How far the clocks may differ, in seconds.
    package let skew: TimeInterval
    /// The person must have been asked who they are since then, when that matters.
    package let authenticatedSince: Date?

    package init(request: String?, now: Date, skew: TimeInterval = 60, authenticatedSince: Date? = nil) {
        self.request = request
        self.now = now
        self.skew = skew
        self.authenticatedSince = authenticatedSince
    }

    /// Checks that the moment lies within a window, as far as clocks can tell.
    func demand(from start: Date?, until end: Date?, _ what: String) throws(SAMLRefusal) {
        if let start, start.addingTimeInterval(-skew) > now {
            throw SAMLRefusal(.tooEarly, "\(what) begins \(Self.seconds(from: now, to: start)) from now")
        }
        if let end, end.addingTimeInterval(skew) <= now {
            throw SAMLRefusal(.expired, "\(what) ended \(Self.seconds(from: end, to: now)) ago")
        }
    }

    private static func seconds(from start: Date, to end: Date) -> String {
        "\(Int(clamping: Int64(end.timeIntervalSince(start)))) s"
    }
}
