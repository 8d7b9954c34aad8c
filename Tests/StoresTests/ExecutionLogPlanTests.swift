import FoundationEssentials
import Postgres
import Queueing
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

/// With a hundred thousand logs of several organisations, no list reads a whole table.
@Suite struct ExecutionLogPlanTests {
    private static let filled = Task { try await fill() }
    /// One that was executed within a judge.
    private static let (item, judge) = (
        UUID(uuidString: "cabf67b0-be34-694c-d96a-9ec1c0ef766e"),  // md5('item1')
        UUID(uuidString: "9801133a-9a5e-b052-a4f5-88f44a86936d")  // md5('judge1')
    )

    /// An organisation with 80,000 logs beside others with 20,000 together, spread over the last two months.
    private static func fill() async throws -> OrganizationID {
        let organization = OrganizationID(uuid: UUID())
        try await World.run { world in
            // In pieces: on a busy machine all at once takes longer than a statement may.
            for start in stride(from: 1, to: 100_000, by: 10_000) {
                try await world.database.execute(
                    """
                    INSERT INTO execution_logs (id, created_at, organization_id, project_id, type, executed_item_id, \
                    executed_item_name, owner_id, parent_id, judge_id, session_id, user_id, tags, score, model, \
                    cost_nano_dollars, request_id, request_preview, response_preview, request, response, contexts)
                    SELECT gen_random_uuid(), date_trunc('month', now()) - interval '15 days' + n * interval '10 seconds',
                        CASE WHEN n % 5 = 0 THEN gen_random_uuid() ELSE \(organization) END,
                        md5('project' || n % 4)::uuid, CASE WHEN n % 3 = 0 THEN 'judge' ELSE 'evaluator' END,
                        md5('item' || n % 50)::uuid, 'Item ' || n % 50, md5('owner' || n % 3)::uuid,
                        CASE WHEN n % 3 = 1 THEN md5('parent' || n / 3)::uuid END,
                        CASE WHEN n % 3 < 2 THEN md5('judge' || n % 20)::uuid END,
                        CASE WHEN n % 2 = 0 THEN 'session ' || n % 1000 END,
                        CASE WHEN n % 7 = 0 THEN 'user ' || n % 300 END,
                        CASE WHEN n % 10 = 0 THEN ARRAY['tag ' || n % 100] ELSE '{}' END,
                        (n % 100) / 100.0, 'gpt', n, '', 'question', 'answer', 'question', 'answer', '{}'
                    FROM generate_series(\(start), \(start + 9999)) AS n
                    """)
            }
            try await world.database.execute("ANALYZE execution_logs, executed_items")
        }
        return organization
    }

    private func plan(_ edit: (inout ExecutionLogFilter) -> Void = { _ in }) async throws -> String {
        let organization = try await Self.filled.value
        var filter = ExecutionLogFilter()
        edit(&filter)
        let place = Keyset(createdAt: Date().addingTimeInterval(60), id: UUID())
        let wanted = filter
        return try await explain { _ in
            let walk = SearchWalk(wanted, nil, organization, .newestFirst, now: Date()).behind(place)
            return ExecutionLogStore.summaries(
                of: walk.matching(limit: 51, reach: 20_000), including: [], walk.order)
        }
    }

    /// The plan by which the few logs that match are found in a window of time.
    private func windowPlan(_ edit: (inout ExecutionLogFilter) -> Void) async throws -> String {
        let organization = try await Self.filled.value
        var filter = ExecutionLogFilter()
        edit(&filter)
        let walk = SearchWalk(filter, nil, organization, .newestFirst, now: Date())
        return try await explain { _ in LogWindows.statement(walk, from: nil, to: nil, limit: LogWindows.most) }
    }

    private func explain(_ statement: @escaping @Sendable (World) -> SQL) async throws -> String {
        try await World.run { world in
            let rows = try await world.database.query("EXPLAIN \(fragment: statement(world))")
            return try rows.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
        }
    }

