import FoundationEssentials
import Operations
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct ImportDocumentTests {
    private func plan(_ text: String, _ tenant: Tenant, role: Role = .owner) async throws -> ImportPlan {
        try await tenant.documents.plan(importing: text, to: nil, for: tenant.principal(role))
    }

    private func bringIn(_ text: String, _ tenant: Tenant) async throws -> ImportPlan {
        let plan = try await plan(text, tenant)
        let token = try #require(plan.token, "\(plan.entries)")
        return try await tenant.documents.carryOut(planOf: token, importing: text, to: nil, for: tenant.principal())
    }

    private func export(_ judges: [Judge], _ tenant: Tenant) async throws -> String {
        try await tenant.documents.export(
            evaluators: [], judges: judges.map(\.id), withEvaluatorsOfJudges: true, for: tenant.principal()
        ).text
    }

    @Test func whatOneOrganisationWritesAnotherReads() async throws {
        try await Rig.run { rig in
            let (source, target) = (try await rig.tenant(), try await rig.tenant())
            let (a, b) = (
                try await source.evaluator("A one", criteria: "Rate {{response}}\nof {{topic}}\n"),
                try await source.evaluator("B two")
            )
            let preset = try #require(PresetCatalogue.evaluators.first)
            let judge = try await source.judge(
                "Panel", [b.id, preset.id, a.id].map { EvaluatorReference(id: $0, pinned: nil) })
            let text = try await export([judge], source)
            #expect(!text.contains("#") && text.contains("---\n"))

            let plan = try await plan(text, target)
            #expect(plan.entries.map(\.action) == [.create, .create, .create] && !plan.isDone)
            #expect(plan.entries.map(\.name) == ["B two", "A one", "Panel"])
            #expect(plan.entries.map(\.kind) == [.evaluator, .evaluator, .judge])
            #expect(plan.entries.map(\.line) == plan.entries.map(\.line).sorted())
            let page = try await rig.product.items.list(
                .evaluator, ItemFilter.own, PageRequest(limit: 10), for: target.principal())
            #expect(page.items.isEmpty, "a plan changes nothing")

            let done = try await bringIn(text, target)
            #expect(done.isDone && done.token == nil && done.entries.allSatisfy { $0.id != nil })
            let id = try #require(done.entries.last?.id)
            let copy = try await rig.product.judges.find(JudgeID(uuid: id), for: target.principal())
            #expect(copy.evaluators.map(\.name) == ["B two", preset.name, "A one"])
            #expect(copy.evaluators[0].organizationID == target.organization && copy.evaluators[0].id != b.id)
            #expect(copy.evaluators[2].version.definition.criteria == a.version.definition.criteria)

            let again = try await self.plan(text, target)
            #expect(again.entries.map(\.action) == [.unchanged, .unchanged, .unchanged] && again.token == nil)
            let home = try await self.plan(text, source)
            #expect(home.entries.map(\.action) == [.unchanged, .unchanged, .unchanged])
        }
    }

    @Test func itemsOfTheSameIdOrNameGetANewVersion() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let a = try await tenant.evaluator("A one")
            let judge = try await tenant.judge("Panel", [EvaluatorReference(id: a.id, pinned: nil)])
            let text = try await export([judge], tenant)
            // A rename and the judge that says the new name come in one text.
            let renamed = text.replacing("A one", with: "A 1")
            let plan = try await plan(renamed, tenant)
            #expect(plan.entries.map(\.action) == [.update, .unchanged], "\(plan.entries)")
            #expect(plan.entries.first?.changedFields == ["name"] && plan.entries.first?.id == a.id.uuid)
            #expect(plan.entries.first?.version?.number == 1)
            _ = try await bringIn(renamed, tenant)
            #expect(try await rig.product.evaluators.find(a.id, for: tenant.principal()).name == "A 1")

            let byName = "kind: evaluator\nname: A 1\nintent: To measure something.\ncriteria: New {{response}}\n"
            let second = try await bringIn(byName, tenant)
            #expect(second.entries.map(\.action) == [.update] && second.entries.first?.id == a.id.uuid)
            let now = try await rig.product.evaluators.find(a.id, for: tenant.principal())
            #expect(now.version.number == 3 && now.version.definition.criteria.text == "New {{response}}")
        }
    }

    @Test func oneProblemKeepsTheWholeTextOut() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let text = """
                kind: evaluator
                name: Fine one
                intent: To measure.
                criteria: Rate {{response}}
                ---
                kind: evaluator
                name: Fine one
                intent: To measure.
                criteria: Twice
                ---
                name: Which kind
                ---
                kind: judge
                name: Panel
                intent: To judge.
                evaluators: [Fine one, Nobody]
                """
            let plan = try await plan(text, tenant)
            #expect(plan.token == nil)
            #expect(plan.entries.map(\.action) == [.create, .refused, .refused, .refused])
            let problems = plan.entries.flatMap(\.problems).map(\.description)
            #expect(problems == ["7:7 name", "11:1 kind", "16:24 evaluators[1]"])
            await #expect(throws: OutdatedPlan.self) {
                try await tenant.documents.carryOut(
                    planOf: "made up", importing: text, to: nil, for: tenant.principal())
            }
            let unreadable = try await self.plan("kind: evaluator\n---\na: [", tenant)
            #expect(unreadable.entries.map(\.action) == [.refused] && unreadable.token == nil)
            let empty = try await self.plan("# nothing\n", tenant)
            #expect(empty.entries.isEmpty && empty.token == nil)
        }
    }

    @Test func aPlanIsCarriedOutOnlyWhileItIsTrue() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let a = try await tenant.evaluator("A one")
            let text = "kind: evaluator\nid: \(a.id)\nname: A one\nintent: To measure something.\ncriteria: New\n"
            let token = try #require(try await plan(text, tenant).token)
            var draft = EvaluatorDraft()
            draft.criteria = "Meanwhile"
            _ = try await rig.product.evaluators.update(a.id, draft, for: tenant.principal())
            await #expect(throws: OutdatedPlan.self) {
                try await tenant.documents.carryOut(
                    planOf: token, importing: text, to: nil, for: tenant.principal())
            }
            let now = try await rig.product.evaluators.find(a.id, for: tenant.principal())
            #expect(now.version.definition.criteria.text == "Meanwhile")
        }
    }

    @Test func newItemsLandInTheProjectThatIsChosen() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let (id, date) = rig.identifiers.nextDated(Project.self)
            try await ProjectStore(database: rig.database).create(
                Project(
                    id: id, organizationID: tenant.organization, name: "Second", description: "", isDefault: false,
                    ownerID: tenant.owner.id, createdAt: date))
            let text = """
                kind: evaluator
                name: Without one
                intent: To measure.
                criteria: Rate
                ---
                kind: evaluator
                name: With one
                project: Default
                intent: To measure.
                criteria: Rate
                """
            let plan = try await tenant.documents.plan(importing: text, to: id, for: tenant.principal())
            let token = try #require(plan.token)
            let done = try await tenant.documents.carryOut(
                planOf: token, importing: text, to: id, for: tenant.principal())
            var projects: [ProjectID?] = []
            for entry in done.entries {
                let item = try await rig.product.items.find(
                    .evaluator, try #require(entry.id), for: tenant.principal())
                projects.append(item.projectID)
            }
            #expect(projects == [id, tenant.project.id])
            await #expect(throws: InvalidDefinition.self) {
                try await tenant.documents.plan(
                    importing: text, to: ProjectID(uuid: UUID()), for: tenant.principal())
            }
        }
    }

    @Test func whoMayOnlyLookPlansNothing() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let text = "kind: evaluator\nname: New one\nintent: To measure.\ncriteria: Rate\n"
            let error = await #expect(throws: PermissionDenied.self) { try await plan(text, tenant, role: .viewer) }
            #expect(error?.permission == .evaluatorCreate)
        }
    }
}
