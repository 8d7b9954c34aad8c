import FoundationEssentials
import Operations
import Scoring
import Stores
import Tenancy
import Testing
import YAML

@Suite struct SubmitDocumentTests {
    private static let complete = """
        kind: evaluator
        name: Tone of voice
        intent: To measure the tone.
        criteria: |
          Rate {{response}}
          for {{audience}}.
        variables: [brand]
        models: [root]
        behavior: fast
        change_note: First.
        """

    @Test func aDocumentMakesAnEvaluator() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let looked = try await tenant.submit(.evaluator, Self.complete, dryRun: true)
            #expect(looked.problems.isEmpty && looked.saved == nil)
            #expect(
                looked.changedFields == ["name", "intent", "criteria", "variables", "models", "behavior"])
            let receipt = try await tenant.submit(.evaluator, Self.complete)
            let saved = try #require(receipt.saved)
            #expect(saved.name == "Tone of voice" && saved.version.number == 1)
            #expect(saved.version.changeNote == "First." && saved.projectID == tenant.project.id)
            let evaluator = try await rig.product.evaluators.find(
                EvaluatorID(uuid: saved.id), for: tenant.principal())
            let definition = evaluator.version.definition
            #expect(definition.criteria.text == "Rate {{response}}\nfor {{audience}}.\n")
            #expect(definition.inputVariables.map(\.name) == ["brand"] && definition.behavior == .fast)
            #expect(evaluator.objective.version.intent == "To measure the tone.")
        }
    }

    @Test func aWrittenDocumentChangesNothingUntilItIsEdited() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let evaluator = try await tenant.evaluator("Tone", criteria: "Rate {{response}}\n\n  for {{topic}}")
            let id = evaluator.id.uuid
            let written = try await tenant.documents.write(.evaluator, id, version: nil, for: tenant.principal())
            #expect(written.version.number == 1 && written.text.hasPrefix("# Version 1 of "))
            let unchanged = try await tenant.submit(.evaluator, written.text, id: id, expecting: written.version.id)
            #expect(unchanged.problems.isEmpty && unchanged.changedFields.isEmpty && unchanged.saved == nil)

            let edited = written.text.replacing("for {{topic}}", with: "on {{topic}}")
            let receipt = try await tenant.submit(
                .evaluator, edited, id: id, expecting: written.version.id, note: "On, not for.")
            #expect(receipt.changedFields == ["criteria"] && receipt.saved?.version.number == 2)
            #expect(receipt.saved?.version.changeNote == "On, not for.")
            let now = try await rig.product.evaluators.find(evaluator.id, for: tenant.principal())
            #expect(now.version.definition.criteria.text == "Rate {{response}}\n\n  on {{topic}}")
            #expect(now.objective == evaluator.objective, "the same words are the same objective")
            let old = try await tenant.documents.write(
                .evaluator, id, version: written.version.id, for: tenant.principal())
            #expect(old.text.contains("for {{topic}}") && old.text.contains("The current one is 2."))
        }
    }

    @Test func allProblemsComeAtOnceAndNothingIsSaved() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let receipt = try await tenant.submit(
                .evaluator,
                """
                kind: judge
                name: T
                project: Nowhere
                objective_version_id: \(UUID())
                criteria: Rate {{response}}
                models: [root, no-such-model, another]
                """)
            #expect(receipt.saved == nil && receipt.changedFields.isEmpty)
            #expect(
                receipt.problems.map(\.description) == [
                    "1:1 intent", "1:7 kind", "2:7 name", "3:10 project", "6:16 models[1]", "6:31 models[2]",
                ])
            let unreadable = try await tenant.submit(.evaluator, "name: [unclosed")
            #expect(unreadable.problems.map(\.field) == [""] && unreadable.problems.first?.line == 2)
            let page = try await rig.product.items.list(
                .evaluator, ItemFilter.own, PageRequest(limit: 10), for: tenant.principal())
            #expect(page.items.isEmpty)
        }
    }

    @Test func whoeverComesSecondIsToldWhoWasFirst() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let evaluator = try await tenant.evaluator("Tone")
            let principal = tenant.principal()
            let written = try await tenant.documents.write(.evaluator, evaluator.id.uuid, version: nil, for: principal)
            let first = written.text.replacing("balanced", with: "fast")
            let second = written.text.replacing("balanced", with: "thorough")
            let saved = try await tenant.submit(
                .evaluator, first, id: evaluator.id.uuid, expecting: written.version.id)
            for isDryRun in [true, false] {
                let error = await #expect(throws: NewerVersion.self) {
                    try await tenant.submit(
                        .evaluator, second, id: evaluator.id.uuid, expecting: written.version.id, dryRun: isDryRun)
                }
                #expect(error?.current == saved.saved?.version)
                #expect(error?.description.contains("Olive Owner") == true)
            }
        }
    }

    @Test func oneRoleLooksAndAnotherChanges() async throws {
        try await Rig.run { rig in
            let (tenant, other) = (try await rig.tenant(), try await rig.tenant())
            let evaluator = try await tenant.evaluator("Tone")
            let id = evaluator.id.uuid
            let text = try await tenant.documents.write(.evaluator, id, version: nil, for: tenant.principal(.viewer))
                .text
            for (item, denied) in [(id, Permission.evaluatorUpdate), (nil, .evaluatorCreate)] {
                let error = await #expect(throws: PermissionDenied.self) {
                    try await tenant.submit(.evaluator, text, id: item, role: .viewer)
                }
                #expect(error?.permission == denied)
            }
            await #expect(throws: NotFound.self) { try await other.submit(.evaluator, text, id: id) }
            await #expect(throws: NotFound.self) {
                try await other.documents.write(.evaluator, id, version: nil, for: other.principal())
            }
            let preset = try #require(PresetCatalogue.evaluators.first).id.uuid
            let builtIn = try await tenant.documents.write(.evaluator, preset, version: nil, for: tenant.principal())
            #expect(builtIn.text.contains("built in"))
            await #expect(throws: ReadOnly.self) { try await tenant.submit(.evaluator, builtIn.text, id: preset) }
            let copy = try await tenant.submit(.evaluator, builtIn.text)
            #expect(copy.saved?.origin(for: tenant.organization) == .own && copy.saved?.id != preset)
            try await rig.product.items.delete(.evaluator, id, for: tenant.principal())
            await #expect(throws: NotFound.self) { try await tenant.submit(.evaluator, text, id: id) }
        }
    }

    /// Replaces parts of an evaluator's document and hands it in.
    private func edit(
        _ evaluator: Evaluator, _ tenant: Tenant, _ replacements: [(String, String)], adding end: String = ""
    ) async throws -> DocumentReceipt {
        let id = evaluator.id.uuid
        var text = try await tenant.documents.write(.evaluator, id, version: nil, for: tenant.principal()).text
        for (old, new) in replacements { text = text.replacing(old, with: new) }
        return try await tenant.submit(.evaluator, text + end, id: id)
    }

    @Test func otherWordsMakeAnotherObjective() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let a = try await tenant.evaluator("A one", intent: "To measure A.")
            let b = try await tenant.evaluator("B two", intent: "To measure B.")
            let evaluators = rig.product.evaluators
            let principal = tenant.principal()

            let reworded = try await edit(a, tenant, [("To measure A.", "To measure more.")])
            #expect(reworded.changedFields == ["intent"])
            let own = try await evaluators.find(a.id, for: principal).objective
            #expect(own.version.intent == "To measure more." && own.id != a.objective.id)

            let toB = (own.id.description, b.objective.id.description)
            let clash = try await edit(a, tenant, [toB])
            #expect(clash.problems.map(\.field) == ["intent"])
            let chosen = try await edit(a, tenant, [toB, ("intent: To measure more.\n", "")])
            #expect(chosen.problems.isEmpty, "\(chosen.problems)")
            #expect(try await evaluators.find(a.id, for: principal).objective == b.objective)

            let version = b.objective.version.id
            let pinned = try await edit(a, tenant, [], adding: "objective_version_id: \(version)\n")
            #expect(pinned.changedFields == ["objective_version_id"])
            let definition = try await evaluators.find(a.id, for: principal).version.definition
            #expect(definition.objectiveVersionID == version)
            let nothing = UUID().uuidString.lowercased()
            let wrong = try await edit(a, tenant, [(version.description, nothing)])
            #expect(wrong.problems.map(\.field) == ["objective_version_id"])
            let unknown = try await edit(a, tenant, [(b.objective.id.description, nothing)])
            #expect(unknown.problems.map(\.field) == ["objective_id"])
        }
    }
}

