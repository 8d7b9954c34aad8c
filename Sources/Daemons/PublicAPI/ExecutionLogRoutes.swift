internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Queueing
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// How many session or user identifiers are told.
    private static let mostIdentifiers = 30
    /// How many logs are tagged at once, and with how many tags.
    private static let mostTagged = 500
    private static let mostTags = 15

    func addExecutionLogs(to routes: inout ProtectedRoutes) {
        let path = "/v1/execution-logs/"
        routes.on(.get, path, needs: .executionLogRead, in: .any, leaving: .content) { context, principal in
            switch context.query["export"] {
            case nil: try await list(context, principal)
            case "csv": try table(context, principal)
            case let format?:
                throw APIProblem.invalid("export", "“\(format)” is not a valid choice. Use one of: csv.")
            }
        }
        routes.on(.get, path + "session-ids/", needs: .executionLogRead, in: .any) { context, principal in
            .json(
                try await logs.sessionIDs(
                    startingWith: context.query["starts_with"] ?? "", limit: Self.mostIdentifiers, for: principal))
        }
        routes.on(.get, path + "user-ids/", needs: .executionLogRead, in: .any) { context, principal in
            .json(
                try await logs.userIDs(
                    startingWith: context.query["starts_with"] ?? "", limit: Self.mostIdentifiers, for: principal))
        }
        routes.on(.post, path + "set-tags/", needs: .executionLogTag, in: .any) { context, principal in
            let body = try await context.decode(SetTagsRequest.self)
            guard (1...Self.mostTagged).contains(body.logIds.count) else {
                throw APIProblem.invalid("log_ids", "Name 1 to \(Self.mostTagged) logs.")
            }
            let wanted = body.tags ?? []
            guard wanted.count <= Self.mostTags else {
                throw APIProblem.invalid("tags", "A log gets at most \(Self.mostTags) tags.")
            }
            try await tags.replace(
                by: wanted, of: body.logIds.map(ExecutionLogID.init(uuid:)), for: principal)
            return .noContent
        }
        routes.on(.get, path + "{log_id}/", needs: .executionLogRead, in: .any, leaving: .content) {
            context, principal in
            .json(
                try ExecutionLogBody(
                    try await logs.find(context.parameter("log_id"), to: .executionLogRead, for: principal)))
        }
    }

    private func list(_ context: RequestContext, _ principal: Principal) async throws -> Reply {
        let page = try context.pageRequest(order: context.listOrder)
        let includes = ExecutionLogIncludes(context.query)
        let found = try await logs.list(
            try ExecutionLogFilter(context.query, for: principal), including: includes, page, for: principal)
        return context.page(found.items, before: found.previous, behind: found.next) {
            ExecutionLogRow($0, includes: includes)
        }
    }
}

extension ExecutionLogIncludes {
    /// The long fields that `include` names; other names are none of ours and ignored.
    init(_ query: QueryParameters) {
        self = []
        for name in query.list("include") {
            switch name {
            case "llm_output": insert(.llmOutput)
            case "variables": insert(.variables)
            case "evaluation_context": insert(.evaluationContext)
            default: continue
            }
        }
    }
}

extension ExecutionLogFilter {
    /// What the query asks of logs, of those that the caller may read.
    init(_ query: QueryParameters, for principal: Principal) throws {
        self.init()
        reach = principal.reach(.executionLogRead)
        projectID = try query.id("project_id", of: Project.self)
        if let word = query["execution_type"] {
            guard let known = ExecutionType(rawValue: word) else {
                let words = ExecutionType.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIProblem.invalid("execution_type", "“\(word)” is not one of \(words).")
            }
            type = known
        }
        executedItemID = try query.id("executed_item_id", of: Evaluator.self)?.uuid
        judgeID = try query.id("judge_id", of: Judge.self)
        parentID = try query.id("parent_execution_log_id", of: ExecutionLog.self)
        batchID = try query.id("batch_execution_id", of: Batch.self)
        tags = query.list("tags")
        search = query["search"]
        model = query["model"]
        ownerEmail = query["owner_email"]
        sessionID = query["session_id"]
        userID = query["user_id"]
        hasSessionID = try query.bool("has_session_id")
        minimumScore = try query.number("min_score")
        maximumScore = try query.number("max_score")
        minimumCost = try query.cost("min_cost")
        maximumCost = try query.cost("max_cost")
        from = try query.date("date_from")
        to = try query.date("date_to")
        newestPerItem = try query.bool("unique_evaluators") ?? query.bool("unique_skills") ?? false
    }
}

extension QueryParameters {
    /// An amount in US dollars.
    fileprivate func cost(_ name: String) throws -> Money? {
        guard let dollars = try number(name) else { return nil }
        guard let money = Money(dollars: dollars) else { throw APIProblem.invalid(name, "The number is too large.") }
        return money
    }
}