    /// Whether a partition with many rows in it is read from end to end. An empty one costs nothing either way, and one that
    /// has a few pages, as other tests leave some, costs no less by an index.
    private func readsAWholeTable(_ plan: String) -> Bool {
        plan.split(separator: "\n").contains { $0.contains("Seq Scan on execution_logs") && cost(of: $0) > 100 }
    }

    /// What the planner expects a step to cost, to its end.
    private func cost(of line: Substring) -> Double {
        line.firstMatch(of: #/\.\.(\d+\.\d+) rows/#).flatMap { Double($0.1) } ?? 0
    }

    @Test func theNewestOfAnOrganisationAreReadAlongTheIndex() async throws {
        let plan = try await plan()
        #expect(!readsAWholeTable(plan) && !plan.contains("Bitmap"), "\(plan)")
    }

    @Test(arguments: 0..<10)
    func filteredListsUseAnIndex(number: Int) async throws {
        let plan = try await plan { filter in
            switch number {
            case 0: filter.sessionID = "session 40"
            case 1: filter.userID = "user 14"
            case 2: filter.executedItemID = UUID()
            case 3: filter.judgeID = JudgeID(uuid: UUID())
            case 4: filter.parentID = ExecutionLogID(uuid: UUID())
            case 5: filter.projectID = ProjectID(uuid: UUID())
            case 6: filter.type = .proxy
            case 7: filter.model = "none"
            case 8: filter.ownerEmail = "nobody@example.com"
            default: filter.batchID = BatchID(uuid: UUID())
            }
        }
        #expect(!readsAWholeTable(plan), "\(plan)")
    }

    @Test(arguments: 0..<9)
    func whatFewLogsHaveIsFoundByItsIndex(number: Int) async throws {
        let plan = try await windowPlan { filter in
            switch number {
            case 0: filter.tags = ["tag 31"]
            case 1: filter.minimumScore = 0.999
            case 2: filter.minimumCost = Money(nanoDollars: 99_990)
            case 3: (filter.type, filter.minimumScore) = (.proxy, 0.5)
            case 4: (filter.tags, filter.model) = (["none"], "gpt")
            case 5: (filter.hasSessionID, filter.sessionID) = (false, "session 40")
            case 6: (filter.ownerEmail, filter.minimumScore) = ("nobody@example.com", 0.95)
            case 7: filter.userID = "user 14"
            default: filter.batchID = BatchID(uuid: UUID())
            }
        }
        #expect(!readsAWholeTable(plan), "\(plan)")
    }

    /// The plan of a page of the newest log of each item that is behind `now`, by one of the ways to find them.
    private func newestPlan(
        by way: @escaping @Sendable (ExecutionLogStore) -> (OrganizationID, ExecutionLogFilter) -> SQL,
        _ edit: (inout ExecutionLogFilter) -> Void = { _ in }
    ) async throws -> String {
        let organization = try await Self.filled.value
        var filter = ExecutionLogFilter()
        edit(&filter)
        let wanted = filter
        let place = Keyset(createdAt: Date().addingTimeInterval(60), id: UUID())
        let keyset = KeysetQuery(
            PageRequest(limit: 50, position: .after(place)), createdAt: "l.created_at", id: "l.id")
        return try await explain { world in
            let newest = way(ExecutionLogStore(database: world.database))(organization, wanted)
            return ExecutionLogStore.page(of: newest, including: [], keyset)
        }
    }

    @Test func theNewestOfEachItemIsLookedUpAlongTheIndex() async throws {
        let plan = try await newestPlan(by: ExecutionLogStore.newestOfEachItem)
        #expect(!readsAWholeTable(plan) && !plan.contains("Bitmap Heap Scan on execution_logs"), "\(plan)")
    }

    @Test(arguments: 0..<3)
    func theNewestAmongFewAreFoundByTheirIndex(number: Int) async throws {
        let plan = try await newestPlan(by: ExecutionLogStore.newestAmongMatching) { filter in
            switch number {
            case 0: filter.sessionID = "session 40"
            case 1: filter.tags = ["tag 31"]
            default: filter.minimumScore = 0.999
            }
        }
        #expect(!readsAWholeTable(plan), "\(plan)")
    }

    /// The plan of a page of an operator's search that is behind `now`.
    private func searchPlan(_ edit: (inout ExecutionSearch) -> Void) async throws -> String {
        let organization = try await Self.filled.value
        var search = ExecutionSearch()
        edit(&search)
        let walk = SearchWalk(
            search, KnownNames(), organization, .newestFirst, now: Date()
        ).behind(Keyset(createdAt: Date().addingTimeInterval(60), id: UUID()))
        return try await explain { _ in
            ExecutionSearchStore.page(of: walk.matching(limit: 51, reach: 20_000), walk)
        }
    }

    @Test(arguments: 0..<7)
    func searchesWalkAlongAnIndexInOrder(number: Int) async throws {
        let plan = try await searchPlan { search in
            switch number {
            case 0: search.leavesOutParts = true
            case 1: search.sessionID = "session 40"
            case 2: search.userID = "user 14"
            case 3: search.itemID = UUID()
            case 4: search.judgeID = JudgeID(uuid: UUID())
            case 5: search.projectID = ProjectID(uuid: UUID())
            default: search.tags = ["tag 30"]
            }
        }
        // Sorting would mean that all that match are read first.
        #expect(!readsAWholeTable(plan) && !plan.contains("Bitmap"), "\(plan)")
    }

    @Test(arguments: 0..<6)
    func whatTheIndexTellsIsNotReadToBeLeftOut(number: Int) async throws {
        let told = ["score <=", "score >=", "cost_nano_dollars >=", "judge_id =", "score <=", "cost_nano_dollars <="]
        let item = try #require(Self.item)
        let judge = JudgeID(uuid: try #require(Self.judge))
        let plan = try await windowPlan { filter in
            switch number {
            case 0: (filter.executedItemID, filter.maximumScore) = (item, 0.01)
            case 1: (filter.judgeID, filter.minimumScore) = (judge, 0.98)
            case 2: (filter.maximumScore, filter.minimumCost) = (0.3, Money(nanoDollars: 99_000))
            case 3: (filter.judgeID, filter.executedItemID) = (judge, item)
            case 4: (filter.model, filter.maximumScore) = ("gpt", 0.01)
            default: (filter.maximumScore, filter.maximumCost) = (0.01, Money(nanoDollars: 50_000))
            }
        }
        // Of the partition that is filled here: of the few logs that other tests leave in others it does not matter.
        let lines = plan.split(separator: "\n")
        let conditions = zip(lines, lines.dropFirst()).filter { $1.contains("Index Cond:") && cost(of: $0) > 50 }.map(
            \.1)
        #expect(!conditions.isEmpty && conditions.allSatisfy { $0.contains(told[number]) }, "\(plan)")
    }

    @Test func aLookUpByIdentifierTouchesOnePartition() async throws {
        let identifiers = IdentifierSource { Date() }
        let (id, _) = identifiers.nextDated(ExecutionLog.self)
        let organization = try await Self.filled.value
        let plan = try await explain { _ in ExecutionLogStore.finding(id, in: organization) }
        let partitions = Set(
            plan.split(whereSeparator: { $0 == " " || $0 == "\n" }).filter { word in
                word.hasPrefix("execution_logs_2") && !word.contains("idx") && !word.contains("pkey")
            })
        // Around midnight at the end of a month the range of an hour covers two.
        #expect(!partitions.isEmpty && partitions.count <= 2, "\(plan)")
        #expect(!readsAWholeTable(plan), "\(plan)")
    }

    @Test func sessionIdentifiersAreFoundWithoutReadingEveryRow() async throws {
        let organization = try await Self.filled.value
        try await World.run { world in
            let found = try await ExecutionLogStore(database: world.database).sessionIDs(
                startingWith: "session 1", in: organization, limit: 30)
            #expect(found.count == 30 && found == found.sorted())
        }
        let plan = try await explain { _ in
            ExecutionLogStore.distinctValues(of: "session_id", startingWith: "session 1", in: organization, limit: 30)
        }
        #expect(!readsAWholeTable(plan), "\(plan)")
    }
}
