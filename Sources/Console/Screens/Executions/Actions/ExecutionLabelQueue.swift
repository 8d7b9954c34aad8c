package import FoundationEssentials
package import Terminal
package import WireAPI

/// Executions that were chosen to be labelled, in the order of their list. Each is read when its turn comes, the one behind
/// it already before.
///
/// What was evaluated is shown, and not what the evaluator found of it: people who have seen a score agree with it more
/// often than they would have.
package struct ExecutionLabelQueue: LabelQueue {
    private let chosen: [OperatorExecutionRow]
    private var waiting: [OperatorExecutionRow]
    private var skipped: [OperatorExecutionRow] = []
    /// What was read of the first of those that wait.
    private var details: [UUID: OperatorExecutionDetail] = [:]
    private var reading = Awaited<OperatorExecutionDetail>()
    private var asked: UUID?
    private var unreadable: [UUID: ServerFailure] = [:]
    package private(set) var done = 0

    /// Of executions.
    package init(_ rows: [OperatorExecutionRow]) {
        chosen = rows
        waiting = rows
    }

    package var subject: String {
        chosen.count == 1 ? chosen[0].name : "\(Formats.count(chosen.count)) executions"
    }
    package var noun: String { "executions" }
    package var current: OperatorExecutionRow? { waiting.first }
    package var total: Int { chosen.count }
    package var isRead: Bool { true }
    package var isReading: Bool { false }
    package var failure: ServerFailure? { current.flatMap { unreadable[$0.id] } }

    package mutating func begin(_ context: inout ScreenContext) { read(&context) }

    package mutating func forget() {
        reading.forget()
        asked = nil
        unreadable = [:]
    }

    package mutating func beginAnew(_ context: inout ScreenContext) {
        forget()
        waiting = skipped + waiting
        skipped = []
        read(&context)
    }

    /// Reads the present one, else the one behind it.
    private mutating func read(_ context: inout ScreenContext) {
        guard asked == nil else { return }
        let next = waiting.prefix(2).first { details[$0.id] == nil && unreadable[$0.id] == nil }
        guard let next else { return }
        asked = next.id
        reading.ask(.execution(next.id), &context)
    }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        guard let result = reading.take(answer), let id = asked else { return }
        asked = nil
        switch result {
        case .success(let detail): details[id] = detail
        case .failure(let failure): unreadable[id] = failure
        }
        read(&context)
    }

    package mutating func advance(isLabelled: Bool, _ context: inout ScreenContext) {
        let item = waiting.removeFirst()
        details[item.id] = nil
        if isLabelled { done += 1 } else { skipped.append(item) }
        read(&context)
    }

    package mutating func putBack(
        _ item: OperatorExecutionRow, behindCurrent: Bool, _ context: inout ScreenContext
    ) {
        waiting.insert(item, at: behindCurrent ? min(1, waiting.count) : 0)
        done -= 1
        read(&context)
    }

    package func id(of item: OperatorExecutionRow) -> UUID { item.id }
    package func name(of item: OperatorExecutionRow) -> String { "\(item.name), \(Formats.time(item.createdAt))" }

    package func document(of item: OperatorExecutionRow, width: Int, charset: Charset) -> Document? {
        details[item.id].map { ExecutionDocument(toLabel: $0, width: width, charset: charset).document }
    }

    package func draft(
        of item: OperatorExecutionRow, on scale: OperatorScale, value: Double, rationale: String?
    ) -> OperatorLabelDraft {
        OperatorLabelDraft(executionID: item.id, scaleID: scale.id, value: value, rationale: rationale)
    }
}
