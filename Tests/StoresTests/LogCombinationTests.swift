import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

/// Whatever is asked together: the pages of a list are the logs that a look at each of them would find, once each.
@Suite struct LogCombinationTests {
    private static let filled = Task { try await World.run { try await fill($0) } }

    /// A tenant with 3000 logs over 250 days whose facts have nothing to do with each other, and a tag that is only in the
    /// first days of it, one that is now and then, and one that comes in bursts far apart.
    private static func fill(_ world: World) async throws -> Tenant {
        let tenant = try await world.tenant()
        try await world.database.execute(
            """
            SELECT count(ensure_execution_log_partition(now() - n * interval '20 days')) FROM generate_series(0, 13) n
            """)
        try await world.database.execute(
            """
            INSERT INTO execution_logs (id, created_at, organization_id, project_id, type, executed_item_id, \
            executed_item_name, owner_id, judge_id, session_id, tags, score, cost_nano_dollars, model, request_id, \
            request_preview, response_preview, contexts)
            SELECT gen_random_uuid(), now() - n * interval '2 hours', \(tenant.organization), md5('project' || n % 2)::uuid,
                CASE WHEN n % 11 = 0 THEN 'judge' ELSE 'evaluator' END, md5('item' || n % 5)::uuid, 'Item ' || n % 5,
                \(tenant.owner.id), md5('judge' || n % 7)::uuid, CASE WHEN n % 3 = 0 THEN 'session ' || n % 13 END,
                array_remove(ARRAY[CASE WHEN n % 4 = 0 THEN 'usual' END, CASE WHEN n > 2900 THEN 'early' END,
                    CASE WHEN n % 97 = 0 THEN 'seldom' END, CASE WHEN n % 600 < 20 THEN 'burst' END,
                    CASE WHEN n BETWEEN 1000 AND 1100 THEN 'spring' END], NULL),
                (n * 37 % 1000) / 1000.0, n * 91 % 1000, 'model ' || n % 3, '', '', '', '{}'
            FROM generate_series(1, 3000) n
            """)
        return tenant
    }

    private static let combinations: [(SQL, @Sendable (inout ExecutionLogFilter) -> Void)] = [
        ("'early' = ANY (tags)", { $0.tags = ["early"] }),
        ("'seldom' = ANY (tags)", { $0.tags = ["seldom"] }),
        ("'burst' = ANY (tags)", { $0.tags = ["burst"] }),
        ("tags @> '{usual,early}'", { $0.tags = ["usual", "early"] }),
        ("tags @> '{burst,seldom}'", { $0.tags = ["burst", "seldom"] }),
        ("tags @> '{spring,early}'", { $0.tags = ["spring", "early"] }),
        ("'usual' = ANY (tags) AND score <= 0.05", { ($0.tags, $0.maximumScore) = (["usual"], 0.05) }),
        (
            "'spring' = ANY (tags) AND session_id IS NULL AND model = 'model 1'",
            { ($0.tags, $0.hasSessionID, $0.model) = (["spring"], false, "model 1") }
        ),
        (
            "executed_item_id = md5('item3')::uuid AND score <= 0.02",
            { ($0.executedItemID, $0.maximumScore) = (item3, 0.02) }
        ),
        (
            "executed_item_id = md5('item3')::uuid AND judge_id = md5('judge2')::uuid AND cost_nano_dollars >= 900",
            {
                ($0.executedItemID, $0.judgeID) = (item3, judge2)
                $0.minimumCost = Money(nanoDollars: 900)
            }
        ),
        ("judge_id = md5('judge2')::uuid AND score >= 0.97", { ($0.judgeID, $0.minimumScore) = (judge2, 0.97) }),
        (
            "score >= 0.9 AND cost_nano_dollars <= 30",
            { ($0.minimumScore, $0.maximumCost) = (0.9, Money(nanoDollars: 30)) }
        ),
        (
            "score BETWEEN 0.4 AND 0.41 AND model = 'model 2'",
            { ($0.minimumScore, $0.maximumScore, $0.model) = (0.4, 0.41, "model 2") }
        ),
        (
            "type = 'judge' AND cost_nano_dollars >= 950",
            { ($0.type, $0.minimumCost) = (.judge, Money(nanoDollars: 950)) }
        ),
        ("executed_item_name = 'Item 4' AND score <= 0.03", { ($0.search, $0.maximumScore) = ("item 4", 0.03) }),
    ]
    // md5('item3') and md5('judge2').
    private static let item3 = UUID(uuidString: "a49874f2-6f83-2072-07ef-527c116a4c2c")
    private static let judge2 = UUID(uuidString: "1256db16-c9c3-ee2f-9463-fe547433950d").map(JudgeID.init(uuid:))

