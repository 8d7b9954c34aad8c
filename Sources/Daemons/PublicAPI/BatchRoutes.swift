internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Queueing
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// How many items come with a batch at first; a batch over a dataset may have more, and says where they are.
    private static let itemsShown = 1000

    func addBatches(to routes: inout ProtectedRoutes) {
        let onceForACall = RouteOptions(isResumable: true)
        routes.on(
            .post, "/v1/batch-executions/", needs: .executionLogRead, in: .any, leaving: .change("batch.create"),
            onceForACall
        ) { context, principal in
            try await start(try await context.decode(BatchExecutionRequest.self), of: nil, context, principal)
        }
        routes.on(
            .post, "/v1/judges/{judge_id}/batch-execute/", needs: .judgeExecute, in: .any,
            leaving: .change("batch.create"),
            onceForACall
        ) {
            context, principal in
            let judge: JudgeID = try context.parameter("judge_id")
            return try await start(
                try await context.decode(BatchExecutionRequest.self), of: judge, context, principal)
        }
        routes.on(.get, "/v1/judges/batch-executions/", needs: .executionLogRead, in: .any) { context, principal in
            let found = try await batches.list(
                try ExecutionBatchFilter(context.query), try context.pageRequest(), for: principal)
            return context.page(found, at: \.keyset) { BatchExecutionBody($0.batch, $0.definition) }
        }
        routes.on(.get, "/v1/judges/batch-executions/{id}/", needs: .executionLogRead, in: .any, leaving: .content) {
            context, principal in
            let id: BatchID = try context.parameter("id")
            let first = try context.query.count("items_from") ?? 0
            let batch = try await batches.find(id, for: principal)
            let items = try await batches.items(of: batch, from: first, limit: Self.itemsShown)
            let next = first + items.count
            let hasMore = items.count == Self.itemsShown && next < batch.batch.counts.total
            return .json(
                BatchExecutionDetailBody(
                    BatchExecutionBody(batch.batch, batch.definition), items: items.map(BatchExecutionItemBody.init),
                    itemsNext: hasMore ? "/v1/judges/batch-executions/\(id)/?items_from=\(next)" : nil))
        }
    }

    private func start(
        _ body: BatchExecutionRequest, of judge: JudgeID?, _ context: RequestContext, _ principal: Principal
    ) async throws -> Reply {
        var draft = try BatchDraft(body, judge: judge)
        draft.callID = context.callID
        let batch = try await batches.start(draft, for: principal, traceParent: context.propagation["traceparent"])
        return .json(BatchExecutionReceipt(batchExecutionID: batch.id.uuid), status: 202)
    }
}

extension BatchDraft {
    /// The most inputs that come with a call.
    private static let mostInputs = 100

    fileprivate init(_ body: BatchExecutionRequest, judge: JudgeID?) throws {
        self.init(
            target: try Self.target(of: body, judge: judge), source: try Self.source(of: body),
            tags: body.tags ?? [], projectID: body.projectId.map(ProjectID.init(uuid:)))
    }

    private static func target(of body: BatchExecutionRequest, judge: JudgeID?) throws -> Target {
        let judge = judge ?? body.judgeId.map(JudgeID.init(uuid:))
        switch (judge, body.evaluatorIds) {
        case (let judge?, nil): return .judge(judge, body.judgeVersionId.map(JudgeVersionID.init(uuid:)))
        case (nil, let evaluators?):
            guard body.judgeVersionId == nil else {
                throw APIProblem.invalid("judge_version_id", "Give it together with a judge.")
            }
            return .evaluators(evaluators.map(EvaluatorID.init(uuid:)))
        case (nil, nil), (.some, .some):
            throw APIProblem.invalid("judge_id", "Give either judge_id or evaluator_ids.")
        }
    }

    private static func source(of body: BatchExecutionRequest) throws -> Source {
        switch (body.inputs, body.datasetId) {
        case (let inputs?, nil):
            guard body.range == nil else {
                throw APIProblem.invalid("range", "Give it together with a dataset.")
            }
            guard (1...mostInputs).contains(inputs.count) else {
                throw APIProblem.invalid("inputs", "Give 1 to \(mostInputs) inputs; more of them go into a dataset.")
            }
            return .inputs(try inputs.enumerated().map { try BatchInput($1, at: $0) })
        case (nil, let dataset?):
            return .dataset(DatasetID(uuid: dataset), try body.range?.places("range"))
        case (nil, nil), (.some, .some):
            throw APIProblem.invalid("inputs", "Give either inputs or dataset_id.")
        }
    }
}

extension BatchInput {
    /// One of the inputs; what is wrong with it is named with its place.
    fileprivate init(_ body: ExecutionRequest, at index: Int) throws {
        do throws(InvalidDefinition) {
            let labels = try ExecutionLabels(body)
            self.init(input: try EvaluationInput(body), sessionID: labels.sessionID, userID: labels.userID)
        } catch {
            throw InvalidDefinition(
                problems: error.problems.map {
                    .init(field: "inputs[\(index)].\($0.field)", message: $0.message)
                })
        }
        guard body.evaluatorVersionId == nil else {
            throw APIProblem.invalid(
                "inputs[\(index)].evaluator_version_id",
                "A batch executes the latest version of its evaluators, or the judge version that it names.")
        }
    }
}

extension ExecutionBatchFilter {
    fileprivate init(_ query: QueryParameters) throws {
        self.init()
        judgeID = try query.id("judge_id", of: Judge.self)
        projectID = try query.id("project_id", of: Project.self)
        from = try query.date("date_from")
        to = try query.date("date_to")
        guard let word = query["status"] else { return }
        guard let known = BatchProgress(rawValue: word) else {
            let words = BatchProgress.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIProblem.invalid("status", "“\(word)” is not one of \(words).")
        }
        progress = known
    }
}

extension QueryParameters {
    /// A number of things.
    fileprivate func count(_ name: String) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let count = Int(text), count >= 0 else {
            throw APIProblem.invalid(name, "Must be a whole number that is not negative.")
        }
        return count
    }
}

extension ExecutionBatch {
    /// Its place in a list of batches.
    fileprivate var keyset: Keyset { Keyset(createdAt: batch.createdAt, id: batch.id.uuid) }
}
