import Tenancy
import Terminal
package import WireAPI

/// What operators decide about a queue, a tenant or a limit.
package enum QueueControlAction: Sendable, Hashable {
    /// What can be decided.
    package enum Verb: Sendable, Hashable {
        /// Pauses what goes on, lets go on what is paused.
        case pause
        case concurrency
        case rate
        case weight
    }

    /// Something that is decided about, and what holds now.
    package struct Target: Sendable, Hashable {
        let name: String
        let control: OperatorQueueControl
    }

    /// A key was pressed; where several things are meant it is asked which.
    case begin(Verb)
    case on(Target, Verb)
    /// What was typed, for what the question was about.
    case concurrency(Target, String)
    case rate(Target, String)
    case weight(Target, String)
    case undo(OperatorQueueControlChange)

    /// The keys, for the screens that show what can be decided about.
    static func bindings<Command: Sendable & Hashable>(
        _ command: (QueueControlAction) -> Command
    ) -> [Binding<Command>] {
        [
            Binding(
                [.character("P")], command(.begin(.pause)), hint: "pause", "Pause it, or let it go on", .action,
                needs: .queueUpdate),
            Binding(
                [.character("C")], command(.begin(.concurrency)), "Limit how many run at the same time", .action,
                needs: .queueUpdate),
            Binding(
                [.character("R")], command(.begin(.rate)), "Limit how many start in a minute", .action,
                needs: .queueUpdate),
            Binding(
                [.character("W")], command(.begin(.weight)), "Change its weight beside others", .action,
                needs: .queueUpdate),
        ]
    }
}

/// Pausing, limiting and weighting, from every screen that shows what can be. All of it can be taken back.
struct QueueControls<Command: Sendable & Hashable>: Sendable {
    private let command: @Sendable (QueueControlAction) -> Command
    private var deciding = Awaited<OperatorQueueControlReceipt>()
    /// What the change that is on its way is about; `nil` for an undoing.
    private var name: String?

    /// `command` makes of an action what the screen carries out.
    init(_ command: @escaping @Sendable (QueueControlAction) -> Command) { self.command = command }

    var status: Segment? { deciding.isWaiting ? Segment("Telling the server", .accent) : nil }

    /// Does it, to one of these.
    mutating func perform(
        _ action: QueueControlAction, on targets: [QueueControlAction.Target], _ context: inout ScreenContext
    ) {
        switch action {
        case .begin(let verb): begin(verb, targets, &context)
        case .on(let target, .pause):
            send(.init(subject: target.control.subject, isPaused: !target.control.isPaused), target.name, &context)
        case .on(let target, .concurrency): askForConcurrency(target, &context)
        case .on(let target, .rate): askForRate(target, &context)
        case .on(let target, .weight): askForWeight(target, &context)
        case .concurrency(let target, let text):
            guard let limit = Self.bound(text) else { return }
            send(.init(subject: target.control.subject, concurrency: limit), target.name, &context)
        case .rate(let target, let text):
            guard let rate = Self.bound(text) else { return }
            send(.init(subject: target.control.subject, perMinute: rate), target.name, &context)
        case .weight(let target, let text):
            guard let weight = Self.weight(text) else { return }
            send(.init(subject: target.control.subject, weight: weight), target.name, &context)
        case .undo(let change): send(change, nil, &context)
        }
    }

    private mutating func begin(
        _ verb: QueueControlAction.Verb, _ targets: [QueueControlAction.Target], _ context: inout ScreenContext
    ) {
        guard let first = targets.first else { return }
        guard targets.count > 1 else {
            perform(.on(first, verb), on: targets, &context)
            return
        }
        let items = targets.enumerated().map { index, target in
            Menu.Item(
                .character(Unicode.Scalar(UInt8(0x31 + index))), target.name,
                detail: target.control.words.joined(separator: ", "), command(.on(target, verb)))
        }
        context.present(Menu("Which one", items))
    }

    private mutating func send(
        _ change: OperatorQueueControlChange, _ name: String?, _ context: inout ScreenContext
    ) {
        self.name = name
        deciding.ask(.controlQueue(change), &context)
    }

    // MARK: Questions

