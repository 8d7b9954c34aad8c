internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// Running executions again and tagging them: one at once, several by a plan that the server makes and that is agreed to;
/// and labelling them.
struct ExecutionActions<Command: Sendable & Hashable>: Sendable {
    /// What came of something, for the screen to show.
    enum Outcome: Sendable {
        case ranAgain(OperatorRunAgainResult)
        case tagged(UUID, [String])
        /// A plan was begun, and is watched where that is worth it.
        case planned
        /// An export was begun.
        case exporting
    }

    /// The tags of one are being changed.
    private struct Tagging: Sendable {
        let id: UUID
        let change: OperatorTagChange
        /// What makes it undone, `nil` for what was an undoing itself.
        let reverse: OperatorTagChange?
    }

    private let command: @Sendable (ExecutionAction) -> Command
    /// What a question that is open is about: aimed at when the key was pressed, whatever the list shows meanwhile.
    private var aim: [OperatorExecutionRow] = []
    /// What is labelled as soon as a scale is chosen, in the same way.
    private var labelAim: [OperatorExecutionRow] = []
    private var rerun = Awaited<OperatorRunAgainResult>()
    private var running: (name: String, score: Double?, since: Duration)?
    private var tags = Awaited<OperatorTags>()
    private var tagging: Tagging?
    private var bulk: BulkPlan<Command>
    private var scales = KnownScales<Command>()

    /// `command` makes of an action what the screen carries out.
    init(_ command: @escaping @Sendable (ExecutionAction) -> Command) {
        self.command = command
        bulk = BulkPlan(
            agree: { command(.agreed(toPlan: $0)) }, undo: { command(.undoPlan($0, token: $1)) })
    }

    /// Does it, to these.
    mutating func perform(
        _ action: ExecutionAction, on targets: [OperatorExecutionRow], _ context: inout ScreenContext
    ) {
        switch action {
        case .runAgain(let version): runAgain(targets, version, &context)
        case .tag: askForTags(targets, &context)
        case .changeTags(let text): changeTags(text, &context)
        case .undoTags(let id, let change):
            apply(Tagging(id: id, change: change, reverse: nil), &context)
        case .label:
            labelAim = targets
            askForScale(&context)
        case .labelOn(let scale): context.push(LabellingScreen(ExecutionLabelQueue(labelAim), scale))
        case .agreed(let id): bulk.execute(id, &context)
        case .undoPlan(let id, let token): bulk.undo(id, token: token, &context)
        }
    }

    /// Asks the server for a plan of what is not done to single ones.
    mutating func plan(_ draft: OperatorPlanDraft, _ context: inout ScreenContext) { bulk.make(draft, &context) }

    // MARK: Running again

    private mutating func runAgain(
        _ targets: [OperatorExecutionRow], _ version: OperatorRunAgain.Version, _ context: inout ScreenContext
    ) {
        guard let row = targets.first else { return }
        guard targets.count == 1 else {
            bulk.make(
                OperatorPlanDraft(.runAgain, ids: targets.map(\.id), arguments: .init(version: version)), &context)
            return
        }
        guard running == nil else {
            context.say("\(running?.name ?? "One") is running again: wait for it", .caution)
            return
        }
        running = (row.name, row.score, context.now)
        rerun.ask(.runAgain(row.id, version: version), &context)
    }

    private mutating func takeRerun(
        _ result: Result<OperatorRunAgainResult, ServerFailure>, _ context: inout ScreenContext
    ) -> Outcome? {
        let before = running
        running = nil
        switch result {
        case .success(let result):
            let name = before?.name ?? "It"
            if let failure = result.failure {
                context.say("\(name) ran again and failed: \(failure.sentence)", .bad)
            } else {
                context.say(
                    "\(name) ran again: \(Formats.score(result.score)), was \(Formats.score(before?.score))", .good)
            }
            return .ranAgain(result)
        case .failure(let failure):
            // The server may still be at it: it is not known that nothing happened.
            let hint = failure.kind == .timedOut ? " It may still come: the list shows it then." : ""
            context.say("Not run again: \(failure.message)\(hint)", .bad)
            return nil
        }
    }