@Suite struct SubmitJudgeTests {
    @Test func membersAreMeantByNameByIdAndByVersion() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let (a, b) = (try await tenant.evaluator("A one"), try await tenant.evaluator("B two"))
            let preset = try #require(PresetCatalogue.evaluators.first)
            let receipt = try await tenant.submit(
                .judge,
                """
                name: Panel
                intent: To judge.
                visibility: public
                evaluators:
                  - A one
                  - id: \(b.id)
                    version: 1
                  - name: \(preset.name)
                    id: \(preset.id)
                """)
            let saved = try #require(receipt.saved, "\(receipt.problems)")
            let judge = try await rig.product.judges.find(JudgeID(uuid: saved.id), for: tenant.principal())
            #expect(
                judge.version.definition.evaluators == [
                    EvaluatorReference(id: a.id, pinned: nil),
                    EvaluatorReference(id: b.id, pinned: b.version.id),
                    EvaluatorReference(id: preset.id, pinned: nil),
                ])
            #expect(judge.visibility == .public && saved.version.number == 1)
            let written = try await tenant.documents.write(.judge, saved.id, version: nil, for: tenant.principal())
            let again = try await tenant.submit(.judge, written.text, id: saved.id, expecting: written.version.id)
            #expect(again.changedFields.isEmpty && again.problems.isEmpty)

            let edited = written.text.replacing("    version: 1\n", with: "").replacing(
                "visibility: public\n", with: "")
            let changed = try await tenant.submit(.judge, edited, id: saved.id, note: "Follow.")
            #expect(changed.changedFields == ["evaluators"] && changed.saved?.version.changeNote == "Follow.")
            let now = try await rig.product.judges.find(judge.id, for: tenant.principal())
            #expect(now.version.definition.evaluators[1].pinned == nil && now.visibility == .public)
        }
    }

    @Test func whatAMemberCannotMeanIsSaidAtItsPlace() async throws {
        try await Rig.run { rig in
            let (tenant, other) = (try await rig.tenant(), try await rig.tenant())
            let a = try await tenant.evaluator("A one")
            let foreign = try await other.evaluator("Foreign one")
            let receipt = try await tenant.submit(
                .judge,
                """
                name: Panel
                intent: To judge.
                evaluators:
                  - Nobody
                  - {id: \(foreign.id)}
                  - {id: \(a.id), name: Another}
                  - {name: A one, version: 7}
                  - {nome: A one}
                  - {version: 0, name: A one}
                """)
            #expect(
                receipt.problems.map(\.description) == [
                    "4:5 evaluators[0]", "5:5 evaluators[1]", "6:5 evaluators[2]", "7:5 evaluators[3]",
                    "8:6 evaluators[4].nome", "9:15 evaluators[5].version",
                ])
            #expect(receipt.saved == nil)
        }
    }

    @Test func whoeverComesSecondIsToldWhoWasFirst() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let judge = try await tenant.judge("Panel", [])
            let written = try await tenant.documents.write(
                .judge, judge.id.uuid, version: nil, for: tenant.principal())
            let saved = try await tenant.submit(
                .judge, written.text.replacing("Panel", with: "Renamed"), id: judge.id.uuid,
                expecting: written.version.id)
            let error = await #expect(throws: NewerVersion.self) {
                try await tenant.submit(
                    .judge, written.text.replacing("Panel", with: "Later"), id: judge.id.uuid,
                    expecting: written.version.id)
            }
            #expect(error?.current == saved.saved?.version)
        }
    }
}

extension ItemFilter {
    /// The organisation's own.
    static var own: ItemFilter {
        var filter = ItemFilter()
        filter.origin = .own
        return filter
    }
}
