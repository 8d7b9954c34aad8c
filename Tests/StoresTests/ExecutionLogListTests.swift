import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

@Suite struct ExecutionLogListTests {
    private func ids(
        _ tenant: Tenant, _ edit: (inout ExecutionLogFilter) -> Void
    ) async throws -> [ExecutionLogID] {
        var filter = ExecutionLogFilter()
        edit(&filter)
        return try await ExecutionLogStore(database: tenant.world.database)
            .list(in: tenant.organization, filter, page: .firstHundred).items.map(\.id)
    }

    @Test func everyFilterNarrows() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let item = UUID()
            let judge = JudgeID(uuid: UUID())
            let project = ProjectID(uuid: UUID())
            let parent = tenant.log(
                type: .judge, item: ExecutedItem(id: judge.uuid, versionID: nil, name: "Panel"), judge: judge,
                outcome: ExecutionOutcome(score: try Score(0.2), cost: Money(nanoDollars: 10)))
            let part = tenant.log(
                item: ExecutedItem(id: item, versionID: nil, name: "100% Clarity"), parent: parent.id, judge: judge,
                labels: ExecutionLabels(tags: ["red", "blue"], sessionID: "s", userID: "u"),
                outcome: ExecutionOutcome(score: try Score(0.8), model: "gpt", cost: Money(nanoDollars: 20)))
            let plain = tenant.log(type: .test, project: project, owner: UserID(uuid: UUID()))
            try await tenant.write(parent, part, plain)

