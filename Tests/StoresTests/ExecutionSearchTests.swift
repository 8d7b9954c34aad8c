import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

@Suite struct ExecutionSearchTests {
    private func ids(
        _ tenant: Tenant, _ order: PageRequest.Order = .newestFirst, _ edit: (inout ExecutionSearch) -> Void
    ) async throws -> [ExecutionLogID] {
        var search = ExecutionSearch()
        edit(&search)
        let found = try await ExecutionSearchStore(database: tenant.world.database).find(
            search, in: tenant.organization, order, behind: nil, limit: 100)
        #expect(found.next == nil && found.searchedThrough == nil)
        return found.items.map(\.id)
    }

    @Test func everyConditionNarrows() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let item = UUID()
            let judge = JudgeID(uuid: UUID())
            let project = Project(
                id: world.identifiers.next(), organizationID: tenant.organization, name: "Night shift",
                description: "", isDefault: false, ownerID: tenant.owner.id, createdAt: Date())
            try await ProjectStore(database: world.database).create(project)
            let whole = tenant.log(
                type: .judge, item: ExecutedItem(id: judge.uuid, versionID: nil, name: "Panel"), judge: judge,
                outcome: ExecutionOutcome(
                    score: try Score(0.2), cost: Money(nanoDollars: 10), callDuration: .milliseconds(50)))
            let part = tenant.log(
                item: ExecutedItem(id: item, versionID: nil, name: "100% Clarity"), parent: whole.id, judge: judge,
                labels: ExecutionLabels(tags: ["red", "blue"], sessionID: "s", userID: "u"),
                outcome: ExecutionOutcome(
                    score: try Score(0.8), model: "gpt-5", cost: Money(nanoDollars: 20), callDuration: .seconds(2)))
            let failed = tenant.log(
                type: .test, project: project.id,
                outcome: ExecutionOutcome(failure: EvaluationFailure(code: .timeout, message: "no")))
            try await tenant.write(whole, part, failed)
            let all = [failed.id, part.id, whole.id]

