internal import Records
internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension CatalogueRoutes {
    func addItems(_ kind: OperatorItemKind, to routes: inout ProtectedRoutes) {
        let item = kind.item
        routes.on(.get, kind.path, needs: kind.reading, in: .any) { context, principal in
            let found = try await items.list(
                item, try ItemFilter(context.query), try context.cataloguePage(), for: principal)
            return .json(
                OperatorItemPage(
                    results: try await bodies(of: found.items, for: principal), next: found.nextCursor(\.keyset)))
        }
        routes.on(.get, kind.path + "/{id}/versions", needs: kind.reading, in: .any) { context, principal in
            let id = try context.uuid("id")
            let current = try await items.find(item, id, for: principal).version.id
            let found = try await items.versions(of: id, item, try context.cataloguePage(), for: principal)
            return .json(
                OperatorVersionPage(
                    results: found.items.map { OperatorVersion($0, isCurrent: $0.id == current) },
                    next: found.nextCursor(\.keyset)))
        }
        routes.on(.get, kind.path + "/{id}/history", needs: kind.reading, in: .any) { context, principal in
            let window = try context.query.choice("window", of: OperatorItemHistory.Window.self) ?? .week
            let found = try await items.find(item, context.uuid("id"), for: principal)
            return .json(try await history(of: found, window, for: principal))
        }
    }

    func addItemActions(_ kind: OperatorItemKind, to routes: inout ProtectedRoutes) {
        let item = kind.item
        routes.on(.post, kind.path + "/{id}/duplicate", needs: kind.creation, in: .any) { context, principal in
            let wish = try await context.decode(OperatorDuplication.self)
            let copy = try await items.duplicate(
                item, context.uuid("id"), to: wish.projectID.map(ProjectID.init(uuid:)), named: wish.name,
                for: principal)
            return .json(try await body(of: copy, for: principal), status: 201)
        }
        routes.on(.delete, kind.path + "/{id}", needs: kind.deletion, in: kind.place) { context, principal in
            try await items.delete(item, context.uuid("id"), for: principal)
            return .noContent
        }
        routes.on(
            .post, kind.path + "/{id}/restore", needs: kind.deletion, in: kind.place,
            leaving: .change("\(kind.rawValue).restore")
        ) { context, principal in
            let restored = try await items.restore(item, context.uuid("id"), for: principal)
            return .json(try await body(of: restored, for: principal))
        }
        routes.on(.post, kind.path + "/{id}/try", needs: kind.execution, in: kind.place, leaving: .nothing) {
            context, principal in
            let trial = try await context.decode(OperatorTrial.self)
            let log = try await execute(kind, context.uuid("id"), trial, principal, context)
            let details = try await logs.find(log, for: principal)
            return .json(
                OperatorExecutionDetail(
                    details, projectName: try await projects.name(of: details.log.projectID, for: principal),
                    origin: nil, for: principal), status: 201)
        }
    }

    func body(of item: ItemSummary, for principal: Principal) async throws -> OperatorItem {
        try await bodies(of: [item], for: principal)[0]
    }

    func bodies(of found: [ItemSummary], for principal: Principal) async throws -> [OperatorItem] {
        let statistics = try await figures.statistics(of: found, for: principal)
        var bodies: [OperatorItem] = []
        for item in found {
            var projectName: String?
            if item.organizationID == principal.organizationID, let project = item.projectID {
                projectName = try await projects.name(of: project, for: principal)
            }
            bodies.append(
                OperatorItem(item, projectName: projectName, statistics[item.id] ?? ItemStatistics(), for: principal))
        }
        return bodies
    }

    private func history(
        of item: ItemSummary, _ window: OperatorItemHistory.Window, for principal: Principal
    ) async throws -> OperatorItemHistory {
        let found = try await figures.history(
            of: item, back: window.duration, step: window.step, for: principal)
        let known = try await items.versions(found.spans.compactMap(\.versionID), of: item)
        return OperatorItemHistory(found, window: window, versions: known, current: item.version.id)
    }
}

extension ItemFilter {
    fileprivate init(_ query: QueryParameters) throws {
        self.init()
        namePart = query["query"]
        origin = try query.choice("origin", of: ItemOrigin.self)
        projectID = try query.uuid("project_id").map(ProjectID.init(uuid:))
        isDeleted = try query.bool("deleted") ?? false
    }
}

extension OperatorItemKind {
    init(_ kind: ItemKind) {
        switch kind {
        case .evaluator: self = .evaluator
        case .judge: self = .judge
        }
    }

    var item: ItemKind {
        switch self {
        case .evaluator: .evaluator
        case .judge: .judge
        }
    }

    /// The project of the one that the path names.
    var place: ProjectPlace {
        switch self {
        case .evaluator: .evaluator("id")
        case .judge: .judge("id")
        }
    }

    var reading: Permission {
        switch self {
        case .evaluator: .evaluatorRead
        case .judge: .judgeRead
        }
    }

    var creation: Permission {
        switch self {
        case .evaluator: .evaluatorCreate
        case .judge: .judgeCreate
        }
    }

    var deletion: Permission {
        switch self {
        case .evaluator: .evaluatorDelete
        case .judge: .judgeDelete
        }
    }

    var execution: Permission {
        switch self {
        case .evaluator: .evaluatorExecute
        case .judge: .judgeExecute
        }
    }
}
