package import FoundationEssentials
package import Tenancy
package import WireAPI

/// Something that can be done to many things by a plan: how the things are found and frozen, and how it is done to some
/// of them.
package struct PlannedAction: Sendable {
    package let action: OperatorPlanAction
    /// What one must be allowed to do, when the plan is made and when it is executed.
    package let permissions: [Permission]
    package let place: Place
    /// Whether it makes what needs much room, which is refused before a disk is full.
    package let storesMuch: Bool
    /// To how many things it is done at once, and how many such batches run at the same time.
    package let batchSize: Int
    package let concurrency: Int
    /// Finds the things of a draft.
    package let prepare: @Sendable (OperatorPlanDraft, Principal) async throws -> PlanContent
    /// Does it to some things; an outcome for each, in their order.
    package let perform: @Sendable (PlanBatch) async throws -> [PlanOutcome]
    /// Does it to the next of the things that match a selection; `nil` where all things are named.
    package let sweep: (@Sendable (PlanSweep) async throws -> PlanStride)?
    /// Makes it undone where it was done; an outcome for each. `nil` where that is not possible.
    package let undo: (@Sendable ([PlanTrace], PlanCaller) async throws -> [PlanOutcome])?
    /// Is told when somebody asked for it who must not.
    package let whenRefused: (@Sendable (PermissionDenied, PlanCaller) async -> Void)?

    /// Where one must be allowed to do it.
    package enum Place: Sendable, Hashable {
        /// In the whole organisation.
        case organization
        /// In a project: `prepare` finds what lies where one may, and `perform` asks again.
        case projects
    }

    package init(
        _ action: OperatorPlanAction, needs permissions: [Permission], in place: Place = .organization,
        storesMuch: Bool = false, batchSize: Int,
        concurrency: Int,
        prepare: @escaping @Sendable (OperatorPlanDraft, Principal) async throws -> PlanContent,
        perform: @escaping @Sendable (PlanBatch) async throws -> [PlanOutcome],
        sweep: (@Sendable (PlanSweep) async throws -> PlanStride)? = nil,
        undo: (@Sendable ([PlanTrace], PlanCaller) async throws -> [PlanOutcome])? = nil,
        whenRefused: (@Sendable (PermissionDenied, PlanCaller) async -> Void)? = nil
    ) {
        self.action = action
        self.permissions = permissions
        self.place = place
        self.storesMuch = storesMuch
        self.batchSize = batchSize
        self.concurrency = concurrency
        self.prepare = prepare
        self.perform = perform
        self.sweep = sweep
        self.undo = undo
        self.whenRefused = whenRefused
    }

    /// Passes for somebody who may do it, somewhere at least where that is enough.
    func require(of principal: Principal) throws(PermissionDenied) {
        for permission in permissions {
            switch place {
            case .organization: try principal.require(permission)
            case .projects: try principal.requireAnywhere(permission)
            }
        }
    }
}

/// Who makes, executes or undoes a plan.
package struct PlanCaller: Sendable {
    package let principal: Principal
    /// Where the request came from; `nil` when it is not known.
    package let address: String?

    package init(_ principal: Principal, from address: String? = nil) {
        self.principal = principal
        self.address = address
    }
}

/// The things of a plan.
package enum PlanThings: Codable, Sendable, Hashable {
    /// Named one by one, at most ``Plans/mostThings``.
    case named([UUID])
    /// So many that only what they have in common is kept.
    case matching(PlanSelection)

    /// How many they are.
    package var count: Int {
        switch self {
        case .named(let ids): ids.count
        case .matching(let selection): selection.count
        }
    }
}

/// What the things of a plan have in common, and how many they were at a moment: what comes later is not among them.
package struct PlanSelection: Codable, Sendable, Hashable {
    /// The parameters of their list.
    package let filter: [OperatorPlanDraft.Parameter]
    package let count: Int
    package let moment: Date

    package init(filter: [OperatorPlanDraft.Parameter], count: Int, moment: Date) {
        self.filter = filter
        self.count = count
        self.moment = moment
    }
}

/// What a plan is about.
package struct PlanContent: Sendable {
    package let things: PlanThings
    /// Whether there are more things that are not in it.
    package let isCut: Bool
    /// What will happen, in one sentence.
    package let effect: String
    /// `nil` when it costs nothing.
    package let estimatedCostNanodollars: Int64?
    /// The first few things.
    package let samples: [OperatorPlan.Sample]
    package let confirmation: OperatorPlan.Confirmation
    /// What undoing does, in one sentence; `nil` where that is not possible.
    package let undoEffect: String?

    package init(
        things: PlanThings, isCut: Bool, effect: String, estimatedCostNanodollars: Int64?,
        samples: [OperatorPlan.Sample],
        confirmation: OperatorPlan.Confirmation, undoEffect: String?
    ) {
        self.things = things
        self.isCut = isCut
        self.effect = effect
        self.estimatedCostNanodollars = estimatedCostNanodollars
        self.samples = samples
        self.confirmation = confirmation
        self.undoEffect = undoEffect
    }
}

/// Some of the things of a plan that is being executed.
package struct PlanBatch: Sendable {
    package let ids: [UUID]
    package let arguments: OperatorPlanDraft.Arguments
    /// Who executes the plan.
    package let caller: PlanCaller
    package let context: CallContext

    package var principal: Principal { caller.principal }
}

/// The next step of a plan whose things are not named.
package struct PlanSweep: Sendable {
    package let selection: PlanSelection
    /// Where the step before ended; `nil` at the beginning.
    package let place: String?
    package let arguments: OperatorPlanDraft.Arguments
    package let caller: PlanCaller
    package let context: CallContext
}

/// How far a step went.
package struct PlanStride: Sendable, Hashable {
    /// To how many things it was done.
    package let done: Int
    /// Where the next step begins; `nil` when there is nothing left.
    package let place: String?

    package init(done: Int, place: String?) {
        self.done = done
        self.place = place
    }
}

/// What became of one thing.
package enum PlanOutcome: Sendable, Hashable {
    /// It was done. The text is what undoing needs to know, `nil` when there is nothing to undo.
    case done(undo: String?)
    /// It was not; the reason in one sentence, alike for things that failed alike.
    case failed(String)
}

/// Where something was done that can be undone.
package struct PlanTrace: Codable, Sendable, Hashable {
    package let id: UUID
    /// What the action noted for undoing.
    package let undo: String

    package init(id: UUID, undo: String) {
        self.id = id
        self.undo = undo
    }
}

/// Why something cannot be done with a plan.
package struct PlanProblem: Error, Hashable, CustomStringConvertible {
    /// What the caller can do about it depends on the kind.
    package enum Kind: Sendable, Hashable {
        /// The draft asks for something that makes no plan; the field that is wrong.
        case draft(field: String)
        /// What was typed is not what the plan asks for.
        case confirmation
        /// The plan is not in a state for it, such as executed already.
        case state
        /// Too many plans run.
        case busy
        /// Nothing new is taken, because a disk is nearly full.
        case storageFull
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// What is said of things that nothing is done to any more while a disk is nearly full.
    static let storageFull = PlanProblem(
        .storageFull,
        "Nothing new is taken, because the installation's storage is nearly full. Make room, then make another plan.")
}
