/// A cloud did not say who this program is. Never carries a token or a key.
package struct IdentityError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was asked, of whom, what came of it, and what to do.
    package let description: String
    /// Whether it may go better in a moment.
    package let isPassing: Bool

    package init(_ description: String, isPassing: Bool = false) {
        self.description = description
        self.isPassing = isPassing
    }
}
