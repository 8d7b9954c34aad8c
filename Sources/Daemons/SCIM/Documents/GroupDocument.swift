import JSON
import Tenancy

/// A group on the wire. Read of canonical members only.
struct GroupDocument: Codable {
    var schemas: [String]?
    var id: String?
    var externalId: String?
    var displayName: String?
    var members: [ResourceLink]?
    var meta: ResourceMeta?
}

extension GroupDocument {
    /// What an identity provider may change of a group.
    init(_ draft: DirectoryGroupDraft) {
        externalId = draft.externalID
        displayName = draft.displayName
        // In one order, so that the same group is the same document.
        members = draft.members.sorted().map { ResourceLink(value: $0.description) }
    }

    /// All of a group, as the server at `base` shows it; without `members` where they are not asked for.
    init(_ group: DirectoryGroup, members: [UserID]?, at base: String) {
        schemas = [ResourceSchema.group.id]
        id = group.id.description
        externalId = group.externalID
        displayName = group.displayName
        self.members = members?.map { member in
            ResourceLink(.user, id: member.description, type: ResourceSchema.user.name, at: base)
        }
        meta = ResourceMeta(
            .group, id: group.id.description, created: group.createdAt, lastModified: group.updatedAt,
            version: group.version, at: base)
    }

    /// What the body says about a group.
    func draft() throws -> DirectoryGroupDraft {
        guard let displayName, !displayName.isEmpty else {
            throw SCIMProblem(.invalidValue, "displayName: This is required.")
        }
        var people: Set<UserID> = []
        for member in members ?? [] {
            guard let text = member.value else { throw SCIMProblem(.invalidValue, "members.value: This is required.") }
            guard let id = UserID(text), member.type ?? ResourceSchema.user.name == ResourceSchema.user.name else {
                throw SCIMProblem(.invalidValue, "members.value: There is no person “\(text.prefix(80))” here.")
            }
            people.insert(id)
        }
        return DirectoryGroupDraft(displayName: displayName, externalID: externalId.filled, members: people)
    }
}
