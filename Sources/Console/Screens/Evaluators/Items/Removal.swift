import FoundationEssentials
import WireAPI

/// Deleting evaluators and judges by plans of the server, which hold what is deleted, whatever is marked by then. Plans are
/// about one kind: of marks on both, the judges come when the evaluators are gone. One undo brings back everything.
struct Removal: Sendable {
    private var plan: BulkPlan<ItemCommand>?
    private var items: [OperatorItem] = []
    /// The kinds that are still to be asked about.
    private var kinds: [OperatorItemKind] = []
    private var done: [RemovalToken] = []
    private var undoing: [BulkPlan<ItemCommand>] = []

    /// What is waited for.
    var status: Segment? { plan?.status ?? undoing.lazy.compactMap(\.status).first }

    /// Asks what deleting would do.
    mutating func begin(_ items: [OperatorItem], _ context: inout ScreenContext) {
        self = Removal()
        self.items = items
        // The server leaves out what is not the organisation's own, and says so.
        kinds = OperatorItemKind.allCases.filter { kind in
            context.scope.may(kind.deletion) && items.contains { $0.kind == kind && $0.origin == .own }
        }
        makePlan(&context)
    }

    /// What the plan wants typed was typed.
    mutating func agreed(_ id: UUID, _ context: inout ScreenContext) { plan?.execute(id, &context) }

    mutating func undo(_ tokens: [RemovalToken], _ context: inout ScreenContext) {
        undoing = tokens.map { token in
            var plan = Self.plan(undoing: [])
            plan.undo(token.planID, token: token.token, &context)
            return plan
        }
    }

    /// Takes an answer; says whether items may have come or gone.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        if let begun = plan?.receive(answer, &context) {
            takeBegun(begun, &context)
            return true
        }
        let waiting = undoing.count { $0.status != nil }
        for index in undoing.indices { _ = undoing[index].receive(answer, &context) }
        return undoing.count { $0.status != nil } < waiting
    }

    private static func plan(undoing done: [RemovalToken]) -> BulkPlan<ItemCommand> {
        BulkPlan(
            agree: { .act(.removeAgreed($0)) },
            undo: { .act(.undoRemoval(done + [RemovalToken(planID: $0, token: $1)])) })
    }

    private mutating func makePlan(_ context: inout ScreenContext) {
        guard !kinds.isEmpty else { return }
        let kind = kinds.removeFirst()
        let next = kinds.map { next in
            let count = items.count { $0.kind == next && $0.origin == .own }
            return "After this it asks about \(count) \(next.word(count))."
        }
        plan = Self.plan(undoing: done)
        plan?.make(
            OperatorPlanDraft(
                kind == .evaluator ? .deleteEvaluators : .deleteJudges, ids: items.filter { $0.kind == kind }.map(\.id)),
            notes: next, &context)
    }

    private mutating func takeBegun(_ begun: OperatorPlan, _ context: inout ScreenContext) {
        guard !begun.isWorthWatching else { return }
        if let undo = begun.undo { done.append(RemovalToken(planID: begun.id, token: undo.token)) }
        makePlan(&context)
    }
}