    private func expected(_ tenant: Tenant, _ condition: SQL, _ way: SQL) async throws -> [UUID] {
        let rows = try await tenant.world.database.query(
            """
            SELECT id FROM execution_logs WHERE organization_id = \(tenant.organization) AND \(fragment: condition)
            ORDER BY created_at \(fragment: way), id \(fragment: way)
            """)
        return try rows.map { try $0.decode(0) }
    }

    private func listed(
        _ tenant: Tenant, _ filter: ExecutionLogFilter, _ order: PageRequest.Order, limit: Int = 12
    ) async throws -> [UUID] {
        let store = ExecutionLogStore(database: tenant.world.database, reach: 60)
        var found: [UUID] = []
        var position = PageRequest.Position.start
        while true {
            let page = try await store.list(
                in: tenant.organization, filter, page: PageRequest(limit: limit, order: order, position: position))
            found += page.items.map(\.id.uuid)
            guard let next = page.next else { return found }
            #expect(!page.items.isEmpty, "clients take an empty page for the end")
            position = .after(next)
        }
    }

    @Test(arguments: combinations.indices)
    func pagesAreThoseOfALookAtEachLog(number: Int) async throws {
        let tenant = try await Self.filled.value
        let (condition, edit) = Self.combinations[number]
        var filter = ExecutionLogFilter()
        edit(&filter)
        let wanted = filter
        try await World.run { _ in
            for (order, way) in [(.newestFirst, "DESC"), (.oldestFirst, "ASC")] as [(PageRequest.Order, SQL)] {
                let expected = try await expected(tenant, condition, way)
                #expect(try await listed(tenant, wanted, order) == expected, "\(condition.text)")
            }
        }
    }

    @Test func searchesOfOperatorsFindTheSame() async throws {
        let tenant = try await Self.filled.value
        try await World.run { world in
            let store = ExecutionSearchStore(database: world.database, reach: 60)
            func found(_ edit: (inout ExecutionSearch) -> Void) async throws -> [UUID] {
                var search = ExecutionSearch()
                edit(&search)
                var found: [UUID] = []
                var place: Keyset?
                repeat {
                    let page = try await store.find(
                        search, in: tenant.organization, .oldestFirst, behind: place, limit: 12)
                    found += page.items.map(\.id.uuid)
                    place = page.next
                } while place != nil
                return found
            }
            let bursts = try await found { $0.tags = ["burst"] }
            #expect(try await bursts == expected(tenant, "'burst' = ANY (tags)", "ASC"))
            let usual = try await found { ($0.tags, $0.failed) = (["burst", "usual"], false) }
            #expect(try await usual == expected(tenant, "tags @> '{burst,usual}'", "ASC"))
            let judged = try await found {
                ($0.itemID, $0.judgeID, $0.maximumScore) = (Self.item3, Self.judge2, 0.1)
            }
            let condition: SQL =
                "executed_item_id = md5('item3')::uuid AND judge_id = md5('judge2')::uuid AND score <= 0.1"
            #expect(!judged.isEmpty)
            #expect(try await judged == expected(tenant, condition, "ASC"))
        }
    }

    @Test(arguments: combinations.indices)
    func pagesOfTheNewestOfEachItemAreThoseOfALookAtEachLog(number: Int) async throws {
        let tenant = try await Self.filled.value
        let (condition, edit) = Self.combinations[number]
        var filter = ExecutionLogFilter()
        edit(&filter)
        filter.newestPerItem = true
        let wanted = filter
        try await World.run { world in
            let rows = try await world.database.query(
                """
                SELECT id FROM (SELECT DISTINCT ON (executed_item_id) id, created_at FROM execution_logs
                    WHERE organization_id = \(tenant.organization) AND \(fragment: condition)
                    ORDER BY executed_item_id, created_at DESC) AS l ORDER BY created_at DESC
                """)
            let expected = try rows.map { try $0.decode(0, as: UUID.self) }
            for limit in [2, 5] {
                let listed = try await listed(tenant, wanted, .newestFirst, limit: limit)
                #expect(listed == expected, "\(condition.text), \(limit) a page")
            }
        }
    }
}
