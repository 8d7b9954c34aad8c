package import FoundationEssentials

/// A person as an identity provider sees them here. Also somebody whom no identity provider has made: it may take them over.
package struct ProvisionedPerson: Sendable, Hashable {
    package let user: User
    package let profile: DirectoryProfile
    /// How often it was changed by an identity provider; 0 for somebody whom none has touched.
    package let revision: Int
    package let updatedAt: Date
    /// Which groups they are in; their names, too.
    package var groups: [DirectoryGroup.Reference]

    package init(
        user: User, profile: DirectoryProfile, revision: Int, updatedAt: Date, groups: [DirectoryGroup.Reference] = []
    ) {
        self.user = user
        self.profile = profile
        self.revision = revision
        self.updatedAt = updatedAt
        self.groups = groups
    }

    /// Another one after every change, whoever made it.
    package var version: String { "\(user.revision).\(revision)" }
}
