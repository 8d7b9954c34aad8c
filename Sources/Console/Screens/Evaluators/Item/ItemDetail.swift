import FoundationEssentials
import WireAPI

/// An evaluator or a judge in full.
enum ItemDetail: Sendable, Hashable {
    case evaluator(OperatorEvaluator)
    case judge(OperatorJudge)

    var item: OperatorItem {
        switch self {
        case .evaluator(let evaluator): evaluator.item
        case .judge(let judge): judge.item
        }
    }

    var version: OperatorVersion {
        switch self {
        case .evaluator(let evaluator): evaluator.version
        case .judge(let judge): judge.version
        }
    }

    var visibility: String {
        switch self {
        case .evaluator(let evaluator): evaluator.visibility
        case .judge(let judge): judge.visibility
        }
    }

    var inputs: [OperatorInput] {
        switch self {
        case .evaluator(let evaluator): evaluator.inputs
        case .judge(let judge): judge.inputs
        }
    }

    /// What a judge consists of.
    var members: [OperatorJudge.Member] {
        switch self {
        case .evaluator: []
        case .judge(let judge): judge.members
        }
    }
}

/// Reads an evaluator or a judge, by its kind.
struct ItemDetailLoad: Sendable {
    private let reference: OperatorItemReference
    private var evaluator = Loadable<OperatorEvaluator>()
    private var judge = Loadable<OperatorJudge>()

    init(_ reference: OperatorItemReference) { self.reference = reference }

    var value: ItemDetail? { evaluator.value.map(ItemDetail.evaluator) ?? judge.value.map(ItemDetail.judge) }
    var failure: ServerFailure? { evaluator.failure ?? judge.failure }
    var failingSince: Duration? { evaluator.failingSince ?? judge.failingSince }
    var isSettled: Bool { evaluator.isSettled || judge.isSettled }

    mutating func load(_ context: inout ScreenContext) {
        switch reference.kind {
        case .evaluator: evaluator.load(.evaluator(reference.id), &context)
        case .judge: judge.load(.judge(reference.id), &context)
        }
    }

    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        switch reference.kind {
        case .evaluator: evaluator.receive(answer, &context)
        case .judge: judge.receive(answer, &context)
        }
    }
}
