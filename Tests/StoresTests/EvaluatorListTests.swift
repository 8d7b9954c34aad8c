import FoundationEssentials
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct EvaluatorListTests {
    private func names(
        _ tenant: Tenant, includingRoots: Bool = false, _ edit: (inout EvaluatorFilter) -> Void = { _ in }
    ) async throws -> [String] {
        var filter = EvaluatorFilter()
        edit(&filter)
        let store = EvaluatorStore(database: tenant.world.database)
        let page = try await store.list(readableBy: tenant.organization, filter, page: .firstHundred)
        return page.items.filter { includingRoots || !$0.isRoot }.map(\.name)
    }

    @Test func theNewestComesFirstAndTheBuiltInFollow() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            try await tenant.evaluator("Older")
            try await tenant.evaluator("Newer")
            let listed = PresetCatalogue.evaluators.filter { !$0.isSuperseded }.map(\.name)
            #expect(try await names(tenant, includingRoots: true) == ["Newer", "Older"] + listed)
            #expect(try await names(tenant, includingRoots: true) { $0.rootOnly = true } == listed)
        }
    }

    @Test func everyFilterNarrows() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            try await tenant.evaluator("Tone of voice", intent: "To measure the tone.")
            try await tenant.evaluator("Brevity", intent: "To measure 100% of the length.")
            #expect(try await names(tenant) { $0.name = "Brevity" } == ["Brevity"])
            #expect(try await names(tenant) { $0.name = "tone_of_VOICE" } == ["Tone of voice"])
            #expect(try await names(tenant) { $0.objectiveIntent = "To measure the tone." } == ["Tone of voice"])
            #expect(try await names(tenant) { $0.search = "TONE" } == ["Tone of voice"])
            #expect(try await names(tenant) { $0.search = "100%" } == ["Brevity"])
            #expect(try await names(tenant) { $0.search = "t%e" }.isEmpty, "% is no wildcard")
            #expect(try await names(tenant) { $0.ownerEmail = tenant.owner.email.uppercased() }.count == 2)
            #expect(try await names(tenant) { $0.ownerEmail = "x@example.com" }.isEmpty)
            #expect(try await names(tenant) { $0.ownerFirstName = "Olive" }.count == 2)
            #expect(try await names(tenant) { $0.ownerLastName = "Owner" }.count == 2)
            #expect(try await names(tenant) { $0.ownerLastName = "van" }.isEmpty)
        }
    }

    @Test func aProjectsListHasItsOwnAndTheBuiltIn() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            try await tenant.evaluator("Here")
            let elsewhere = ProjectID(uuid: UUID())
            #expect(try await names(tenant) { $0.projectID = tenant.project } == ["Here"])
            #expect(try await names(tenant) { $0.projectID = elsewhere }.isEmpty)
            #expect(
                try await names(tenant, includingRoots: true) { $0.projectID = elsewhere }.count
                    == PresetCatalogue.evaluators.count { !$0.isSuperseded })
        }
    }

    @Test func othersPublicEvaluatorsAreShownOnlyOnRequestAndNeverInAProject() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let shared = "Shared \(other.organization)"
            try await other.evaluator(shared, visibility: .public)
            try await other.evaluator("Hidden \(other.organization)")
            #expect(try await names(tenant) { $0.search = shared }.isEmpty)
            #expect(
                try await names(tenant) {
                    $0.search = "\(other.organization)"
                    $0.includesPublic = true
                } == [shared])
            #expect(
                try await names(tenant) {
                    $0.search = shared
                    $0.includesPublic = true
                    $0.projectID = tenant.project
                }.isEmpty)
        }
    }

    @Test func supersededOnesAreFoundByNameOnly() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            #expect(try await !names(tenant, includingRoots: true).contains("Context Recall"))
            #expect(try await names(tenant, includingRoots: true) { $0.name = "Context Recall" } == ["Context Recall"])
        }
    }

    @Test func pagesPartitionTheListWhileItGrows() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            for number in 0..<23 { try await tenant.evaluator("E\(number)") }
            let store = EvaluatorStore(database: world.database)
            let before = try await store.list(readableBy: tenant.organization, EvaluatorFilter(), page: .firstHundred)

            async let growth: Void = {
                for number in 0..<20 { try await tenant.evaluator("Late \(number)") }
            }()
            var seen: [EvaluatorID] = []
            var position = PageRequest.Position.start
            while true {
                let page = try await store.list(
                    readableBy: tenant.organization, EvaluatorFilter(), page: PageRequest(limit: 5, position: position))
                seen += page.items.map(\.id)
                guard page.hasNext, let last = page.items.last else { break }
                position = .after(Keyset(createdAt: last.createdAt, id: last.id.uuid))
            }
            try await growth
            #expect(Set(seen).count == seen.count, "nothing twice")
            #expect(Set(before.items.map(\.id)).isSubset(of: seen), "nothing left out")
        }
    }

    @Test(arguments: [PageRequest.Order.newestFirst, .oldestFirst])
    func pagesGoBackTheWayTheyCame(order: PageRequest.Order) async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ObjectiveStore(database: world.database)
            for number in 0..<7 { _ = try await tenant.objective("\(number)") }
            func page(_ position: PageRequest.Position) async throws -> Slice<Objective> {
                try await store.list(
                    readableBy: tenant.organization, ObjectiveFilter(),
                    page: PageRequest(limit: 3, order: order, position: position))
            }
            func place(_ objective: Objective?) throws -> Keyset {
                let objective = try #require(objective)
                return Keyset(createdAt: objective.createdAt, id: objective.id.uuid)
            }
            let first = try await page(.start)
            let second = try await page(.after(place(first.items.last)))
            let third = try await page(.after(place(second.items.last)))
            let inOrder = (first.items + second.items + third.items).map(\.version.intent)
            let ascending = ["0", "1", "2", "3", "4", "5", "6"]
            #expect(inOrder == (order == .oldestFirst ? ascending : ascending.reversed()))
            #expect([first, second, third].map(\.hasPrevious) == [false, true, true])
            #expect([first, second, third].map(\.hasNext) == [true, true, false])
            let back = try await page(.before(place(third.items.first)))
            #expect(back.items == second.items && back.hasPrevious && back.hasNext)
            let start = try await page(.before(place(back.items.first)))
            #expect(start.items == first.items && !start.hasPrevious && start.hasNext)
        }
    }

    @Test func objectivesAreListedByIntentSearchAndProject() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            _ = try await tenant.objective("To measure warmth.")
            _ = try await tenant.objective("To measure depth.")
            let store = ObjectiveStore(database: world.database)
            func intents(_ edit: (inout ObjectiveFilter) -> Void) async throws -> [String] {
                var filter = ObjectiveFilter()
                edit(&filter)
                return try await store.list(readableBy: tenant.organization, filter, page: .firstHundred).items
                    .map(\.version.intent)
            }
            #expect(try await intents { _ in } == ["To measure depth.", "To measure warmth."])
            #expect(try await intents { $0.intent = "To measure depth." } == ["To measure depth."])
            #expect(try await intents { $0.search = "WARM" } == ["To measure warmth."])
            #expect(try await intents { $0.projectID = tenant.project }.count == 2)
            #expect(try await intents { $0.projectID = ProjectID(uuid: UUID()) }.isEmpty)
            #expect(try await intents { $0.includesPublic = true }.count > 2, "those of the built-in evaluators")
        }
    }
}
