import FoundationEssentials
import WireAPI

/// Tells a screen that somebody has signed in anew: answers to what was asked in the session before never come.
struct SessionWatch: Sendable {
    private var end: Date?

    /// Whether the session is another one than at the last look.
    mutating func hasChanged(_ scope: Scope) -> Bool {
        defer { end = scope.session?.expiresAt }
        return end != scope.session?.expiresAt
    }
}
