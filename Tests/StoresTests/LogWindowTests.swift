import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

/// Few logs among many are found by other indexes than the times', and are the same that a look at every log would find.
@Suite struct LogWindowTests {
    /// A tenant with 3000 logs over a year: half of them within one day, others far apart.
    private func filled(_ world: World) async throws -> Tenant {
        let tenant = try await world.tenant()
        try await world.database.execute(
            """
            SELECT count(ensure_execution_log_partition(now() - n * interval '20 days')) FROM generate_series(0, 19) n
            """)
        try await world.database.execute(
            """
            INSERT INTO execution_logs (id, created_at, organization_id, project_id, type, executed_item_id, \
            executed_item_name, owner_id, tags, score, model, request_id, request_preview, response_preview, contexts)
            SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN now() - interval '200 days' + n * interval '20 seconds'
                ELSE now() - n * interval '150 minutes' END, \(tenant.organization), \(tenant.project),
                CASE WHEN n % 100 = 7 THEN 'proxy' ELSE 'evaluator' END, md5('item' || n % 5)::uuid, 'Item ' || n % 5,
                \(tenant.owner.id), CASE WHEN n % 2 = 0 THEN ARRAY['old', 'tag ' || n % 20] ELSE '{}' END,
                CASE WHEN n % 100 <> 7 THEN (n % 1000) / 1000.0 END, 'model ' || n % 3, '', '', '', '{}'
            FROM generate_series(1, 3000) n
            """)
        return tenant
    }

    private func all(_ tenant: Tenant, _ condition: SQL, _ order: SQL) async throws -> [UUID] {
        let rows = try await tenant.world.database.query(
            """
            SELECT l.id FROM execution_logs l WHERE l.organization_id = \(tenant.organization)
            AND \(fragment: condition) ORDER BY l.created_at \(fragment: order), l.id \(fragment: order)
            """)
        return try rows.map { try $0.decode(0) }
    }

    private func listed(
        _ tenant: Tenant, _ order: PageRequest.Order, _ edit: (inout ExecutionLogFilter) -> Void
    ) async throws -> [UUID] {
        let store = ExecutionLogStore(database: tenant.world.database, reach: 100)
        var filter = ExecutionLogFilter()
        edit(&filter)
        var found: [UUID] = []
        var position = PageRequest.Position.start
        while true {
            let page = try await store.list(
                in: tenant.organization, filter, page: PageRequest(limit: 90, order: order, position: position))
            found += page.items.map(\.id.uuid)
            guard let next = page.next else { return found }
            #expect(!page.items.isEmpty, "clients take an empty page for the end")
            position = .after(next)
        }
    }

    @Test(arguments: [PageRequest.Order.newestFirst, .oldestFirst])
    func pagesAreThoseOfALookAtEveryLog(order: PageRequest.Order) async throws {
        try await World.run { world in
            let tenant = try await filled(world)
            let way: SQL = order == .newestFirst ? "DESC" : "ASC"
            // Of each tenth, and far more than one window holds.
            #expect(try await listed(tenant, order) { $0.tags = ["old"] } == all(tenant, "'old' = ANY (tags)", way))
            #expect(
                try await listed(tenant, order) { $0.tags = ["old", "tag 4"] }
                    == all(tenant, "'tag 4' = ANY (tags)", way))
            #expect(
                try await listed(tenant, order) { $0.maximumScore = 0.004 } == all(tenant, "score <= 0.004", way))
            #expect(
                try await listed(tenant, order) {
                    $0.minimumScore = 0.9
                    $0.model = "model 2"
                    $0.tags = ["tag 18"]
                } == all(tenant, "score >= 0.9 AND model = 'model 2' AND 'tag 18' = ANY (tags)", way))
            #expect(
                try await listed(tenant, order) {
                    $0.type = .proxy
                    $0.minimumScore = 0
                }.isEmpty, "what each has no other one has")
        }
    }

    @Test func whatWasNeverExecutedSoIsNotLookedFor() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let item = ExecutedItem(id: UUID(), versionID: UUID(), name: "Answer relevance")
            let log = tenant.log(item: item)
            let unsaved = tenant.log(type: .proxy, item: ExecutedItem(id: nil, versionID: nil, name: "gpt-relevant"))
            try await tenant.write(
                log, tenant.log(item: ExecutedItem(id: UUID(), versionID: nil, name: "Other")), unsaved)
            let store = ExecutionLogStore(database: world.database)
            func found(_ edit: (inout ExecutionLogFilter) -> Void) async throws -> Set<ExecutionLogID> {
                var filter = ExecutionLogFilter()
                edit(&filter)
                return Set(
                    try await store.list(in: tenant.organization, filter, page: .firstHundred).items.map(\.id))
            }
            #expect(try await found { $0.search = "RELEVAN" } == [log.id, unsaved.id])
            #expect(try await found { $0.search = "relevance" } == [log.id])
            #expect(try await found { $0.search = "100%" }.isEmpty)
            #expect(
                try await found {
                    $0.search = "relevan"
                    $0.type = .proxy
                } == [unsaved.id])
            #expect(
                try await found {
                    $0.executedItemID = item.id
                    $0.type = .judge
                }.isEmpty)
            let rows = try await world.database.query(
                "SELECT count(*) FROM executed_items WHERE organization_id = \(tenant.organization)")
            try await tenant.write(tenant.log(item: item))
            let again = try await world.database.query(
                "SELECT count(*) FROM executed_items WHERE organization_id = \(tenant.organization)")
            #expect(try rows.first?.decode(0, as: Int.self) == 3 && again.first?.decode(0, as: Int.self) == 3)
        }
    }

    @Test func theNewestOfEachItemIsFoundAmongFewAsAmongMany() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let items = (0..<3).map { ExecutedItem(id: UUID(), versionID: nil, name: "Item \($0)") }
            var logs: [ExecutionLog] = []
            for number in 0..<60 {
                let log = tenant.log(
                    item: items[number % 3],
                    labels: ExecutionLabels(tags: number == 4 || number == 7 || number == 11 ? ["rare"] : []),
                    outcome: ExecutionOutcome(score: try Score(0.5)))
                logs.append(log)
                try await tenant.write(log)
            }
            let store = ExecutionLogStore(database: world.database)
            func found(_ edit: (inout ExecutionLogFilter) -> Void) async throws -> [ExecutionLogID] {
                var filter = ExecutionLogFilter()
                filter.newestPerItem = true
                edit(&filter)
                return try await store.list(in: tenant.organization, filter, page: .firstHundred).items.map(\.id)
            }
            #expect(try await found { $0.tags = ["rare"] } == [logs[11].id, logs[7].id])
            #expect(try await found { $0.minimumScore = 0.4 } == [logs[59].id, logs[58].id, logs[57].id])
            #expect(try await found { $0.search = "item 1" } == [logs[58].id])
            #expect(try await found { $0.type = .judge }.isEmpty)
        }
    }
}