    private func askForConcurrency(_ target: QueueControlAction.Target, _ context: inout ScreenContext) {
        let command = self.command
        context.present(
            Prompt(
                "How many of \(target.name) run at the same time",
                hint: "A number; none for as many as there are slots",
                text: target.control.concurrency.map { "\($0)" } ?? "none",
                problem: { Self.bound($0) == nil ? "A number above 0, or none" : nil }
            ) { command(.concurrency(target, $0)) })
    }

    private func askForRate(_ target: QueueControlAction.Target, _ context: inout ScreenContext) {
        let command = self.command
        context.present(
            Prompt(
                "How many of \(target.name) start in a minute",
                hint: "A number; none for any number. The others wait, which costs them no attempt",
                text: target.control.perMinute.map { "\($0)" } ?? "none",
                problem: { Self.bound($0) == nil ? "A number above 0, or none" : nil }
            ) { command(.rate(target, $0)) })
    }

    private func askForWeight(_ target: QueueControlAction.Target, _ context: inout ScreenContext) {
        let command = self.command
        let largest = OperatorQueueControl.largestWeight
        context.present(
            Prompt(
                "The weight of \(target.name)",
                hint: "1 to \(largest): with 3 it gets three turns where others get one",
                text: "\(target.control.weight)",
                problem: { Self.weight($0) == nil ? "A number from 1 to \(largest)" : nil }
            ) { command(.weight(target, $0)) })
    }

    /// 0 for no limit, `nil` for what cannot be meant.
    private static func bound(_ text: String) -> Int? {
        if text.isEmpty || text.lowercased() == "none" { return 0 }
        return Int(text).flatMap { (1...OperatorQueueControl.largestRate).contains($0) ? $0 : nil }
    }

    private static func weight(_ text: String) -> Int? {
        Int(text).flatMap { (1...OperatorQueueControl.largestWeight).contains($0) ? $0 : nil }
    }

    // MARK: Answers

    /// Takes an answer; says whether something was decided.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        guard let result = deciding.take(answer) else { return false }
        switch result {
        case .failure(let failure):
            context.say("Nothing has changed: \(failure.message)", .bad)
            return false
        case .success(let receipt):
            guard let name else {
                context.say("It is as it was before", .good)
                return true
            }
            context.say(Self.sentence(receipt, name), .good)
            context.offerUndo("as it was before", command(.undo(receipt.undo)))
            return true
        }
    }

    private static func sentence(_ receipt: OperatorQueueControlReceipt, _ name: String) -> String {
        let (now, before) = (receipt.control, receipt.before)
        if now.isPaused != before.isPaused {
            return now.isPaused ? "\(name) is paused: what runs is finished, nothing begins" : "\(name) goes on"
        }
        if now.concurrency != before.concurrency {
            return now.concurrency.map { "At most \(Formats.count($0)) of \(name) run at the same time" }
                ?? "\(name) has no limit of its own any more"
        }
        if now.perMinute != before.perMinute {
            return now.perMinute.map { "At most \(Formats.count($0)) of \(name) start in a minute" }
                ?? "\(name) has no rate of its own any more"
        }
        return now.weight == before.weight ? "\(name) was so already" : "The weight of \(name) is \(now.weight)"
    }
}

extension OperatorQueueControl {
    /// What is not as usual, in a few words each.
    var words: [String] {
        var words: [String] = []
        if isPaused { words.append("paused") }
        if let concurrency { words.append("at most \(Formats.count(concurrency))") }
        if let perMinute { words.append("at most \(Formats.count(perMinute)) a minute") }
        if weight != 1 { words.append("weight \(weight)") }
        return words
    }

    /// The same as a sentence, with who decided it and how long ago; `nil` when all is as usual.
    func sentence(_ scope: Scope) -> String? {
        guard !words.isEmpty else { return nil }
        let who = updatedBy.map { " by \($0.email)" } ?? ""
        let when = updatedAt.map { " \(ItemFigures.age($0, scope)) ago" } ?? ""
        return words.joined(separator: ", ") + (who.isEmpty && when.isEmpty ? "" : ", decided\(who)\(when)")
    }
}
