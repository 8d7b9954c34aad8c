internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension OperatorRoutes {
    func addExecutions(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorExecutionPage.path, needs: .executionLogList) { context, principal in
            let filter: ExecutionLogFilter
            do throws(OperatorExecutionFilter.InvalidParameter) {
                filter = ExecutionLogFilter(
                    try OperatorExecutionFilter(parameters: context.query.pairs.map { ($0.name, $0.value) }))
            } catch {
                throw APIProblem.invalid(error.name, "Must be \(error.expected).")
            }
            // Asked for before the rows are read: a stream opened after it misses nothing.
            let position = feed.position
            let found = try await logs.list(filter, including: [], try context.pageRequest(), for: principal)
            let rows = try await named(found.items, for: principal)
            return .json(
                OperatorExecutionPage(
                    results: rows, next: found.hasNext ? found.items.last.map { Cursor(.after, $0.keyset).token } : nil,
                    eventsThrough: position?.description))
        }
        routes.on(.get, OperatorExecutionPage.path + "/{id}", needs: .executionLogList) { context, principal in
            let details = try await logs.find(context.parameter("id"), for: principal)
            let project = try await projects.name(of: details.log.projectID, for: principal)
            return .json(
                OperatorExecutionDetail(
                    details, projectName: project, hidesContent: !principal.may(.executionLogRead)))
        }
    }

    private func named(
        _ logs: [ExecutionLogSummary], for principal: Principal
    ) async throws -> [OperatorExecutionRow] {
        var rows: [OperatorExecutionRow] = []
        for log in logs {
            rows.append(
                OperatorExecutionRow(log, projectName: try await projects.name(of: log.projectID, for: principal)))
        }
        return rows
    }
}

extension ExecutionLogFilter {
    fileprivate init(_ filter: OperatorExecutionFilter) {
        self.init()
        nameParts = filter.names
        type = filter.type.flatMap(ExecutionType.init(rawValue:))
        // Parts of a judge's execution are shown only where they are asked for.
        leavesOutParts = filter.type != ExecutionType.evaluator.rawValue
        failed = filter.outcome.map { $0 == .failed }
        minimumScore = filter.minimumScore
        maximumScore = filter.maximumScore
        minimumCallDuration = filter.minimumLatencyMilliseconds.map { .milliseconds($0) }
        maximumCallDuration = filter.maximumLatencyMilliseconds.map { .milliseconds($0) }
        minimumCost = filter.minimumCostNanodollars.map(Money.init(nanoDollars:))
        maximumCost = filter.maximumCostNanodollars.map(Money.init(nanoDollars:))
        tags = filter.tags
        sessionID = filter.sessionID
        userID = filter.userID
        modelPart = filter.model
        projectNamePart = filter.project
    }
}