    // MARK: Tags

    private mutating func askForTags(_ targets: [OperatorExecutionRow], _ context: inout ScreenContext) {
        guard let first = targets.first else { return }
        aim = targets
        // The menu of scales, when these are still read, does not come over the question.
        labelAim = []
        let count = targets.count
        let title = count == 1 ? "Tag \(first.name)" : "Tag \(Formats.count(count)) executions"
        let command = self.command
        context.present(
            Prompt(
                title, hint: "nightly \"two words\" gives tags, -nightly takes one away",
                problem: { TagWords.problem($0, count: count) }, { command(.changeTags($0)) }))
    }

    private mutating func changeTags(_ text: String, _ context: inout ScreenContext) {
        let change: OperatorTagChange
        do {
            change = try TagWords(text).change
        } catch {
            context.say(error.message, .bad)
            return
        }
        guard let row = aim.first else { return }
        if aim.count == 1 {
            // Only what it really changes is made undone.
            let reverse = OperatorTagChange(
                add: change.remove.filter(row.tags.contains), remove: change.add.filter { !row.tags.contains($0) })
            apply(Tagging(id: row.id, change: change, reverse: reverse), &context)
        } else {
            let isGiven = change.remove.isEmpty
            bulk.make(
                OperatorPlanDraft(
                    isGiven ? .tag : .untag, ids: aim.map(\.id),
                    arguments: .init(tags: isGiven ? change.add : change.remove)), &context)
        }
    }

    private mutating func apply(_ tagging: Tagging, _ context: inout ScreenContext) {
        self.tagging = tagging
        tags.ask(.changeTags(of: tagging.id, tagging.change), &context)
    }

    private mutating func takeTags(
        _ result: Result<OperatorTags, ServerFailure>, _ context: inout ScreenContext
    ) -> Outcome? {
        guard let tagging else { return nil }
        self.tagging = nil
        switch result {
        case .success(let reply):
            context.say(reply.tags.isEmpty ? "No tags now" : "Tags now: \(reply.tags.joined(separator: " "))", .good)
            if let reverse = tagging.reverse, !(reverse.add.isEmpty && reverse.remove.isEmpty) {
                context.offerUndo("take the change of tags back", command(.undoTags(of: tagging.id, reverse)))
            }
            return .tagged(tagging.id, reply.tags)
        case .failure(let failure):
            context.say("Tags are as they were: \(failure.message)", .bad)
            return nil
        }
    }

    // MARK: Labels

    private mutating func askForScale(_ context: inout ScreenContext) {
        guard !labelAim.isEmpty else { return }
        let command = self.command
        scales.choose(for: command(.label), &context) { command(.labelOn($0)) }
    }

    // MARK: Answers

    /// Takes an answer, when it is one that is waited for.
    mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Outcome? {
        if let result = rerun.take(answer) { return takeRerun(result, &context) }
        if let result = tags.take(answer) { return takeTags(result, &context) }
        if scales.receive(answer, &context) != nil { askForScale(&context) }
        // One that went wrong has its own screen open, which says why.
        return bulk.receive(answer, &context).map {
            $0.action == .exportExecutions && !$0.isWorthWatching ? .exporting : .planned
        }
    }

    /// What is being done.
    func status(at now: Duration) -> Segment? {
        if let running {
            let age = Formats.span(seconds: (now - running.since).wholeSeconds)
            return Segment("\(running.name) is running again, for \(age)", .accent)
        }
        return tagging == nil ? bulk.status : Segment("Changing tags")
    }

    /// When what it says changes by time alone.
    func wake(after now: Duration) -> Duration? { running.map { _ in now + .seconds(1) } }
}
