import Postgres

/// The database refused a change because of what is stored already.
package struct Conflict: Error, Hashable, CustomStringConvertible {
    /// What stands in the way.
    package enum Kind: Sendable, Hashable {
        /// Another one of the organisation has this name.
        case nameTaken
        /// Another person has this address.
        case emailTaken
        /// Another identity provider has this domain.
        case domainTaken
        /// Something still belongs to it.
        case inUse
        /// What it points to does not exist.
        case missingReference
        /// The default project cannot be deleted.
        case isDefault
        /// Somebody else changed it at the same moment, again and again.
        case changedMeanwhile
    }

    package let kind: Kind

    package init(_ kind: Kind) { self.kind = kind }

    package var description: String { "conflict: \(kind)" }
}

extension PostgresError {
    /// The conflict that a violated constraint stands for; the error itself when it stands for none. `foreignKey` is
    /// what a dangling reference means in the statement at hand.
    func asConflict(foreignKey: Conflict.Kind = .missingReference) -> any Error {
        switch sqlState {
        case .uniqueViolation where constraint == "users_by_email": Conflict(.emailTaken)
        case .uniqueViolation where constraint?.contains("_name_key") == true: Conflict(.nameTaken)
        case .uniqueViolation where constraint == "provisioned_people_by_user_name": Conflict(.nameTaken)
        case .uniqueViolation where constraint == "directory_groups_by_display_name": Conflict(.nameTaken)
        case .uniqueViolation where constraint == "invitations_open": Conflict(.changedMeanwhile)
        case .uniqueViolation where constraint == "identity_provider_domains_pkey": Conflict(.domainTaken)
        case .foreignKeyViolation: Conflict(foreignKey)
        default: self
        }
    }
}
