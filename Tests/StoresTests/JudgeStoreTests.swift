import FoundationEssentials
import Records
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct JudgeStoreTests {
    @Test func evaluatorsComeInTheJudgesOrderPinnedOrLatest() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let evaluators = EvaluatorStore(database: world.database)
            let judges = JudgeStore(database: world.database)
            let (a, b) = (try await tenant.evaluator("A"), try await tenant.evaluator("B"))
            let preset = try #require(PresetCatalogue.evaluators.first)
            let references = [
                EvaluatorReference(id: b.id, pinned: b.version.id), EvaluatorReference(id: preset.id, pinned: nil),
                EvaluatorReference(id: a.id, pinned: nil), EvaluatorReference(id: b.id, pinned: nil),
            ]
            let id = try await tenant.judge("Panel", references)
            for evaluator in [a, b] {
                #expect(try await evaluators.addVersion(tenant.change(of: evaluator) { $0.name += "2" }))
            }
            let judge = try #require(try await judges.find(id, readableBy: tenant.organization))
            #expect(judge.evaluators.map(\.name) == ["B", preset.name, "A2", "B2"])
            #expect(judge.version.definition.evaluators == references)
            #expect(judge.inputs.entries.map(\.name) == ["response", "topic", "request"])
            #expect(judge.version.definition.stage == "answer" && judge.owner == tenant.owner.reference)
        }
    }

    @Test func aDeletedEvaluatorIsPartOfNoJudge() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (a, b) = (try await tenant.evaluator("A"), try await tenant.evaluator("B"))
            let id = try await tenant.judge("Panel", [a, b].map { EvaluatorReference(id: $0.id, pinned: nil) })
            let evaluators = EvaluatorStore(database: world.database)
            #expect(try await evaluators.delete(a.id, in: tenant.organization, at: Date()))
            let judge = try await JudgeStore(database: world.database).find(id, readableBy: tenant.organization)
            #expect(judge?.evaluators.map(\.name) == ["B"])
        }
    }

    @Test func anUpdateAddsAVersionUnlessAnotherCameFirst() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let judges = JudgeStore(database: world.database)
            let evaluator = try await tenant.evaluator("A")
            let id = try await tenant.judge("Panel", [EvaluatorReference(id: evaluator.id, pinned: nil)])
            let first = try #require(try await judges.find(id, readableBy: tenant.organization))
            func change(_ name: String) -> JudgeChange {
                var definition = first.version.definition
                definition.name = name
                definition.evaluators = []
                let (version, date) = world.identifiers.nextDated(JudgeVersion.self)
                return JudgeChange(
                    id: id, organizationID: tenant.organization, replacing: first.version.id, versionID: version,
                    definition: definition, visibility: .public, projectID: nil, by: tenant.owner.id, at: date)
            }
            #expect(try await judges.addVersion(change("Renamed")))
            #expect(try await judges.addVersion(change("Too late")) == false)
            let second = try #require(try await judges.find(id, readableBy: tenant.organization))
            #expect(second.name == "Renamed" && second.evaluators.isEmpty && second.visibility == .public)
            let old = try await judges.find(id, version: first.version.id, readableBy: tenant.organization)
            #expect(old?.version == first.version && old?.evaluators == first.evaluators)
            let versions = try await judges.versions(of: id, readableBy: tenant.organization, page: .firstHundred)
            #expect(versions.items.map(\.name) == ["Renamed", "Panel"])
            let stranger = try await world.tenant()
            let stolen = JudgeChange(
                id: id, organizationID: stranger.organization, replacing: second.version.id,
                versionID: world.identifiers.next(), definition: second.version.definition, visibility: nil,
                projectID: nil, by: stranger.owner.id, at: Date())
            #expect(try await judges.addVersion(stolen) == false)
        }
    }

    @Test func everyFilterNarrows() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let judges = JudgeStore(database: world.database)
            func names(_ edit: (inout JudgeFilter) -> Void) async throws -> [String] {
                var filter = JudgeFilter()
                edit(&filter)
                return try await judges.list(readableBy: tenant.organization, filter, page: .firstHundred).items
                    .map(\.name)
            }
            let ran = try await tenant.judge("Support", [], intent: "To judge support answers.")
            try await tenant.judge("Sales", [], intent: "To judge offers.")
            let shared = "Shared \(other.organization)"
            try await other.judge(shared, [], visibility: .public)
            let log = tenant.log(type: .judge, judge: ran)
            try await tenant.write(log)

            #expect(try await names { _ in } == ["Sales", "Support"])
            #expect(try await names { $0.name = "Sales" } == ["Sales"])
            #expect(try await names { $0.search = "SUPPORT ANSWERS" } == ["Support"])
            #expect(try await names { $0.projectID = tenant.project }.count == 2)
            #expect(try await names { $0.projectID = other.project }.isEmpty)
            #expect(try await names { $0.executedSince = log.createdAt } == ["Support"])
            #expect(try await names { $0.executedSince = log.createdAt.addingTimeInterval(1) }.isEmpty)
            #expect(try await names { $0.includesPublic = true }.contains(shared))
            let inProject = try await names {
                $0.includesPublic = true
                $0.projectID = tenant.project
            }
            #expect(!inProject.contains(shared))
        }
    }

    @Test func aNameMeansTheNewestOfTheOrganisation() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let judges = JudgeStore(database: world.database)
            try await tenant.judge("Panel", [])
            let newest = try await tenant.judge("Panel", [])
            #expect(try await judges.find(named: "Panel", in: tenant.organization)?.id == newest)
            #expect(try await judges.find(named: "panel", in: tenant.organization)?.id == newest)
            #expect(try await judges.find(named: "Panel", in: other.organization) == nil)
            #expect(try await judges.find(newest, readableBy: other.organization) == nil)
            #expect(try await judges.delete(newest, in: other.organization, at: Date()) == false)
            #expect(try await judges.delete(newest, in: tenant.organization, at: Date()))
            #expect(try await judges.find(newest, readableBy: tenant.organization) == nil)
        }
    }
}
