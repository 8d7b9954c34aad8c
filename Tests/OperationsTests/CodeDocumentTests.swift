import Operations
import Scoring
import Tenancy
import Testing

/// Evaluators that are code, made by documents and by drafts.
@Suite struct CodeDocumentTests {
    private static let complete = """
        kind: evaluator
        name: Order number
        intent: To find the number of an order.
        code:
          kind: regex
          pattern: order \\d+
          ignore_case: true
        """

    @Test func aDocumentWithCodeMakesAnEvaluatorThatComesBackAsItWas() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let receipt = try await tenant.submit(.evaluator, Self.complete)
            #expect(receipt.problems.isEmpty && receipt.changedFields == ["name", "intent", "code"])
            let saved = try #require(receipt.saved)
            let evaluator = try await rig.product.evaluators.find(
                EvaluatorID(uuid: saved.id), for: tenant.principal())
            #expect(evaluator.version.definition.code?.rule.kind == .regularExpression)
            #expect(evaluator.inputs.entries.map(\.name) == ["response"])

            let written = try await tenant.documents.write(.evaluator, saved.id, version: nil, for: tenant.principal())
            #expect(written.text.contains("code:\n") && !written.text.contains("criteria:"))
            let unchanged = try await tenant.submit(
                .evaluator, written.text, id: saved.id, expecting: written.version.id)
            #expect(unchanged.problems.isEmpty && unchanged.changedFields.isEmpty)
            let edited = written.text.replacing(#"order \\d+"#, with: "order [0-9]+")
            let changed = try await tenant.submit(.evaluator, edited, id: saved.id, expecting: written.version.id)
            #expect(changed.changedFields == ["code"] && changed.saved?.version.number == 2)
        }
    }

    @Test func mistakesInCodeAreToldAtTheirLine() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let wrong = Self.complete.replacing("order \\d+", with: "order (")
            let receipt = try await tenant.submit(.evaluator, wrong)
            let problem = try #require(receipt.problems.first)
            #expect(receipt.problems.count == 1 && problem.field == "code.pattern" && problem.line == 6)
            #expect(problem.message == "“(” is never closed (character 7).")
            let both = try await tenant.submit(
                .evaluator, Self.complete + "\ncriteria: Rate {{response}}\nmodels: [root]")
            #expect(both.problems.map(\.field).sorted() == ["criteria", "models"])
        }
    }

    @Test func codeTakesThePlaceOfCriteriaAndCriteriaThatOfCode() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let evaluator = try await tenant.evaluator("Tone", criteria: "Rate {{response}} for {{topic}}")
            var draft = EvaluatorDraft()
            draft.code = CodeEvaluation(.jsonFilled)
            let code = try await rig.product.evaluators.update(evaluator.id, draft, for: tenant.principal())
            #expect(code.version.definition.code == CodeEvaluation(.jsonFilled))
            #expect(code.version.definition.criteria.text.isEmpty && code.inputs.entries.map(\.name) == ["response"])

            var both = draft
            both.criteria = "Rate {{response}}"
            let refusal = await #expect(throws: InvalidDefinition.self) {
                try await rig.product.evaluators.update(evaluator.id, both, for: tenant.principal())
            }
            #expect(refusal?.problems.map(\.field) == ["scoring_criteria"])

            var criteria = EvaluatorDraft()
            criteria.criteria = "Rate {{response}}"
            let judged = try await rig.product.evaluators.update(evaluator.id, criteria, for: tenant.principal())
            #expect(judged.version.definition.code == nil)
            #expect(judged.version.definition.criteria.text == "Rate {{response}}")
        }
    }
}
