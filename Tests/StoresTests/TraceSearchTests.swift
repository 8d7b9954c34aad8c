import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

/// Traces are found by what their spans say, at a bounded cost.
@Suite struct TraceSearchTests {
    /// A tenant with 40 traces of two spans; a few have an attribute that the others do not have.
    private func filled(_ world: World) async throws -> (Tenant, [TraceID]) {
        let tenant = try await world.tenant()
        let traces = (0..<40).map { _ in tenant.newTrace() }
        for (index, trace) in traces.enumerated() {
            let value: AttributeValue = index % 13 == 5 ? .string("gold") : .integer(Int64(index))
            try await tenant.store(
                [tenant.span(trace, 1), tenant.span(trace, 2, [TraceAttribute("plan", value)])],
                receivedAt: Date(timeIntervalSinceNow: Double(index) - 100))
        }
        return (tenant, traces)
    }

    private func pages(
        _ tenant: Tenant, _ conditions: [TraceCondition], reach: Int, order: PageRequest.Order = .newestFirst
    ) async throws -> [[TraceID]] {
        let store = TraceStore(database: tenant.world.database, reach: reach)
        var pages: [[TraceID]] = []
        var position = PageRequest.Position.start
        while true {
            let page = try await store.list(
                conditions, in: tenant.organization, page: PageRequest(limit: 2, order: order, position: position))
            pages.append(page.items.map(\.id))
            guard let next = page.next else { return pages }
            position = .after(next)
        }
    }

    @Test func aRareAttributeIsFoundByItsIndex() async throws {
        try await World.run { world in
            let (tenant, traces) = try await filled(world)
            let gold = [traces[31], traces[18], traces[5]]
            let isGold = TraceCondition.attribute(.span, key: "plan", .text(.equals("gold")))
            #expect(try await pages(tenant, [isGold], reach: 3) == [Array(gold[..<2]), [gold[2]]])
            #expect(
                try await pages(tenant, [isGold], reach: 3, order: .oldestFirst).flatMap(\.self) == gold.reversed())
            let several = TraceCondition.attribute(.span, key: "plan", .text(.anyOf(["gold", "7", "none"])))
            #expect(
                try await pages(tenant, [several], reach: 3).flatMap(\.self) == [gold[0], gold[1], traces[7], gold[2]],
                "a number passes as the text that it is written as")
            let number = TraceCondition.attribute(.span, key: "plan", .number(.equal, 4))
            #expect(try await pages(tenant, [number], reach: 3) == [[traces[4]]])
            #expect(
                try await pages(tenant, [number, .spanCount(.greater, 2)], reach: 3) == [[]],
                "the other conditions are asked too")
        }
    }

    /// The index never leaves out what the condition finds, also where the attribute is no text.
    @Test(arguments: ["9007199254740993", "[1, 2]", "true", "1.50"])
    func theTextOfAnyValueIsLookedForByTheIndexToo(_ text: String) async throws {
        try await World.run { world in
            let condition = TraceCondition.attribute(.span, key: "plan", .text(.equals(text)))
            let indexed = try #require(TraceConditionQuery.indexed(condition))
            let rows = try await world.database.query(
                """
                SELECT s.attributes ->> 'plan' = \(text) AS is_same, \(fragment: indexed) AS is_found
                FROM (SELECT jsonb_build_object('plan', \(text)::jsonb) AS attributes) AS s
                """)
            let row = try #require(rows.first)
            #expect(try row.decode("is_same", as: Bool.self) && row.decode("is_found", as: Bool.self))
        }
    }

    @Test func whatHasNoIndexIsLookedForAsFarAsAPageMayTake() async throws {
        try await World.run { world in
            let (tenant, traces) = try await filled(world)
            let old = TraceCondition.attribute(.span, key: "plan", .number(.less, 2))
            let found = try await pages(tenant, [old], reach: 1)
            #expect(found.count > 1 && found[0].isEmpty, "the first page has looked at twenty traces")
            #expect(found.flatMap(\.self) == [traces[1], traces[0]])
            #expect(try await pages(tenant, [old], reach: 10).flatMap(\.self) == [traces[1], traces[0]])
        }
    }

    @Test func theIndexOfAttributesIsUsed() async throws {
        try await World.run { world in
            let (tenant, _) = try await filled(world)
            let condition = TraceCondition.attribute(.span, key: "plan", .text(.equals("gold")))
            let indexed = try #require(TraceConditionQuery.indexed(condition))
            let plan = try await world.database.transaction { connection in
                // The table is so small that it would be read as a whole.
                try await connection.execute("SET LOCAL enable_seqscan = off")
                return try await connection.query(
                    "EXPLAIN \(fragment: TraceStore.tracesOfSpans(indexed, in: tenant.organization))")
            }
            let lines = try plan.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
            #expect(lines.contains("attributes_idx"), "\(lines)")
        }
    }

    @Test func aFilterForOldTracesTooIsGivenThoseOfTheLastMonth() async throws {
        try await World.run { world in
            let (tenant, traces) = try await filled(world)
            let ancient = tenant.newTrace()
            try await tenant.store([tenant.span(ancient, 1)], receivedAt: Date(timeIntervalSinceNow: -40 * 86_400))
            let store = EvaluationFilterStore(database: world.database)
            let candidates = TraceCandidateStore(database: world.database)
            func make(newOnly: Bool) async throws -> EvaluationFilter {
                let moment = Date()
                let filter = EvaluationFilter(
                    id: world.identifiers.next(), organizationID: tenant.organization, ownerID: tenant.owner.id,
                    content: EvaluationFilter.Content(
                        name: "Filter", target: .evaluator(world.identifiers.next()), criteria: OpaqueJSON(text: "{}"),
                        extractorRules: OpaqueJSON(text: "[]"), samplingRate: 1, delaySeconds: 0,
                        appliesToNewOnly: newOnly, isActive: true), createdAt: moment, updatedAt: moment)
                #expect(try await store.create(filter))
                return filter
            }
            let plain = try await make(newOnly: true)
            let looking = try await make(newOnly: false)
            func count(_ filter: EvaluationFilter) async throws -> Int? {
                try await candidates.counts(in: tenant.organization)[filter.id]?[.settling]
            }
            #expect(try await count(plain) == nil)
            #expect(try await count(looking) == traces.count)
            // Once it is for old ones too, it is given them; and the same again changes nothing.
            var content = plain.content
            content.appliesToNewOnly = false
            for _ in 0..<2 {
                let changed = EvaluationFilter(
                    id: plain.id, organizationID: plain.organizationID, ownerID: plain.ownerID, content: content,
                    createdAt: plain.createdAt, updatedAt: Date())
                #expect(try await store.update(changed))
                #expect(try await count(plain) == traces.count)
            }
        }
    }
}
