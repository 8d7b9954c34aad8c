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

    /// Another one after every change, whoever made it, also of the groups that they are in and of their names.
    package var version: String {
        let own = "\(user.revision).\(revision)"
        return groups.isEmpty ? own : "\(own).\(String(groupSum, radix: 16))"
    }

    /// FNV-1a of what is shown of the groups.
    private var groupSum: UInt64 {
        groups.map { "\($0.id) \($0.displayName)\n" }.joined().utf8.reduce(0xcbf2_9ce4_8422_2325) { sum, byte in
            (sum ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }
}
