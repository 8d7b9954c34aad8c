internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension LabelRoutes {
    func addDatasetItems(to routes: inout ProtectedRoutes) {
        let path = OperatorDataset.path + "/{id}/items"
        routes.on(.get, path, needs: .datasetRead, in: .dataset("id"), leaving: .content) { context, principal in
            let found = try await datasets.items(
                of: context.parameter("id"), withArchived: try context.query.bool("is_archived") ?? false,
                try context.pageRequest(defaultSize: 100, order: .oldestFirst), for: principal)
            return .json(
                OperatorDatasetItemPage(
                    results: try await bodies(of: found.items, principal),
                    next: found.nextCursor { Keyset(createdAt: $0.createdAt, id: $0.id.uuid) }))
        }
        routes.on(.post, path, needs: .datasetUpdate, in: .dataset("id")) { context, principal in
            let draft = try await context.decode(OperatorDatasetItemDraft.self)
            guard !draft.request.isEmpty || !draft.response.isEmpty else {
                throw APIProblem.invalid("request", "An item needs a request or a response.")
            }
            let content = DatasetItemContent(
                request: draft.request, response: draft.response, expectedOutput: draft.expectedOutput)
            let added = try await datasets.add([content], to: context.parameter("id"), for: principal)
            return .json(try await bodies(of: added, principal)[0], status: 201)
        }
        routes.on(.get, path + "/{item}/versions", needs: .datasetRead, in: .dataset("id"), leaving: .content) {
            context, principal in
            let versions = try await datasets.versions(
                of: context.parameter("item"), in: context.parameter("id"), for: principal)
            return .json(
                OperatorDatasetItemPage(results: try await bodies(of: versions, principal), next: nil))
        }
        routes.on(.patch, path + "/{item}", needs: .datasetUpdate, in: .dataset("id")) { context, principal in
            let change = try await context.decode(OperatorDatasetItemChange.self)
            let revised = try await datasets.revise(
                context.parameter("item"), of: context.parameter("id"), for: principal
            ) { $0.changed(by: change) }
            return .json(try await bodies(of: [revised], principal)[0])
        }
        routes.on(.delete, path + "/{item}", needs: .datasetUpdate, in: .dataset("id")) { context, principal in
            try await datasets.archive(context.parameter("item"), of: context.parameter("id"), for: principal)
            return .noContent
        }
        routes.on(
            .post, OperatorDataset.path + "/{id}/executions", needs: .datasetUpdate, in: .dataset("id")
        ) { context, principal in
            try principal.requireAnywhere(.executionLogRead)
            let id = try await context.decode(OperatorExecutionAsItem.self).executionID
            let log = try await logs.find(ExecutionLogID(uuid: id), to: .executionLogRead, for: principal).log
            let added = try await datasets.add(
                [DatasetItemContent(log)], to: context.parameter("id"), for: principal)
            return .json(try await bodies(of: added, principal)[0], status: 201)
        }
        routes.on(
            .get, OperatorDataset.path + "/{id}/labelling", needs: .annotationCreate, in: .dataset("id"),
            leaving: .content
        ) { context, principal in
            guard let scale = try context.query.uuid("scale") else {
                throw APIProblem.invalid("scale", "This field is required.")
            }
            let behind = try context.query.int("behind", clampedTo: 0...Int(Int32.max))
            let found = try await datasets.labelling(
                of: context.parameter("id"), on: ScoreConfigID(uuid: scale), behind: behind.map { $0 - 1 },
                limit: try context.query.int("limit", clampedTo: 1...50) ?? 10, for: principal)
            return .json(
                OperatorLabelling(
                    items: try await bodies(of: found.items, principal), total: found.total, done: found.done))
        }
    }

    func bodies(of items: [DatasetItem], _ principal: Principal) async throws -> [OperatorDatasetItem] {
        let labels = try await annotations.published(of: items, for: principal)
        return items.map { OperatorDatasetItem($0, labels: labels[$0.externalID] ?? []) }
    }
}

extension DatasetItemContent {
    /// What an execution was given and what it judged.
    fileprivate init(_ log: ExecutionLog) {
        let input = log.input
        self.init(
            request: input.request ?? "", response: input.response ?? "", turns: input.turns,
            contexts: input.contexts, expectedOutput: input.expectedOutput ?? "", variables: input.variables,
            changeNote: "From execution \(log.id)")
    }

    fileprivate func changed(by change: OperatorDatasetItemChange) -> DatasetItemContent {
        var content = self
        if let request = change.request { content.request = request }
        if let response = change.response { content.response = response }
        if let expectedOutput = change.expectedOutput { content.expectedOutput = expectedOutput }
        content.changeNote = change.changeNote ?? ""
        return content
    }
}

extension OperatorDatasetItem {
    fileprivate init(_ item: DatasetItem, labels: [Annotation]) {
        let content = item.content
        self.init(
            id: item.id.uuid, externalID: item.externalID.uuid, datasetID: item.datasetID.uuid,
            number: item.position + 1, isLatest: item.isLatest, isArchived: item.isArchived, request: content.request,
            response: content.response,
            conversation: content.turns.map { "\($0.role.rawValue): \($0.content ?? "")" }.joined(separator: "\n"),
            contexts: content.contexts, expectedOutput: content.expectedOutput, variables: content.variables,
            changeNote: content.changeNote, createdAt: item.createdAt, labels: labels.map(OperatorLabel.init))
    }
}
