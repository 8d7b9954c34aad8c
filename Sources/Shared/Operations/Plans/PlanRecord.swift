internal import FoundationEssentials
internal import Tenancy
internal import WireAPI

/// A plan as it is kept.
struct PlanRecord: Codable, Sendable {
    let id: UUID
    let organizationID: UUID
    /// Who made it, and alone may execute it.
    let userID: UUID
    let action: OperatorPlanAction
    let arguments: OperatorPlanDraft.Arguments
    let things: PlanThings
    let isCut: Bool
    let effect: String
    let estimatedCostNanodollars: Int64?
    let samples: [OperatorPlan.Sample]
    let confirmation: OperatorPlan.Confirmation
    let undoEffect: String?
    let expiresAt: Date

    init(_ id: UUID, _ draft: OperatorPlanDraft, _ content: PlanContent, of principal: Principal, expiresAt: Date) {
        self.id = id
        organizationID = principal.organizationID.uuid
        userID = principal.user.id.uuid
        action = draft.action
        arguments = draft.arguments
        things = content.things
        isCut = content.isCut
        effect = content.effect
        estimatedCostNanodollars = content.estimatedCostNanodollars
        samples = content.samples
        confirmation = content.confirmation
        undoEffect = content.undoEffect
        self.expiresAt = expiresAt
    }

    func belongs(to principal: Principal) -> Bool {
        organizationID == principal.organizationID.uuid && userID == principal.user.id.uuid
    }
}

/// How far the execution of a plan has come.
struct PlanRun: Codable, Sendable, Hashable {
    var state: OperatorPlan.State
    var done = 0
    var failed = 0
    /// The most frequent come first in what is shown; here in the order in which they came.
    var failures: [OperatorPlan.Failure] = []
    /// When the server that executes it last said so.
    var aliveAt: Date
    /// With which token it can be undone, once it has ended.
    var undo: OperatorPlan.Undo?

    /// A server that says nothing for this long has been stopped.
    static let patience: TimeInterval = 30
    /// How many reasons are told apart, and how many things are named for each.
    private static let reasons = 20
    private static let named = 5

    init(at moment: Date) {
        state = .running
        aliveAt = moment
    }

    /// Counts what became of a thing.
    mutating func note(_ outcome: PlanOutcome, of id: UUID) {
        switch outcome {
        case .done: done += 1
        case .failed(let reason):
            failed += 1
            if let place = failures.firstIndex(where: { $0.reason == reason }) {
                let known = failures[place]
                failures[place] = OperatorPlan.Failure(
                    reason: reason, count: known.count + 1,
                    ids: known.ids.count < Self.named ? known.ids + [id] : known.ids)
            } else if failures.count < Self.reasons {
                failures.append(OperatorPlan.Failure(reason: reason, count: 1, ids: [id]))
            }
        }
    }

    /// Counts things that have something in common.
    mutating func note(done number: Int) { done += number }

    /// Counts things that were in the plan and did not match any more.
    mutating func note(missed number: Int, because reason: String) {
        guard number > 0 else { return }
        failed += number
        failures.append(OperatorPlan.Failure(reason: reason, count: number, ids: []))
    }

    /// The state at a moment: who runs it may have been stopped without a word.
    func state(at moment: Date) -> OperatorPlan.State {
        guard state == .running, moment.timeIntervalSince(aliveAt) > Self.patience else { return state }
        return .interrupted
    }
}

extension OperatorPlan {
    /// A plan as its maker sees it.
    init(_ record: PlanRecord, _ run: PlanRun?, at moment: Date) {
        self.init(
            id: record.id, action: record.action, count: record.things.count, isCut: record.isCut,
            effect: record.effect, estimatedCostNanodollars: record.estimatedCostNanodollars,
            samples: record.samples, confirmation: record.confirmation, expiresAt: record.expiresAt,
            state: run?.state(at: moment) ?? .ready,
            progress: Progress(
                done: run?.done ?? 0, failed: run?.failed ?? 0,
                failures: (run?.failures ?? []).sorted { $0.count > $1.count }),
            undo: run?.undo)
    }
}
