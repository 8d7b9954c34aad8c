internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy

/// The groups that an organisation's identity provider keeps here.
package struct DirectoryGroups: Sendable {
    private let surroundings: PeopleSurroundings
    private let database: PostgresClient
    private let store: DirectoryGroupStore

    init(in surroundings: PeopleSurroundings, database: PostgresClient) {
        self.surroundings = surroundings
        self.database = database
        store = DirectoryGroupStore(database: database)
    }

    /// How many members are shown in one list of groups.
    private static let mostShownMembers = 20_000

    /// A part of the caller's groups.
    package func list(_ query: DirectoryQuery, for principal: Principal) async throws -> DirectoryPage<DirectoryGroup> {
        try await store.list(query, in: principal.organizationID)
    }

    /// One of them.
    /// - Throws: `NotFound`.
    package func find(_ id: DirectoryGroupID, for principal: Principal) async throws -> DirectoryGroup {
        guard let group = try await store.find(id, in: principal.organizationID) else { throw NotFound("Group") }
        return group
    }

    /// Who is in groups. Of a list of many large ones the last ones are left out.
    package func members(
        of groups: [DirectoryGroup], for principal: Principal
    ) async throws -> [DirectoryGroupID: [UserID]] {
        guard !groups.isEmpty else { return [:] }
        return try await store.members(
            of: groups.map(\.id), in: principal.organizationID, atMost: Self.mostShownMembers)
    }

    /// Makes a group; its members get the role that it gives.
    /// - Throws: `PermissionDenied`; `InvalidDefinition`; `NotUnique`.
    package func create(_ draft: DirectoryGroupDraft, by actor: AuditActor) async throws -> DirectoryGroup {
        try draft.validate()
        let organization = try actor.organization
        let (id, moment) = surroundings.identifiers.nextDated(DirectoryGroup.self)
        let group = DirectoryGroup(
            id: id, organizationID: organization, displayName: draft.displayName, externalID: draft.externalID,
            revision: 1, createdAt: moment, updatedAt: moment)
        let made = try await surroundings.audit.perform(
            Audit.Deed("group.create", on: Self.subject(id)), by: actor, needs: .userProvision
        ) { connection in
            try await ProvisionedPersonStore.lock(organization, on: connection)
            try await Self.unique { try await DirectoryGroupStore.add(group, on: connection) }
            let change = MemberChange(from: [], to: draft.members)
            try await apply(change, to: group, formerly: nil, actor, at: moment, on: connection)
            return Audit.Change(group, after: GroupFigures(group, change))
        }
        await surroundings.changes.announce(.access)
        return made
    }

    /// Changes a group to what `edit` makes of it and its members as they are, while nobody else changes it.
    /// - Throws: `PermissionDenied`; `NotFound`; `InvalidDefinition`; `NotUnique`; what `edit` throws.
    package func change(
        _ id: DirectoryGroupID, by actor: AuditActor,
        _ edit: @escaping @Sendable (DirectoryGroup, Set<UserID>) async throws -> DirectoryGroupDraft
    ) async throws -> DirectoryGroup {
        let (organization, moment) = (try actor.organization, surroundings.now())
        let changed = try await surroundings.audit.perform(
            Audit.Deed("group.update", on: Self.subject(id)), by: actor, needs: .userProvision
        ) { connection in
            let (group, members) = try await Self.hold(id, in: organization, on: connection)
            let draft = try await edit(group, members)
            try draft.validate()
            let change = MemberChange(from: members, to: draft.members)
            let isNamedAlike = draft.displayName == group.displayName && draft.externalID == group.externalID
            if isNamedAlike, change.isNothing { return .nothing(group) }
            let changed = try await Self.unique {
                try await DirectoryGroupStore.change(group, to: draft, at: moment, on: connection)
            }
            try await apply(change, to: changed, formerly: group, actor, at: moment, on: connection)
            return Audit.Change(
                changed, before: GroupFigures(group, MemberChange(from: [], to: [])),
                after: GroupFigures(changed, change))
        }
        await surroundings.changes.announce(.access)
        return changed
    }

    /// Deletes a group; who was in it gets the role of the groups that are left to them.
    /// - Throws: `PermissionDenied`; `NotFound`; what `check` throws.
    package func remove(
        _ id: DirectoryGroupID, by actor: AuditActor, _ check: @escaping @Sendable (DirectoryGroup) throws -> Void
    ) async throws {
        let (organization, moment) = (try actor.organization, surroundings.now())
        try await surroundings.audit.perform(
            Audit.Deed("group.delete", on: Self.subject(id)), by: actor, needs: .userProvision
        ) { connection in
            let (group, members) = try await Self.hold(id, in: organization, on: connection)
            try check(group)
            let change = MemberChange(from: members, to: [])
            try await apply(change, to: group, formerly: nil, actor, at: moment, on: connection)
            try await DirectoryGroupStore.delete(group, on: connection)
            return Audit.Change((), before: GroupFigures(group, change))
        }
        await surroundings.changes.announce(.access)
    }

    /// Puts people into a group and takes others out; all of them get their roles when it gives one, or gave one by its
    /// former name.
    private func apply(
        _ change: MemberChange, to group: DirectoryGroup, formerly: DirectoryGroup?, _ actor: AuditActor,
        at moment: Date, on connection: PostgresConnection
    ) async throws {
        if !change.removed.isEmpty {
            try await DirectoryGroupStore.removeMembers(change.removed, of: group, on: connection)
        }
        if !change.added.isEmpty {
            let added = try await DirectoryGroupStore.addMembers(change.added, to: group, on: connection)
            if let missing = change.added.first(where: { !added.contains($0) }) {
                throw InvalidDefinition("members", "There is no person \(missing) here.")
            }
        }
        let roles = try await GroupRoles(of: group.organizationID, on: database.within(connection))
        let names = Set([group.displayName, formerly?.displayName ?? group.displayName])
        guard names.contains(where: roles.isGiven) else { return }
        let people = names.count > 1 ? change.all : change.added + change.removed
        let audit = surroundings.audit.within(connection)
        try await GroupRoleChanges(roles, audit, actor, at: moment, on: connection).apply(
            to: people, in: group.organizationID)
    }

    private static func hold(
        _ id: DirectoryGroupID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> (DirectoryGroup, Set<UserID>) {
        try await ProvisionedPersonStore.lock(organization, on: connection)
        guard let group = try await DirectoryGroupStore.lock(id, in: organization, on: connection) else {
            throw NotFound("Group")
        }
        return (group, try await DirectoryGroupStore.memberIDs(of: group, on: connection))
    }

    private static func unique<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let conflict as Conflict where conflict.kind == .nameTaken {
            throw NotUnique("displayName")
        }
    }

    private static func subject(_ id: DirectoryGroupID) -> String { "group:\(id)" }
}

/// Who comes into a group, who goes, and who is concerned at all.
struct MemberChange: Sendable {
    let added: [UserID]
    let removed: [UserID]
    let all: [UserID]

    init(from former: Set<UserID>, to wanted: Set<UserID>) {
        added = wanted.subtracting(former).sorted()
        removed = former.subtracting(wanted).sorted()
        all = former.union(wanted).sorted()
    }

    var isNothing: Bool { added.isEmpty && removed.isEmpty }
}

/// What the audit keeps of a group.
private struct GroupFigures: Encodable, Sendable {
    let displayName: String
    let externalID: String?
    /// How many came and went; the first of them are named.
    let addedCount: Int
    let added: [String]
    let removedCount: Int
    let removed: [String]

    private static let mostNamed = 100

    init(_ group: DirectoryGroup, _ change: MemberChange) {
        displayName = group.displayName
        externalID = group.externalID
        addedCount = change.added.count
        added = change.added.prefix(Self.mostNamed).map(\.description)
        removedCount = change.removed.count
        removed = change.removed.prefix(Self.mostNamed).map(\.description)
    }
}
