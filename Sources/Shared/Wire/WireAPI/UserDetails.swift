package import Tenancy

/// Who made or changed something.
package struct UserDetails: Codable, Sendable, Hashable {
    package let email: String
    package let fullName: String

    /// What others see of `user`.
    package init(_ user: UserReference) {
        email = user.email
        fullName = user.fullName
    }
}
