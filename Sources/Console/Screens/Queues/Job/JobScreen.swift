package import FoundationEssentials
package import Terminal
package import WireAPI

/// One job's life: what happened to it, why it waits, and what it belongs to.
package struct JobScreen: Screen {
    /// What its keys, menus and questions make it do.
    package enum Command: Sendable, Hashable {
        case nextLink, previousLink, openLink
        case nextSection, previousSection
        /// The neighbours in the list that it was opened from.
        case next, previous, leave
        case unfold
        case askForJob, openJob(String)
        case job(JobCommand)
    }

    package static let bindings: [Binding<Command>] =
        [
            Binding(
                [Key(.tab)], .nextLink, hint: "next link", "Go to the next line that leads somewhere, else section"),
            Binding([Key(.tab, .shift)], .previousLink, "Go to the line before that leads somewhere, else section"),
            Binding([Key(.enter)], .openLink, hint: "open", "Open what the line leads to"),
            Binding([.character("]")], .nextSection, "Go to the next section"),
            Binding([.character("[")], .previousSection, "Go to the section before"),
            Binding([.character("n")], .next, hint: "next", "Open the next job of the list"),
            Binding([.character("p")], .previous, hint: "previous", "Open the previous job of the list"),
            Binding([Key(.left), .character("h")], .leave, "Go back to where it was opened"),
            Binding([.character("f")], .unfold, "Show long texts in full, or fold them"),
            Binding([.character("#")], .askForJob, "Go to the job with an identifier"),
        ] + JobCommand.bindings(Command.job)

    /// While it is not over, what is shown is at most this old.
    private static let interval = Duration.seconds(2)

    package private(set) var id: UUID
    /// The row that it was opened from.
    private var row: OperatorJobRow?
    /// The list that it was opened from.
    private let siblings: [OperatorJobRow]
    private(set) var content = Loadable<OperatorJobDetail>()
    private(set) var reader = LinkedReader<JobLink>()
    private var actions = JobActions(Command.job)
    private var isUnfolded = false
    private var size = Size(columns: 80, rows: 20)
    private var charset = Charset.unicode
    private var date: Date?

    /// A job, by itself or in the list that it was opened from.
    package init(_ id: UUID, row: OperatorJobRow? = nil, in siblings: [OperatorJobRow] = []) {
        self.id = id
        self.row = row
        self.siblings = siblings
    }

    package var title: String { "Job \(JobWords.short(id))" }
    package var isSettled: Bool { content.isSettled }
    package var failure: ServerFailure? { content.value == nil ? content.failure : nil }

    /// What a row of a list tells of it.
    var job: OperatorJobRow? { content.value?.job ?? row }
    private var place: Int? { siblings.firstIndex { $0.id == id } }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .openLink: reader.target != nil
        case .next: place.map { $0 + 1 < siblings.count } ?? false
        case .previous: place.map { $0 > 0 } ?? false
        case .unfold: isUnfolded || reader.document?.isFolded == true
        case .job(.act(let action)):
            content.value.map { $0.actions.contains(action) } ?? job.map { action.states.contains($0.state) } ?? false
        case .nextLink, .previousLink, .nextSection, .previousSection, .leave, .askForJob, .openJob, .job: true
        }
    }

    // MARK: Data

    package mutating func appear(_ context: inout ScreenContext) {
        charset = context.scope.charset
        content.loadIfOlder(than: Self.interval, .job(id), &context)
    }

    package mutating func refresh(_ context: inout ScreenContext) { content.load(.job(id), &context) }

    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        if actions.receive(answer, &context) { refresh(&context) }
        if content.receive(answer, &context) {
            date = context.scope.date
            layOut()
        }
    }

    package mutating func tick(_ context: inout ScreenContext) {
        if let job, !job.state.isFinal { content.renew(after: Self.interval, .job(id), &context) }
    }

    package func wake(after now: Duration) -> Duration? {
        guard let job, job.state.isFinal else { return content.wake(renewingAfter: Self.interval, now) }
        return content.failure == nil ? nil : now + .seconds(1)
    }

    // MARK: Commands

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .nextLink: reader.focusNext()
        case .previousLink: reader.focusPrevious()
        case .openLink: reader.target?.open(&context)
        case .nextSection: reader.nextSection()
        case .previousSection: reader.previousSection()
        case .next: step(by: 1, &context)
        case .previous: step(by: -1, &context)
        case .leave: context.pop()
        case .unfold:
            isUnfolded.toggle()
            layOut()
        case .askForJob: context.present(TypedIdentifier.prompt(of: "a job", Command.openJob))
        case .openJob(let text): if let id = TypedIdentifier.find(in: text) { context.push(JobScreen(id)) }
        case .job(let command): actions.perform(command, on: job.map { .one($0) }, &context)
        }
    }

    /// Opens the neighbour in the list, in this place.
    private mutating func step(by step: Int, _ context: inout ScreenContext) {
        guard let place, siblings.indices.contains(place + step) else { return }
        let next = siblings[place + step]
        (id, row) = (next.id, next)
        content = Loadable()
        reader.clear()
        content.load(.job(id), &context)
    }

    // MARK: Layout

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }

    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    private mutating func layOut() {
        let division = DocumentDivision(size: size)
        reader.resize(rows: division.rows)
        guard let detail = content.value else { return }
        let text = JobDocument(detail, at: date, width: division.textWidth, charset: charset, isUnfolded: isUnfolded)
        reader.show(text.document, text.links)
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard let job else {
            EmptyList(subject: "job", isRead: false, failure: content.failure, failingSince: content.failingSince)
                .draw(into: &frame, area, scope)
            return
        }
        let facts = JobFacts(job, content.value, scope)
        FactsPane(facts.list, compact: facts.compact).draw(into: &frame, area) { frame, place in
            if reader.document == nil {
                let text = content.failure?.message ?? "Reading the job"
                frame.put(text, place.rows.lowerBound, 1, Style(content.failure == nil ? .quiet : .bad))
            }
            reader.draw(into: &frame, place)
        }
    }

    // MARK: What the chrome says

    package func address(_ scope: Scope) -> [Segment] {
        guard let job else { return [] }
        var segments = [Segment(job.state.rawValue, job.state.ink), Segment(JobWords.timing(job, scope))]
        if let place { segments.append(Segment("\(place + 1) of \(Formats.count(siblings.count)) held")) }
        return segments + [Segment(reader.position)]
    }

    package func status(_ scope: Scope) -> Segment? {
        if let status = actions.status { return status }
        if let failure = content.failure { return Segment("Not current: \(failure.message)", .bad) }
        return content.value.map { Segment($0.explanation) }
    }

    package func explanation(_ scope: Scope) -> Explanation? {
        guard let job else { return nil }
        let explanation = JobExplanation.of(job, scope)
        return content.value.map { explanation.why($0.explanation, .plain) } ?? explanation
    }

    package func copies(_ scope: Scope) -> [Copy] {
        guard let job else { return [Copy("i", "identifier", id.lowercase)] }
        var copies = JobCopies.of(job)
        if let detail = content.value {
            copies.append(
                Copy("p", "what it is about", detail.payload.map { "\($0.name): \($0.value)" }.joined(separator: "\n")))
            if let trace = detail.traceParent { copies.append(Copy("t", "trace", trace)) }
        }
        return copies
    }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let detail = content.value else { return nil }
        return Sheet(
            titles: ["TIME", "WHAT", "ATTEMPT", "WORKER", "SUMMARY"],
            rows: detail.timeline.map {
                [
                    Formats.full($0.at), $0.kind.words, $0.attempt.map { "\($0)" } ?? "", $0.worker ?? "", $0.summary,
                ]
            }, json: Sheet.json(detail))
    }
}

/// Where a line about a job leads.
enum JobLink: Sendable, Hashable {
    case queue(String)
    case batch(UUID, String)
    case schedule(UUID, String)
    case worker(String)
    case execution(UUID)

    func open(_ context: inout ScreenContext) {
        switch self {
        case .queue(let name): context.push(QueueScreen(name))
        case .batch(let id, let name): context.push(BatchScreen(id, name: name))
        case .schedule(let id, let name):
            var filter = OperatorJobFilter()
            filter.scheduleID = id
            context.push(JobsScreen(JobPlace("Jobs of \(name)", filter)))
        case .worker(let id): context.push(WorkerScreen(id))
        case .execution(let id): context.push(ExecutionScreen(id: id, name: "Execution", row: nil))
        }
    }
}
