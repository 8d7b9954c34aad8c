import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

/// Lists of logs of which few match: statements look at a few at a time, and pages are right all the same.
@Suite struct SparseLogListTests {
    /// A tenant with 60 logs, each tenth with a score of 1 and a tag.
    private func filled(_ world: World) async throws -> (Tenant, matching: [ExecutionLogID]) {
        let tenant = try await world.tenant()
        var matching: [ExecutionLogID] = []
        for number in 0..<60 {
            let isOne = number % 10 == 5
            let log = tenant.log(
                labels: ExecutionLabels(tags: isOne ? ["rare"] : []),
                outcome: ExecutionOutcome(score: try Score(isOne ? 1 : 0)))
            if isOne { matching.append(log.id) }
            try await tenant.write(log)
        }
        return (tenant, matching)
    }

    private func pages(
        _ tenant: Tenant, order: PageRequest.Order = .newestFirst, _ edit: (inout ExecutionLogFilter) -> Void
    ) async throws -> [[ExecutionLogID]] {
        let store = ExecutionLogStore(database: tenant.world.database, reach: 7)
        var filter = ExecutionLogFilter()
        edit(&filter)
        var pages: [[ExecutionLogID]] = []
        var position = PageRequest.Position.start
        while true {
            let page = try await store.list(
                in: tenant.organization, filter, page: PageRequest(limit: 2, order: order, position: position))
            pages.append(page.items.map(\.id))
            guard let next = page.next else { return pages }
            #expect(!page.items.isEmpty, "clients take an empty page for the end")
            position = .after(next)
        }
    }

    @Test func everyMatchIsFoundHoweverFewThereAre() async throws {
        try await World.run { world in
            let (tenant, matching) = try await filled(world)
            #expect(try await pages(tenant) { $0.minimumScore = 0.5 }.flatMap(\.self) == matching.reversed())
            #expect(
                try await pages(tenant, order: .oldestFirst) { $0.minimumScore = 0.5 }.flatMap(\.self) == matching)
            #expect(try await pages(tenant) { $0.tags = ["rare"] }.flatMap(\.self) == matching.reversed())
            #expect(try await pages(tenant) { $0.minimumCost = Money(nanoDollars: 1) } == [[]])
        }
    }

    /// Along an index that tells the score, and along one that does not.
    @Test(arguments: [true, false])
    func logsThatAreWrittenMeanwhileNeitherRepeatOthersNorHideThem(isTold: Bool) async throws {
        try await World.run { world in
            let (tenant, matching) = try await filled(world)
            let good: SQL = "l.score >= 0.5"
            let walk = SearchWalk(
                in: tenant.organization, along: SearchWalk.Lead(told: isTold ? [good] : []), asking: [good], of: nil,
                tags: [], goesOn: true, from: nil, to: nil, .newestFirst, now: Date())
            func writeOthers() async throws {
                for _ in 0..<19 { try await tenant.write(tenant.log(outcome: ExecutionOutcome(score: try Score(1)))) }
            }
            var isFirst = true
            let found = try await WalkedLogs(database: world.database, reach: 20).find(
                limit: 50, along: walk, at: { $0 }
            ) { logs in
                // Where the first logs end is looked up before these are read when the index tells, and afterwards else.
                if isFirst, isTold { try await writeOthers() }
                let places = try await world.database.query(
                    "SELECT l.created_at, l.id FROM (\(fragment: logs)) AS l \(fragment: walk.order)"
                ).map { Keyset(createdAt: try $0.decode(0), id: try $0.decode(1)) }
                if isFirst, !isTold { try await writeOthers() }
                isFirst = false
                return places
            }
            let before = Set(matching.map(\.uuid))
            #expect(found.items.map(\.id).filter(before.contains) == matching.reversed().map(\.uuid))
            #expect(found.next == nil)
        }
    }

    @Test func onePageBackIsThePageBefore() async throws {
        try await World.run { world in
            let (tenant, matching) = try await filled(world)
            let store = ExecutionLogStore(database: world.database, reach: 100)
            var filter = ExecutionLogFilter()
            filter.minimumScore = 0.5
            let all = try await store.list(in: tenant.organization, filter, page: .firstHundred)
            let last = try #require(all.items.last?.keyset)
            let before = try await store.list(
                in: tenant.organization, filter, page: PageRequest(limit: 2, position: .before(last)))
            #expect(before.items.map(\.id) == [matching[2], matching[1]])
            #expect(before.next == before.items.last?.keyset && before.previous != nil)
        }
    }

    @Test func detailsOfManyAreThoseOfEach() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let judge = tenant.log(type: .judge)
            try await tenant.write(judge, tenant.log(parent: judge.id), tenant.log(parent: judge.id), tenant.log())
            let store = ExecutionLogStore(database: world.database)
            let page = try await store.listDetails(
                in: tenant.organization, ExecutionLogFilter(), page: .firstHundred)
            #expect(page.items.count == 4)
            for details in page.items {
                let one = try await store.find(details.log.id, in: tenant.organization)
                #expect(details == one)
            }
            #expect(page.items.last?.evaluatorResults.count == 2)
        }
    }

    @Test func tagsAreReplacedAndOthersOrganisationsStay() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let log = tenant.log(labels: ExecutionLabels(tags: ["old"]))
            let foreign = other.log(labels: ExecutionLabels(tags: ["old"]))
            try await tenant.write(log)
            try await other.write(foreign)
            let store = ExecutionLogStore(database: world.database)
            let edits = try await store.replaceTags(
                by: ["new", "newer"], of: [log.id, foreign.id, ExecutionLogID(uuid: UUID())],
                in: tenant.organization)
            #expect(edits == [TagEdit(id: log.id, projectID: log.projectID, before: ["old"], after: ["new", "newer"])])
            #expect(try await store.find(log.id, in: tenant.organization)?.log.labels.tags == ["new", "newer"])
            #expect(try await store.find(foreign.id, in: other.organization)?.log.labels.tags == ["old"])
            _ = try await store.replaceTags(by: [], of: [log.id], in: tenant.organization)
            #expect(try await store.find(log.id, in: tenant.organization)?.log.labels.tags == [])
        }
    }
}
