package import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

/// What can be done to a batch.
package enum BatchCommand: Sendable, Hashable {
    case cancel
    case retry
    /// What had to be typed was typed.
    case cancelAgreed(UUID)
    case retryAgreed(UUID)

    /// The keys.
    static func bindings<Command: Sendable & Hashable>(_ command: (BatchCommand) -> Command) -> [Binding<Command>] {
        [
            Binding(
                [.character("R")], command(.retry), hint: "retry failed", "Retry what the batch has given up", .action,
                needs: .queueUpdate),
            Binding(
                [.character("K")], command(.cancel), hint: "cancel", "Cancel what of the batch waits or runs", .action,
                needs: .queueUpdate),
        ]
    }
}

/// Cancelling batches and retrying what failed in them; both ask for the number of jobs first.
struct BatchActions<Command: Sendable & Hashable>: Sendable {
    private let command: @Sendable (BatchCommand) -> Command
    private var acting = Awaited<OperatorBatch>()
    private var done = ""

    /// `command` makes of an action what the screen carries out.
    init(_ command: @escaping @Sendable (BatchCommand) -> Command) { self.command = command }

    var status: Segment? { acting.isWaiting ? Segment("Telling the server", .accent) : nil }

    static func can(_ action: BatchCommand, on batch: OperatorBatch?) -> Bool {
        guard let batch else { return false }
        return switch action {
        case .cancel: batch.state == .open || batch.state == .expanding
        case .retry: batch.dead > 0 && batch.state != .cancelling
        case .cancelAgreed, .retryAgreed: true
        }
    }

    mutating func perform(_ action: BatchCommand, on batch: OperatorBatch?, _ context: inout ScreenContext) {
        switch action {
        case .cancel:
            guard let batch else { return }
            // It moves meanwhile: the number is what is known when it is asked.
            ask(
                "Cancel \(batch.label)?",
                [
                    "\(Formats.count(batch.waiting)) of \(Formats.count(batch.total)) jobs have not ended: they are cancelled, also those that run.",
                    "What is done stays, and what it has cost: \(Formats.cost(nanodollars: batch.costNanodollars)).",
                ], batch.waiting, .cancelAgreed(batch.id), &context)
        case .retry:
            guard let batch else { return }
            ask(
                "Retry what \(batch.label) has given up?",
                [
                    "\(Formats.count(batch.dead)) jobs wait again, with all their attempts.",
                    "Where nothing has changed they fail again, and cost again.",
                ], batch.dead, .retryAgreed(batch.id), &context)
        case .cancelAgreed(let id):
            done = "The batch is being cancelled"
            acting.ask(.cancelBatch(id), &context)
        case .retryAgreed(let id):
            done = "What had failed waits again"
            acting.ask(.retryBatch(id), &context)
        }
    }

    private func ask(
        _ title: String, _ effects: [String], _ count: Int, _ agreed: BatchCommand, _ context: inout ScreenContext
    ) {
        context.present(
            Confirmation(title, effects: effects, typing: "\(count)", at: context.now, command(agreed)))
    }

    /// Takes an answer: the batch as it is now.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> OperatorBatch? {
        switch acting.take(answer) {
        case nil: return nil
        case .success(let batch):
            context.say(done, .good)
            return batch
        case .failure(let failure):
            context.say("Nothing was done: \(failure.message)", .bad)
            return nil
        }
    }
}
