import FoundationEssentials
import Operations
import Records
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct ItemTests {
    @Test(arguments: ItemKind.allCases)
    func aCopyIsOnesOwnUnderTheNameThatIsGiven(kind: ItemKind) async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let items = rig.product.items
            let principal = tenant.principal()
            let evaluator = try await tenant.evaluator("Original")
            let judge = try await tenant.judge("Original", [EvaluatorReference(id: evaluator.id, pinned: nil)])
            let id = kind == .evaluator ? evaluator.id.uuid : judge.id.uuid
            let named = try await items.duplicate(kind, id, to: nil, named: "Second take", for: principal)
            #expect(named.name == "Second take" && named.id != id && named.version.number == 1)
            #expect(named.evaluatorCount == (kind == .judge ? 1 : 0))
            let unnamed = try await items.duplicate(kind, id, to: nil, named: nil, for: principal)
            #expect(unnamed.name == "Original (copy)")
            let error = await #expect(throws: InvalidDefinition.self) {
                try await items.duplicate(kind, id, to: nil, named: "", for: principal)
            }
            #expect(error?.problems.map(\.field) == ["name"])
            let other = try await rig.tenant()
            await #expect(throws: NotFound.self) {
                try await items.duplicate(kind, id, to: nil, named: nil, for: other.principal())
            }
        }
    }

    @Test func presetsAreCopiedButNeitherDeletedNorRestored() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let items = rig.product.items
            let preset = try #require(PresetCatalogue.evaluators.first).id.uuid
            let copy = try await items.duplicate(
                .evaluator, preset, to: nil, named: "Mine", for: tenant.principal())
            #expect(copy.origin(for: tenant.organization) == .own && copy.projectID == tenant.project.id)
            await #expect(throws: ReadOnly.self) {
                try await items.delete(.evaluator, preset, for: tenant.principal())
            }
            await #expect(throws: NotFound.self) {
                try await items.restore(.evaluator, preset, for: tenant.principal())
            }
        }
    }

    @Test func aRestoredEvaluatorIsBackInItsJudges() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let principal = tenant.principal()
            let evaluator = try await tenant.evaluator("Tone")
            let judge = try await tenant.judge("Panel", [EvaluatorReference(id: evaluator.id, pinned: nil)])
            try await rig.product.items.delete(.evaluator, evaluator.id.uuid, for: principal)
            #expect(try await rig.product.judges.find(judge.id, for: principal).evaluators.isEmpty)
            let restored = try await rig.product.items.restore(.evaluator, evaluator.id.uuid, for: principal)
            #expect(restored.deletedAt == nil && restored.judgeCount == 1)
            #expect(try await rig.product.judges.find(judge.id, for: principal).evaluators.map(\.id) == [evaluator.id])
        }
    }

    @Test func statisticsCoverSevenDaysAndHistoryEveryVersion() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let principal = tenant.principal()
            let evaluator = try await tenant.evaluator("Tone")
            let store = ExecutionLogWriter(database: rig.database, loops: rig.loops)
            func log(_ version: UUID?, _ score: Double?) throws -> ExecutionLog {
                let (id, date) = rig.identifiers.nextDated(ExecutionLog.self)
                return ExecutionLog(
                    id: id, organizationID: tenant.organization, projectID: tenant.project.id, type: .evaluator,
                    item: ExecutedItem(id: evaluator.id.uuid, versionID: version, name: "Tone"),
                    ownerID: tenant.owner.id, input: EvaluationInput(request: "q"), labels: ExecutionLabels(),
                    outcome: ExecutionOutcome(
                        score: try score.map { try Score($0) },
                        failure: score == nil ? EvaluationFailure(code: .timeout, message: "late") : nil,
                        cost: Money(nanoDollars: 30), callDuration: .milliseconds(200)),
                    requestID: "r", createdAt: date)
            }
            try await store.write([
                try log(UUID(), 0.05), try log(evaluator.version.id.uuid, 1), try log(evaluator.version.id.uuid, 0.4),
                try log(evaluator.version.id.uuid, nil),
            ])
            let figures = rig.product.itemFigures
            let item = try await rig.product.items.find(.evaluator, evaluator.id.uuid, for: principal)
            let statistics = try #require(
                try await figures.statistics(of: [item], for: principal)[evaluator.id.uuid])
            #expect(statistics.lastDay.executions == 4 && statistics.lastDay.failed == 1)
            #expect(statistics.week.meanCost == Money(nanoDollars: 30) && statistics.days.count == 7)
            #expect(abs((statistics.week.meanScore ?? 0) - 1.45 / 3) < 1e-9)

            let history = try await figures.history(
                of: item, back: .seconds(86_400), step: .seconds(3600), for: principal)
            let own = history.spans.filter { $0.versionID == evaluator.version.id.uuid }
            let sums = own.reduce(into: ExecutionSums()) { $0 += $1.sums }
            #expect(history.spans.count - own.count == 1 && sums.executions == 3 && sums.failed == 1)
            #expect(sums.scoreBins[4] == 1 && sums.scoreBins[9] == 1 && sums.latencies.total == 3)
            let other = try await rig.tenant()
            #expect(try await figures.statistics(of: [item], for: other.principal()).isEmpty)
        }
    }

    @Test func aProjectIsRenamedUnlessTheNameIsTaken() async throws {
        try await Rig.run { rig in
            let (tenant, other) = (try await rig.tenant(), try await rig.tenant())
            let overviews = rig.product.projectOverviews
            let principal = tenant.principal()
            let renamed = try await overviews.change(
                tenant.project.id, name: "Support", description: nil, for: principal)
            #expect(renamed.project.name == "Support" && renamed.project.isDefault)
            #expect(try await rig.product.projects.name(of: tenant.project.id, for: principal) == "Support")
            let (id, date) = rig.identifiers.nextDated(Project.self)
            try await ProjectStore(database: rig.database).create(
                Project(
                    id: id, organizationID: tenant.organization, name: "Second", description: "", isDefault: false,
                    ownerID: tenant.owner.id, createdAt: date))
            let taken = await #expect(throws: Conflict.self) {
                try await overviews.change(id, name: "Support", description: nil, for: principal)
            }
            #expect(taken?.kind == .nameTaken)
            await #expect(throws: InvalidDefinition.self) {
                try await overviews.change(id, name: "", description: nil, for: principal)
            }
            await #expect(throws: NotFound.self) {
                try await overviews.change(id, name: "Mine", description: nil, for: other.principal())
            }
            let listed = try await overviews.list(containing: "sec", PageRequest(limit: 10), for: principal)
            #expect(listed.items.map(\.project.id) == [id] && listed.items.first?.lastDay.executions == 0)
        }
    }
}
