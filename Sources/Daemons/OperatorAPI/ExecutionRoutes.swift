internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

/// What the internal API serves of executions.
package struct ExecutionRoutes: Sendable {
    private let logs: ExecutionLogs
    private let tags: ExecutionTags
    private let reruns: Reruns
    private let projects: Projects
    private let feed: EventFeed
    /// How long executing again may take.
    private let executionTimeout: Duration

    /// How many rows a page has without being asked, and at most.
    private static let pageSize = 50
    private static let largestPage = 100

    package init(
        logs: ExecutionLogs, tags: ExecutionTags, reruns: Reruns, projects: Projects, feed: EventFeed,
        executionTimeout: Duration
    ) {
        self.logs = logs
        self.tags = tags
        self.reruns = reruns
        self.projects = projects
        self.feed = feed
        self.executionTimeout = executionTimeout
    }

    func add(to routes: inout ProtectedRoutes) {
        let path = OperatorExecutionPage.path
        routes.on(.get, path, needs: .executionLogList, in: .any) { context, principal in
            .json(try await page(context, principal))
        }
        routes.on(.get, path + "/{id}", needs: .executionLogList, in: .any, leaving: .content) { context, principal in
            let details = try await logs.find(context.parameter("id"), to: .executionLogList, for: principal)
            let project = try await projects.name(of: details.log.projectID, for: principal)
            let origin = try await logs.origin(of: details.log.id, for: principal)
            return .json(OperatorExecutionDetail(details, projectName: project, origin: origin, for: principal))
        }
        routes.on(.get, path + "/{id}/related", needs: .executionLogList, in: .any) { context, principal in
            let found = try await logs.related(to: context.parameter("id"), for: principal)
            var groups: [OperatorExecutionRelated.Group] = []
            for related in found {
                groups.append(
                    OperatorExecutionRelated.Group(related, executions: try await named(related.items, principal)))
            }
            return .json(OperatorExecutionRelated(groups: groups))
        }
        routes.on(.post, path + "/{id}/tags", needs: .executionLogTag, in: .any) { context, principal in
            let change = try await context.decode(OperatorTagChange.self)
            let now = try await tags.change(
                context.parameter("id"), adding: change.add, removing: change.remove, for: principal)
            return .json(OperatorTags(tags: now))
        }
        routes.on(.post, path + "/{id}/run-again", needs: .executionLogRead, in: .any, leaving: .nothing) {
            context, principal in
            let body = try await context.decode(OperatorRunAgain.self)
            let receipt = try await reruns.runAgain(
                context.parameter("id"), sameVersion: body.version == .same, as: principal,
                CallContext(context, timeout: executionTimeout))
            let result = OperatorRunAgainResult(
                executionID: receipt.executionLogID.uuid, score: receipt.score?.value,
                failure: receipt.failure.map { OperatorFailure($0, hidesContent: false) })
            return .json(result, status: 201)
        }
    }

    private func page(_ context: RequestContext, _ principal: Principal) async throws -> OperatorExecutionPage {
        let search = try ExecutionSearch(context.query)
        let order = try context.query.choice("order", of: OperatorExecutionOrder.self) ?? .newest
        let limit = try context.query.int("page_size", clampedTo: 1...Self.largestPage) ?? Self.pageSize
        // Asked for before the rows are read: a stream opened after it misses nothing.
        let position = feed.position
        if let rank = ExecutionRank(order) {
            let ranked = try await logs.rank(search, by: rank, limit: limit, for: principal)
            return OperatorExecutionPage(
                results: try await named(ranked.items, principal), next: nil, eventsThrough: position?.description,
                ranking: OperatorExecutionPage.Ranking(count: ranked.count, from: ranked.from, isCut: ranked.isCut))
        }
        let place = try context.query["cursor"].map { text in
            guard let cursor = Cursor(text), cursor.direction == .after else {
                throw APIProblem.invalid("cursor", "Not the cursor of a page of this list.")
            }
            return cursor.keyset
        }
        let found = try await logs.search(
            search, order == .oldest ? .oldestFirst : .newestFirst, behind: place, limit: limit, for: principal)
        return OperatorExecutionPage(
            results: try await named(found.items, principal), next: found.next.map { Cursor(.after, $0).token },
            eventsThrough: position?.description, searchedThrough: found.searchedThrough)
    }

    private func named(
        _ logs: [ExecutionLogSummary], _ principal: Principal
    ) async throws -> [OperatorExecutionRow] {
        var rows: [OperatorExecutionRow] = []
        for log in logs {
            rows.append(
                OperatorExecutionRow(log, projectName: try await projects.name(of: log.projectID, for: principal)))
        }
        return rows
    }
}

extension ExecutionSearch {
    fileprivate init(_ query: QueryParameters) throws {
        do throws(OperatorInvalidParameter) {
            try self.init(OperatorExecutionFilter(parameters: query.pairs.map { ($0.name, $0.value) }))
        } catch {
            throw APIProblem.invalid(error.name, "Must be \(error.expected).")
        }
    }
}

extension ExecutionRank {
    /// `nil` for the orders of time.
    fileprivate init?(_ order: OperatorExecutionOrder) {
        switch order {
        case .newest, .oldest: return nil
        case .highestScore: self = .highestScore
        case .lowestScore: self = .lowestScore
        case .slowest: self = .slowest
        case .fastest: self = .fastest
        case .mostExpensive: self = .mostExpensive
        case .cheapest: self = .cheapest
        }
    }
}
