package import FoundationEssentials

/// What a person shows beside their password: codes of a device of theirs, and codes to recover by when it is lost.
package struct SecondFactor: Sendable, Hashable {
    /// When its secret was made.
    package let createdAt: Date
    /// Since when it is asked for; `nil` until its owner has shown a first code.
    package let confirmedAt: Date?
    /// How many recovery codes are left.
    package let recoveryCodes: Int

    package init(createdAt: Date, confirmedAt: Date?, recoveryCodes: Int) {
        self.createdAt = createdAt
        self.confirmedAt = confirmedAt
        self.recoveryCodes = recoveryCodes
    }
}