            #expect(try await ids(tenant) { _ in } == all)
            #expect(try await ids(tenant, .oldestFirst) { _ in } == all.reversed())
            #expect(try await ids(tenant) { $0.projectID = project.id } == [failed.id])
            #expect(try await ids(tenant) { $0.projectNamePart = "NIGHT" } == [failed.id])
            #expect(try await ids(tenant) { $0.projectNamePart = "nobody" }.isEmpty)
            #expect(try await ids(tenant) { $0.types = [.judge, .test] } == [failed.id, whole.id])
            #expect(try await ids(tenant) { $0.itemID = item } == [part.id])
            #expect(try await ids(tenant) { $0.judgeID = judge } == [part.id, whole.id])
            #expect(try await ids(tenant) { $0.leavesOutParts = true } == [failed.id, whole.id])
            #expect(try await ids(tenant) { $0.nameParts = ["100%", "CLAR"] } == [part.id])
            #expect(try await ids(tenant) { $0.excludedNameParts = ["clarity"] } == [failed.id, whole.id])
            #expect(try await ids(tenant) { $0.tags = ["blue"] } == [part.id])
            #expect(try await ids(tenant) { $0.tags = ["blue", "green"] }.isEmpty)
            #expect(try await ids(tenant) { $0.excludedTags = ["red", "other"] } == [failed.id, whole.id])
            #expect(try await ids(tenant) { $0.sessionID = "s" } == [part.id])
            #expect(try await ids(tenant) { $0.userID = "u" } == [part.id])
            #expect(try await ids(tenant) { $0.modelPart = "GPT" } == [part.id])
            #expect(try await ids(tenant) { $0.failed = true } == [failed.id])
            #expect(try await ids(tenant) { $0.failed = false } == [part.id, whole.id])
            #expect(try await ids(tenant) { $0.minimumScore = 0.8 } == [part.id])
            #expect(try await ids(tenant) { $0.maximumScore = 0.2 } == [whole.id])
            #expect(try await ids(tenant) { $0.minimumLatency = .seconds(2) } == [part.id])
            #expect(try await ids(tenant) { $0.maximumLatency = .milliseconds(50) } == [whole.id])
            #expect(try await ids(tenant) { $0.minimumCost = Money(nanoDollars: 11) } == [part.id])
            #expect(try await ids(tenant) { $0.maximumCost = Money(nanoDollars: 10) } == [whole.id])
            #expect(try await ids(tenant) { $0.from = part.createdAt } == [failed.id, part.id])
            #expect(try await ids(tenant) { $0.to = part.createdAt } == [part.id, whole.id])
            #expect(
                try await ids(tenant) {
                    $0.sessionID = "s"
                    $0.userID = "somebody else"
                }.isEmpty)
        }
    }

    @Test(arguments: [PageRequest.Order.newestFirst, .oldestFirst])
    func pagesAreWithoutGapAndRepetition(order: PageRequest.Order) async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            for number in 0..<25 {
                try await tenant.write(
                    tenant.log(labels: ExecutionLabels(tags: number % 2 == 0 ? ["even"] : [])))
            }
            var search = ExecutionSearch()
            search.tags = ["even"]
            let store = ExecutionSearchStore(database: world.database)
            var found: [ExecutionLogID] = []
            var place: Keyset?
            repeat {
                let page = try await store.find(search, in: tenant.organization, order, behind: place, limit: 4)
                #expect(page.items.count <= 4)
                found += page.items.map(\.id)
                place = page.next
            } while place != nil
            #expect(found.count == 13 && Set(found).count == 13)
            #expect(found == (order == .newestFirst ? found.sorted().reversed() : found.sorted()))
        }
    }

    /// It may have been at work in judges only, a million times.
    @Test func whatAnEvaluatorDidOnItsOwnIsLookedForALittleAtATime() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let judge = tenant.log(type: .judge, item: ExecutedItem(id: nil, versionID: nil, name: "Judge"))
            try await tenant.write(judge)
            for _ in 0..<30 { try await tenant.write(tenant.log(parent: judge.id)) }
            var search = ExecutionSearch()
            (search.nameParts, search.leavesOutParts) = (["item"], true)
            let store = ExecutionSearchStore(database: world.database, reach: 10)
            let found = try await store.find(search, in: tenant.organization, .newestFirst, behind: nil, limit: 5)
            #expect(found.items.isEmpty && found.next != nil && found.searchedThrough != nil)
        }
    }

    @Test func aSearchThatFindsLittleStopsAndGoesOn() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            var logs: [ExecutionLog] = []
            for number in 0..<30 {
                logs.append(
                    tenant.log(outcome: ExecutionOutcome(callDuration: .milliseconds(number == 2 ? 900 : 10))))
                try await tenant.write(logs[number])
            }
            // There is no index of how long a call took.
            var search = ExecutionSearch()
            search.minimumLatency = .milliseconds(500)
            let store = ExecutionSearchStore(database: world.database, reach: 10)
            let first = try await store.find(search, in: tenant.organization, .newestFirst, behind: nil, limit: 5)
            #expect(first.items.isEmpty && first.searchedThrough == logs[20].createdAt)
            let second = try await store.find(
                search, in: tenant.organization, .newestFirst, behind: first.next, limit: 5)
            #expect(second.items.isEmpty && second.searchedThrough == logs[10].createdAt)
            let third = try await store.find(
                search, in: tenant.organization, .newestFirst, behind: second.next, limit: 5)
            #expect(third.items.map(\.id) == [logs[2].id])
            // The tenth of the walk is the oldest of all; only the next page can tell that nothing is left.
            let last = try await store.find(search, in: tenant.organization, .newestFirst, behind: third.next, limit: 5)
            #expect(last.items.isEmpty && last.next == nil && last.searchedThrough == nil)
        }
    }

    @Test(arguments: [PageRequest.Order.newestFirst, .oldestFirst])
    func aRareTagIsFoundHoweverFarAway(order: PageRequest.Order) async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            var logs: [ExecutionLog] = []
            for number in 0..<40 {
                logs.append(
                    tenant.log(labels: ExecutionLabels(tags: number % 13 == 7 ? ["rare", "x"] : ["common"])))
                try await tenant.write(logs[number])
            }
            try await other.write(other.log(labels: ExecutionLabels(tags: ["rare"])))
            var search = ExecutionSearch()
            search.tags = ["rare"]
            let store = ExecutionSearchStore(database: world.database, reach: 5)
            let first = try await store.find(search, in: tenant.organization, order, behind: nil, limit: 2)
            let second = try await store.find(search, in: tenant.organization, order, behind: first.next, limit: 2)
            let wanted = order == .newestFirst ? [33, 20, 7] : [7, 20, 33]
            #expect(first.items.map(\.id) == wanted.prefix(2).map { logs[$0].id } && first.searchedThrough == nil)
            #expect(second.items.map(\.id) == [logs[wanted[2]].id] && second.next == nil)
        }
    }

    @Test func aRankSaysAmongWhichItWasMade() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            var logs: [ExecutionLog] = []
            for score in [1.0, 0.1, 0.9, 0.5, 0.3] {
                logs.append(tenant.log(outcome: ExecutionOutcome(score: try Score(score))))
            }
            logs.append(tenant.log())
            for log in logs { try await tenant.write(log) }
            let whole = ExecutionSearchStore(database: world.database)
            let all = try await whole.rank(
                ExecutionSearch(), in: tenant.organization, by: .highestScore, limit: 2)
            #expect(all.items.map(\.id) == [logs[0].id, logs[2].id])
            #expect(all.count == 6 && !all.isCut && all.from == logs[0].createdAt)

            let some = ExecutionSearchStore(database: world.database, ranked: 4)
            let cut = try await some.rank(ExecutionSearch(), in: tenant.organization, by: .lowestScore, limit: 3)
            #expect(cut.items.map(\.id) == [logs[4].id, logs[3].id, logs[2].id])
            #expect(cut.count == 4 && cut.isCut && cut.from == logs[2].createdAt)

            var nothing = ExecutionSearch()
            nothing.tags = ["none"]
            let empty = try await whole.rank(nothing, in: tenant.organization, by: .slowest, limit: 3)
            #expect(empty.items.isEmpty && empty.count == 0 && empty.from == nil && !empty.isCut)
        }
    }

    @Test func anotherOrganisationIsNeverFound() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            try await other.write(other.log(labels: ExecutionLabels(tags: ["t"], sessionID: "shared", userID: "u")))
            #expect(try await ids(tenant) { _ in }.isEmpty)
            #expect(try await ids(tenant) { $0.sessionID = "shared" }.isEmpty)
            #expect(try await ids(tenant) { $0.tags = ["t"] }.isEmpty)
            #expect(try await ids(tenant) { $0.projectID = other.project }.isEmpty)
        }
    }
}
