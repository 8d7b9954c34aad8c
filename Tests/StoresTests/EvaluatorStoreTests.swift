import FoundationEssentials
import Postgres
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct EvaluatorStoreTests {
    @Test func whatIsStoredIsFound() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let evaluator = try await tenant.evaluator("Mine", intent: "To see.")
            #expect(evaluator.name == "Mine" && evaluator.owner == tenant.owner.reference)
            #expect(evaluator.objective.version.intent == "To see." && evaluator.updatedAt == nil)
            #expect(evaluator.version.definition.models == ["root"])
            #expect(evaluator.inputs.variableNames == ["topic"])
            #expect(evaluator.createdAt == evaluator.id.uuid.versionSevenDate)
            #expect(!evaluator.isRoot && evaluator.visibility == .private && evaluator.projectID == tenant.project)
        }
    }

    @Test func anUpdateAddsAVersionAndTheOldOneStays() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = EvaluatorStore(database: world.database)
            let first = try await tenant.evaluator("First")
            #expect(try await store.addVersion(tenant.change(of: first) { $0.name = "Second" }))
            let second = try #require(try await store.find(first.id, readableBy: tenant.organization))
            #expect(second.name == "Second" && second.version.id != first.version.id)
            #expect(second.updatedBy == tenant.owner.reference && second.updatedAt != nil)
            let old = try await store.find(first.id, version: first.version.id, readableBy: tenant.organization)
            #expect(old?.version == first.version)
            let versions = try await store.versions(of: first.id, readableBy: tenant.organization, page: .firstHundred)
            #expect(versions.items.map(\.version.id) == [second.version.id, first.version.id])
        }
    }

    @Test func demonstrationsBelongToTheVersionThatHasThem() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let evaluator = try await tenant.evaluator("Shown")
            #expect(evaluator.version.definition.demonstrations.isEmpty)
            let examples = [
                Demonstration(request: "Q \"é\"\n", response: "A", score: try Score(1), justification: "Because."),
                Demonstration(request: "", response: "B", score: try Score(0.05)),
            ]
            let store = EvaluatorStore(database: world.database)
            let change = tenant.change(of: evaluator) { $0.demonstrations = examples }
            #expect(try await store.addVersion(change))
            let changed = try #require(try await store.find(evaluator.id, readableBy: tenant.organization))
            #expect(changed.version.definition.demonstrations == examples)
            #expect(try await store.addVersion(tenant.change(of: changed) { $0.demonstrations = [] }))
            let old = try await store.find(evaluator.id, version: change.versionID, readableBy: tenant.organization)
            #expect(old?.version.definition.demonstrations == examples)
            let latest = try await store.find(evaluator.id, readableBy: tenant.organization)
            #expect(latest?.version.definition.demonstrations.isEmpty == true)
        }
    }

    @Test func codeIsStoredWithItsVersionAndShownInLists() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = EvaluatorStore(database: world.database)
            let evaluator = try await tenant.evaluator("Code")
            var rule = PatternRule(pattern: #"^\d+\u0000?$"#)
            rule.expectation = .absent
            let code = CodeEvaluation(.regularExpression(rule), of: .request, threshold: 0.25)
            let change = tenant.change(of: evaluator) {
                $0.code = code
                $0.criteria = CriteriaTemplate("")
                $0.models = []
                $0.inputVariables = []
            }
            #expect(try await store.addVersion(change))
            let found = try #require(try await store.find(evaluator.id, readableBy: tenant.organization))
            #expect(found.version.definition.code == code)
            #expect(found.inputs.entries.map(\.name) == ["request"])
            let judge = try await tenant.judge("Judge", [EvaluatorReference(id: evaluator.id, pinned: nil)])
            let items = ItemStore(database: world.database)
            let item = try await items.find(.evaluator, evaluator.id.uuid, readableBy: tenant.organization)
            #expect(item?.codeKinds == [.regularExpression])
            let row = try await items.find(.judge, judge.uuid, readableBy: tenant.organization)
            #expect(row?.codeKinds == [.regularExpression])
            var filter = EvaluatorFilter()
            filter.method = .native
            let native = try await store.list(readableBy: tenant.organization, filter, page: .firstHundred)
            #expect(native.items.contains { $0.id == evaluator.id })
            #expect(native.items.allSatisfy { $0.version.definition.code != nil })
        }
    }

    @Test func aVersionBelongsToItsEvaluatorOnly() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (one, two) = (try await tenant.evaluator("One"), try await tenant.evaluator("Two"))
            let found = try await EvaluatorStore(database: world.database).find(
                one.id, version: two.version.id, readableBy: tenant.organization)
            #expect(found == nil)
        }
    }

    @Test func ofSimultaneousChangesOneWins() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = EvaluatorStore(database: world.database)
            let evaluator = try await tenant.evaluator("Contested")
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<12 {
                    let change = tenant.change(of: evaluator) { $0.changeNote = "\(number)" }
                    group.addTask { try await store.addVersion(change) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(wins == 1)
            let versions = try await store.versions(
                of: evaluator.id, readableBy: tenant.organization, page: .firstHundred)
            #expect(versions.items.count == 2)
        }
    }

    @Test(arguments: [
        ("evaluator_versions", "number"), ("objective_versions", "number"), ("judge_versions", "number"),
        ("judge_version_evaluators", "position"),
    ])
    func versionsCannotBeChanged(table: String, what column: String) async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let evaluator = try await tenant.evaluator("Final")
            try await tenant.judge("Final judge", [EvaluatorReference(id: evaluator.id, pinned: nil)])
            let error = await #expect(throws: PostgresError.self) {
                try await world.database.execute(
                    """
                    UPDATE \(identifier: table) SET \(identifier: column) = \(identifier: column) + 100
                    WHERE organization_id = \(tenant.organization)
                    """)
            }
            #expect(error?.sqlState == "23001")
        }
    }

    @Test func theObjectiveIsFollowedUnlessAVersionIsPinned() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = EvaluatorStore(database: world.database)
            let objectives = ObjectiveStore(database: world.database)
            let follower = try await tenant.evaluator("Follower", intent: "old")
            let objective = follower.objective
            #expect(
                try await store.addVersion(
                    tenant.change(of: try await tenant.evaluator("Pinned")) {
                        $0.objectiveID = objective.id
                        $0.objectiveVersionID = objective.version.id
                    }))
            let changed = try await objectives.addVersion(
                world.identifiers.next(), of: objective.id, in: tenant.organization,
                definition: ObjectiveDefinition(intent: "new"), movedTo: nil, by: tenant.owner.id, at: Date())
            #expect(changed?.version.intent == "new")
            #expect(try await store.find(named: "Follower", readableBy: tenant.organization)?.objective == changed)
            let pinned = try await store.find(named: "Pinned", readableBy: tenant.organization)
            #expect(pinned?.objective.version.intent == "old")
            let versions = try await objectives.versions(
                of: objective.id, readableBy: tenant.organization, page: .firstHundred)
            #expect(versions.items.map(\.version.intent) == ["new", "old"])
            #expect(try await objectives.hasVersion(objective.version.id, of: objective.id))
            let foreign = try await tenant.evaluator("Other").objective.version.id
            #expect(try await objectives.hasVersion(foreign, of: objective.id) == false)
        }
    }

    @Test func aNameMeansTheOwnNewestBeforeTheBuiltIn() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = EvaluatorStore(database: world.database)
            func named(_ name: String) async throws -> Evaluator? {
                try await store.find(named: name, readableBy: tenant.organization)
            }
            #expect(try await named("Tool Selection")?.isRoot == true)
            #expect(try await named("Tool_Selection")?.name == "Tool Selection")
            #expect(try await named("Answer Relevance")?.isRoot == true, "superseded ones are found by name")
            try await tenant.evaluator("Clarity")
            let newest = try await tenant.evaluator("Clarity")
            try await tenant.evaluator("clarity")
            #expect(try await named("Clarity")?.id == newest.id)
            #expect(try await store.find(named: "Clarity", readableBy: world.tenant().organization)?.isRoot == true)
            #expect(try await named("No such evaluator") == nil)
        }
    }

    @Test func whatIsDeletedIsGoneAndWhatIsBuiltInStays() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = EvaluatorStore(database: world.database)
            let evaluator = try await tenant.evaluator("Going")
            #expect(try await store.delete(evaluator.id, in: tenant.organization, at: Date()))
            #expect(try await store.delete(evaluator.id, in: tenant.organization, at: Date()) == false)
            #expect(try await store.find(evaluator.id, readableBy: tenant.organization) == nil)
            #expect(try await store.find(named: "Going", readableBy: tenant.organization) == nil)
            let preset = try #require(PresetCatalogue.evaluators.first)
            #expect(try await store.delete(preset.id, in: tenant.organization, at: Date()) == false)
            #expect(try await store.delete(preset.id, in: PresetCatalogue.organizationID, at: Date()) == false)
        }
    }

    @Test func anotherOrganisationsEvaluatorDoesNotExist() async throws {
        try await World.run { world in
            let (owner, other) = (try await world.tenant(), try await world.tenant())
            let store = EvaluatorStore(database: world.database)
            let evaluator = try await owner.evaluator("Private")
            #expect(try await store.find(evaluator.id, readableBy: other.organization) == nil)
            #expect(try await store.find(all: [evaluator.id], readableBy: other.organization).isEmpty)
            #expect(try await store.find(named: "Private", readableBy: other.organization) == nil)
            #expect(
                try await store.versions(of: evaluator.id, readableBy: other.organization, page: .firstHundred).items
                    .isEmpty)
            #expect(try await store.delete(evaluator.id, in: other.organization, at: Date()) == false)
            #expect(try await store.addVersion(other.change(of: evaluator) { $0.name = "Stolen" }) == false)
            let objectives = ObjectiveStore(database: world.database)
            #expect(try await objectives.find(evaluator.objective.id, readableBy: other.organization) == nil)
        }
    }

    @Test func aPublicEvaluatorIsReadByOthersAndChangedByNone() async throws {
        try await World.run { world in
            let (owner, other) = (try await world.tenant(), try await world.tenant())
            let store = EvaluatorStore(database: world.database)
            let shared = try await owner.evaluator("Shared", visibility: .public)
            #expect(try await store.find(shared.id, readableBy: other.organization) == shared)
            #expect(try await store.addVersion(other.change(of: shared) { $0.name = "Stolen" }) == false)
            let objective = try await ObjectiveStore(database: world.database).find(
                shared.objective.id, readableBy: other.organization)
            #expect(objective == shared.objective)
        }
    }

    @Test func aResourceCannotLieInAnotherOrganisationsProject() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            await #expect(throws: Conflict(.missingReference)) {
                try await tenant.evaluator("Misplaced", project: other.project)
            }
        }
    }
}