            #expect(try await ids(tenant) { _ in } == [plain.id, part.id, parent.id])
            #expect(try await ids(tenant) { $0.projectID = project } == [plain.id])
            #expect(try await ids(tenant) { $0.type = .judge } == [parent.id])
            #expect(try await ids(tenant) { $0.executedItemID = item } == [part.id])
            #expect(try await ids(tenant) { $0.judgeID = judge } == [part.id, parent.id])
            #expect(try await ids(tenant) { $0.parentID = parent.id } == [part.id])
            #expect(try await ids(tenant) { $0.tags = ["blue"] } == [part.id])
            #expect(try await ids(tenant) { $0.tags = ["blue", "green"] }.isEmpty)
            #expect(try await ids(tenant) { $0.search = "CLARITY" } == [part.id])
            #expect(try await ids(tenant) { $0.search = "100%" } == [part.id])
            #expect(try await ids(tenant) { $0.search = item.uuidString.lowercased() } == [part.id])
            #expect(try await ids(tenant) { $0.model = "gpt" } == [part.id])
            #expect(try await ids(tenant) { $0.ownerEmail = tenant.owner.email.uppercased() } == [part.id, parent.id])
            #expect(try await ids(tenant) { $0.sessionID = "s" } == [part.id])
            #expect(try await ids(tenant) { $0.userID = "u" } == [part.id])
            #expect(try await ids(tenant) { $0.hasSessionID = true } == [part.id])
            #expect(try await ids(tenant) { $0.hasSessionID = false } == [plain.id, parent.id])
            #expect(try await ids(tenant) { $0.minimumScore = 0.8 } == [part.id])
            #expect(try await ids(tenant) { $0.maximumScore = 0.2 } == [parent.id])
            #expect(try await ids(tenant) { $0.minimumCost = Money(nanoDollars: 11) } == [part.id])
            #expect(try await ids(tenant) { $0.maximumCost = Money(nanoDollars: 10) } == [parent.id])
            #expect(try await ids(tenant) { $0.from = part.createdAt } == [plain.id, part.id])
            #expect(try await ids(tenant) { $0.to = part.createdAt } == [part.id, parent.id])
            #expect(
                try await ids(tenant) {
                    $0.judgeID = judge
                    $0.type = .evaluator
                    $0.tags = ["red"]
                } == [part.id])
        }
    }

    @Test func onlyTheNewestOfEachItemIsShownOnRequest() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (a, b) = (UUID(), UUID())
            func log(_ item: UUID?, _ score: Double, owner: UserID? = nil) throws -> ExecutionLog {
                tenant.log(
                    item: ExecutedItem(id: item, versionID: nil, name: "I"), owner: owner,
                    outcome: ExecutionOutcome(score: try Score(score)))
            }
            let logs = [try log(a, 0.9), try log(b, 0.5), try log(a, 0.1), try log(nil, 1), try log(b, 0.6)]
            for log in logs { try await tenant.write(log) }
            #expect(try await ids(tenant) { $0.newestPerItem = true } == [logs[4].id, logs[2].id])
            #expect(
                try await ids(tenant) {
                    $0.newestPerItem = true
                    $0.minimumScore = 0.55
                    $0.ownerEmail = tenant.owner.email
                } == [logs[4].id, logs[0].id], "the newest of those that match")
            var filter = ExecutionLogFilter()
            filter.newestPerItem = true
            let store = ExecutionLogStore(database: world.database)
            let first = try await store.list(in: tenant.organization, filter, page: PageRequest(limit: 1))
            #expect(first.next != nil)
            let place = try #require(first.items.first?.keyset)
            let second = try await store.list(
                in: tenant.organization, filter, page: PageRequest(limit: 1, position: .after(place)))
            #expect(second.items.map(\.id) == [logs[2].id] && second.next == nil)
        }
    }

    @Test func longFieldsComeOnRequestOnly() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let log = tenant.log(
                input: EvaluationInput(
                    request: String(repeating: "é", count: 600), response: "r", contexts: ["c"],
                    expectedOutput: "e", variables: ["k": "v"]),
                outcome: ExecutionOutcome(llmOutput: "raw"))
            try await tenant.write(log)
            func row(_ includes: ExecutionLogIncludes) async throws -> ExecutionLogSummary? {
                let page = try await ExecutionLogStore(database: world.database).list(
                    in: tenant.organization, ExecutionLogFilter(), including: includes, page: .firstHundred)
                return page.items.first
            }
            typealias Extras = ExecutionLogSummary.Extras
            let plain = try #require(try await row([]))
            #expect(plain.extras == Extras(llmOutput: nil, variables: nil, contexts: nil, expectedOutput: nil))
            #expect(plain.requestPreview == String(repeating: "é", count: 500) && plain.responsePreview == "r")
            #expect(plain.owner == tenant.owner.reference && plain.createdAt == log.createdAt)
            let full = try await row([.llmOutput, .variables, .evaluationContext])
            #expect(
                full?.extras
                    == Extras(llmOutput: "raw", variables: ["k": "v"], contexts: ["c"], expectedOutput: "e"))
        }
    }

    @Test func aLogOutlivesItsOwner() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let log = tenant.log(owner: UserID(uuid: UUID()))
            try await tenant.write(log)
            let store = ExecutionLogStore(database: world.database)
            #expect(try await store.find(log.id, in: tenant.organization)?.owner.fullName == "Deleted user")
            let listed = try await store.list(in: tenant.organization, ExecutionLogFilter(), page: .firstHundred)
            #expect(listed.items.first?.owner.id == log.ownerID)
        }
    }

    @Test func pagesPartitionTheListWhileItGrows() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ExecutionLogStore(database: world.database)
            var before: Set<ExecutionLogID> = []
            for _ in 0..<40 {
                let log = tenant.log()
                before.insert(log.id)
                try await tenant.write(log)
            }
            async let growth: Void = {
                for _ in 0..<40 { try await tenant.write(tenant.log()) }
            }()
            var seen: [ExecutionLogID] = []
            var position = PageRequest.Position.start
            while true {
                let page = try await store.list(
                    in: tenant.organization, ExecutionLogFilter(), page: PageRequest(limit: 7, position: position))
                seen += page.items.map(\.id)
                guard let next = page.next else { break }
                position = .after(next)
            }
            try await growth
            #expect(Set(seen).count == seen.count, "nothing twice")
            #expect(before.isSubset(of: seen), "nothing left out")
        }
    }
}
