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
    func addExecutionLogs(to routes: inout ProtectedRoutes) {
        routes.on(.get, "/v1/execution-logs/", needs: .executionLogRead) { context, principal in
            let page = try context.pageRequest()
            let includes = try ExecutionLogIncludes(context.query)
            let found = try await logs.list(
                try ExecutionLogFilter(context.query), including: includes, page, for: principal)
            return context.page(found, at: \.keyset) { ExecutionLogRow($0, includes: includes) }
        }
        routes.on(.get, "/v1/execution-logs/{log_id}/", needs: .executionLogRead) { context, principal in
            .json(try ExecutionLogBody(try await logs.find(context.parameter("log_id"), for: principal)))
        }
    }
}

extension ExecutionLogIncludes {
    /// The long fields that `include` names; other names are none of ours and ignored.
    fileprivate init(_ query: QueryParameters) throws {
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
    fileprivate init(_ query: QueryParameters) throws {
        self.init()
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
        newestPerItem = try query.bool("unique_evaluators") ?? false
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
