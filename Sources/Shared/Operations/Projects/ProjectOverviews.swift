internal import FoundationEssentials
package import Records
package import Replicas
package import Stores
package import Tenancy

/// A project with what is in it and what was executed there lately.
package struct ProjectOverview: Sendable {
    package let project: Project
    package let owner: UserReference
    package let evaluatorCount: Int
    package let judgeCount: Int
    /// In the last 24 hours.
    package let lastDay: ExecutionFigures
}

/// The projects of an organisation as those see them who look after them.
package struct ProjectOverviews: Sendable {
    private let store: ProjectStore
    private let reads: ReadReplicas
    private let changes: ProjectChanges

    package init(store: ProjectStore, reads: ReadReplicas, changes: ProjectChanges) {
        self.store = store
        self.reads = reads
        self.changes = changes
    }

    /// One page of the organisation's projects that the caller sees and whose name contains a text, in any case.
    package func list(
        containing text: String?, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<ProjectOverview> {
        let found = try await store.listContents(
            in: principal.organizationID, within: principal.reach(.projectRead), containing: text, page: page)
        let lastDay = try await lastDay(of: found.items.map(\.project.id), principal)
        return found.map { contents in
            ProjectOverview(contents, lastDay: lastDay[contents.project.id] ?? ExecutionFigures())
        }
    }

    /// One project.
    /// - Throws: `NotFound`.
    package func find(_ id: ProjectID, for principal: Principal) async throws -> ProjectOverview {
        guard let contents = try await store.findContents(id, in: principal.organizationID) else {
            throw NotFound("Project")
        }
        let lastDay = try await lastDay(of: [id], principal)
        return ProjectOverview(contents, lastDay: lastDay[id] ?? ExecutionFigures())
    }

    /// Gives a project another name or description; what is `nil` stays.
    /// - Throws: `NotFound`, `InvalidDefinition`; `Conflict` when the name is taken.
    package func change(
        _ id: ProjectID, name: String?, description: String?, for principal: Principal
    ) async throws -> ProjectOverview {
        var draft = ProjectDraft()
        draft.name = name
        draft.description = description
        _ = try await changes.change(id, draft, for: principal)
        return try await find(id, for: principal)
    }

    private func lastDay(
        of ids: [ProjectID], _ principal: Principal
    ) async throws -> [ProjectID: ExecutionFigures] {
        guard !ids.isEmpty else { return [:] }
        let now = Date()
        return try await reads.late { database in
            try await ExecutionFigureStore(database: database).figures(
                ofProjects: ids, in: principal.organizationID,
                from: ItemFigures.endOfHour(now).addingTimeInterval(-86_400), to: now,
                try await ExecutionSumStore(database: database).progress())
        }
    }
}

extension ProjectOverview {
    fileprivate init(_ contents: ProjectContents, lastDay: ExecutionFigures) {
        self.init(
            project: contents.project, owner: contents.owner, evaluatorCount: contents.evaluatorCount,
            judgeCount: contents.judgeCount, lastDay: lastDay)
    }
}
