internal import FoundationEssentials
package import Records
internal import Scoring
package import Stores
package import Tenancy
internal import WireAPI

/// Gives executions tags and takes them away.
package struct ExecutionTags: Sendable {
    private let store: ExecutionLogStore
    private let events: EventPublisher

    /// The longest tag, in characters.
    private static let longest = 1000
    /// How many executions one event tells of.
    private static let told = 200

    package init(store: ExecutionLogStore, events: EventPublisher) {
        self.store = store
        self.events = events
    }

    /// Gives tags to an execution and takes others from it; its tags then.
    /// - Throws: `NotFound`; `InvalidDefinition` for tags that are none, that are given and taken at once, or too many.
    package func change(
        _ id: ExecutionLogID, adding added: [String], removing removed: [String], for principal: Principal
    ) async throws -> [String] {
        try Self.check(adding: added, removing: removed)
        let edits = try await change([id], adding: added, removing: removed, for: principal)
        guard let edit = edits.first else { throw NotFound("Execution log") }
        guard !edit.isRefused(adding: added) else {
            throw InvalidDefinition(problems: [.init(field: "add", message: Self.tooMany)])
        }
        return edit.after
    }

    /// Gives executions these tags and no others, in the order in which they come first; those that are not there, or not the
    /// caller's to tag, are left out.
    /// - Throws: `InvalidDefinition` for texts that are no tags.
    package func replace(
        by tags: [String], of ids: [ExecutionLogID], for principal: Principal
    ) async throws {
        var seen: Set<String> = []
        let wanted = tags.filter { seen.insert($0).inserted }
        try InvalidDefinition.check { findings in
            for tag in wanted { findings.length(of: tag, in: 1...Self.longest, field: "tags") }
        }
        let edits = try await store.replaceTags(
            by: wanted, of: ids, in: principal.organizationID, within: principal.reach(.executionLogTag))
        // Executions that had the same are told of together.
        for (before, alike) in Dictionary(grouping: edits.filter { $0.before != $0.after }, by: \.before) {
            tell(
                of: alike, added: wanted.filter { !before.contains($0) },
                removed: before.filter { !wanted.contains($0) }, in: principal.organizationID)
        }
    }

    /// Gives tags to executions and takes others from them; of those that are there, and the caller's to tag, what they had
    /// and have.
    func change(
        _ ids: [ExecutionLogID], adding added: [String], removing removed: [String], for principal: Principal
    ) async throws -> [TagEdit] {
        let edits = try await store.editTags(
            adding: added, removing: removed, of: ids, in: principal.organizationID,
            within: principal.reach(.executionLogTag))
        tell(
            of: edits.filter { $0.before != $0.after }, added: added, removed: removed, in: principal.organizationID)
        return edits
    }

    /// Tells of executions by project: who watches one of them hears nothing of the others.
    private func tell(of edits: [TagEdit], added: [String], removed: [String], in organization: OrganizationID) {
        for (project, alike) in Dictionary(grouping: edits, by: \.projectID) {
            let ids = alike.map(\.id.uuid)
            for start in stride(from: 0, to: ids.count, by: Self.told) {
                let some = Array(ids[start..<min(start + Self.told, ids.count)])
                events.publish(
                    .executionsTagged(OperatorTagging(ids: some, added: added, removed: removed)), to: organization,
                    in: .project(project))
            }
        }
    }

    /// Refuses what are no tags.
    static func check(adding added: [String], removing removed: [String]) throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            if added.isEmpty, removed.isEmpty { findings.add("non_field_errors", "Say which tags to add or remove.") }
            for (field, tags) in [("add", added), ("remove", removed)] {
                if tags.count > ExecutionLogStore.mostTags {
                    findings.add(field, "At most \(ExecutionLogStore.mostTags) tags at once.")
                }
                for tag in tags { findings.length(of: tag, in: 1...longest, field: field) }
            }
            for tag in added where removed.contains(tag) {
                findings.add("remove", "The tag “\(tag)” cannot be added and removed at once.")
            }
        }
    }

    /// Why an execution does not get a tag.
    static let tooMany = "An execution has at most \(ExecutionLogStore.mostTags) tags, and this one would have more."
}

extension TagEdit {
    /// Whether tags were not added because there would be too many.
    func isRefused(adding added: [String]) -> Bool { !added.allSatisfy(after.contains) }
}
