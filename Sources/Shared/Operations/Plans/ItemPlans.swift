internal import FoundationEssentials
internal import Scoring
internal import Tenancy
internal import WireAPI

/// What plans can do to evaluators and judges.
package struct ItemPlans: Sendable {
    private let items: Items

    /// How many things are shown of a plan, and how many judges are named in its effect.
    private static let samples = 5

    package init(items: Items) { self.items = items }

    /// Deleting.
    package var actions: [PlannedAction] {
        [
            deletion(.deleteEvaluators, of: .evaluator, needs: [.evaluatorRead, .evaluatorDelete]),
            deletion(.deleteJudges, of: .judge, needs: [.judgeRead, .judgeDelete]),
        ]
    }

    private func deletion(
        _ action: OperatorPlanAction, of kind: ItemKind, needs permissions: [Permission]
    ) -> PlannedAction {
        PlannedAction(
            action, needs: permissions, batchSize: 20, concurrency: 1,
            prepare: { try await prepare($0, kind, $1) },
            perform: { batch in
                try await outcomes(of: batch.ids) { id in
                    try await items.delete(kind, id, for: batch.principal)
                    return .done(undo: kind.rawValue)
                }
            },
            undo: { traces, caller in
                try await outcomes(of: traces.map(\.id)) { id in
                    _ = try await items.restore(kind, id, for: caller.principal)
                    return .done(undo: nil)
                }
            })
    }

    private func prepare(
        _ draft: OperatorPlanDraft, _ kind: ItemKind, _ principal: Principal
    ) async throws -> PlanContent {
        guard let ids = draft.ids else {
            throw PlanProblem(.draft(field: "ids"), "Say which \(kind.rawValue)s, one by one.")
        }
        var seen: Set<UUID> = []
        let wanted = ids.filter { seen.insert($0).inserted }.prefix(Plans.mostThings)
        let found = try await items.own(kind, Array(wanted), for: principal)
        return PlanContent(
            things: .named(found.map(\.id)), isCut: ids.count > Plans.mostThings,
            effect: try await effect(of: found, leavingOut: wanted.count - found.count, kind, principal),
            estimatedCostNanodollars: nil,
            samples: found.prefix(Self.samples).map { OperatorPlan.Sample(id: $0.id, name: $0.name) },
            confirmation: found.count == 1
                ? OperatorPlan.Confirmation(kind: .name, text: found[0].name)
                : OperatorPlan.Confirmation(kind: .count, text: "\(found.count)"),
            undoEffect: kind == .evaluator
                ? "Brings them back, also into the judges that had them." : "Brings them back.")
    }

    private func effect(
        of found: [ItemSummary], leavingOut others: Int, _ kind: ItemKind, _ principal: Principal
    ) async throws -> String {
        var sentences = ["\(count(found.count, kind.rawValue)) will be deleted; executions stay and keep naming them."]
        if kind == .evaluator {
            let judges = try await items.judges(having: found.map { EvaluatorID(uuid: $0.id) }, for: principal)
            let names = Dictionary(judges.values.joined().map { ($0.id, $0.name) }) { first, _ in first }
            sentences.append(use(by: names.values.sorted()))
        }
        if others > 0 { sentences.append("\(others) that cannot be deleted or are gone are left out.") }
        return sentences.joined(separator: " ")
    }

    private func use(by names: [String]) -> String {
        guard !names.isEmpty else { return "No judge uses them." }
        let shown = names.prefix(Self.samples).map { "“\($0)”" }.joined(separator: ", ")
        let rest = names.count > Self.samples ? " and \(names.count - Self.samples) more" : ""
        return "\(count(names.count, "judge")) will go on without them: \(shown)\(rest)."
    }

    private func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }

    private func outcomes(
        of ids: [UUID], _ body: (UUID) async throws -> PlanOutcome
    ) async throws -> [PlanOutcome] {
        var outcomes: [PlanOutcome] = []
        for id in ids {
            do {
                outcomes.append(try await body(id))
            } catch is NotFound {
                outcomes.append(.failed("It is not there any more."))
            } catch let error as ReadOnly {
                outcomes.append(.failed(error.description))
            }
        }
        return outcomes
    }
}
