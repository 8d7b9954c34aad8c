import FoundationEssentials
import Terminal
import WireAPI

/// A job's life as text, and the lines in it that lead somewhere.
struct JobDocument {
    private(set) var document: Document
    private(set) var links: [LinkedReader<JobLink>.Link] = []
    private let date: Date?
    private let marks: Marks

    /// `date` is the server's time, for what is yet to come.
    init(_ detail: OperatorJobDetail, at date: Date?, width: Int, charset: Charset, isUnfolded: Bool) {
        document = Document(width: width, charset: charset, isUnfolded: isUnfolded)
        marks = Marks(charset)
        self.date = date
        document.title(detail.job.state.isFinal ? "How it ended" : "Why it is so")
        document.body(detail.explanation, detail.job.state == .dead ? .bad : .plain)
        if detail.job.errorClass != nil, detail.job.state != .finished {
            document.body("\(JobWords.advice(detail.job.errorClass)) (e explains)", .quiet)
        }
        addTimeline(detail)
        addBelongings(detail)
        addPayload(detail)
    }

    // MARK: Timeline

    private mutating func addTimeline(_ detail: OperatorJobDetail) {
        document.title("Timeline", note: detail.timelineIsCut ? "the oldest attempts are left out" : "UTC")
        let longest = detail.timeline.compactMap(\.seconds).max() ?? 0
        let isToday = detail.timeline.first.map { first in
            detail.timeline.allSatisfy { Formats.day($0.at) == Formats.day(first.at) }
        }
        for moment in detail.timeline { add(moment, longest: longest, isOneDay: isToday ?? true) }
    }

    private mutating func add(_ moment: OperatorJobDetail.Moment, longest: Double, isOneDay: Bool) {
        let time = isOneDay ? Formats.time(moment.at) : Formats.dayAndTime(moment.at)
        var spans = [
            Document.Span(time + "  ", .quiet),
            Document.Span(moment.kind.words + Self.blanks(11 - moment.kind.words.columns), moment.kind.ink),
        ]
        if let date, moment.at > date {
            spans.append(
                Document.Span("in \(Formats.span(seconds: Int(moment.at.timeIntervalSince(date))))  ", .accent))
        }
        var facts = [moment.attempt.map { "attempt \($0)" }, moment.worker, moment.errorClass].compactMap { $0 }
        if let seconds = moment.seconds { facts.append("took \(Formats.latency(milliseconds: seconds * 1000))") }
        spans.append(Document.Span(facts.joined(separator: ", ") + (facts.isEmpty ? "" : "  "), .quiet))
        let used = spans.map(\.text.columns).reduce(0, +)
        if let seconds = moment.seconds, longest > 0, document.width - used >= 6 {
            let bar = ScoreBar.filled(seconds / longest, width: min(24, document.width - used), marks)
            spans.append(Document.Span(bar, moment.kind.ink))
            document.line(spans)
            document.body(moment.summary, indent: time.columns + 2)
        } else if moment.summary.columns <= document.width - used {
            spans.append(Document.Span(moment.summary))
            document.line(spans)
        } else {
            document.line(spans)
            document.body(moment.summary, indent: time.columns + 2)
        }
    }

    // MARK: What it belongs to, and what it is about

    private mutating func addBelongings(_ detail: OperatorJobDetail) {
        let job = detail.job
        document.title("Belongs to")
        add("queue", job.queue, .queue(job.queue))
        if let batch = job.batchID {
            let place = job.batchIndex.map { ", the \(Formats.count($0 + 1)). of it" } ?? ""
            let name = detail.batchName ?? batch.lowercase
            add("batch", name + place, .batch(batch, name))
        }
        for log in detail.executionLogIDs { add("execution", log.lowercase, .execution(log)) }
        if let schedule = job.scheduleID {
            let name = detail.scheduleName ?? schedule.lowercase
            add("schedule", name, .schedule(schedule, name))
        }
        if let worker = job.worker { add("worker", worker, .worker(worker)) }
        for limit in detail.limits { document.line([Self.label("limit"), Document.Span(limit)]) }
    }

    private mutating func add(_ label: String, _ text: String, _ link: JobLink) {
        links.append(.init(line: document.lines.count, target: link))
        document.line([Self.label(label), Document.Span(text, .link)])
    }

    private mutating func addPayload(_ detail: OperatorJobDetail) {
        guard !detail.payload.isEmpty || detail.isContentHidden else { return }
        document.title("What it is about", note: detail.isContentHidden ? "prompts and answers are hidden" : "")
        for fact in detail.payload {
            if fact.name.contains("execution"), let id = UUID(uuidString: fact.value) {
                add(fact.name, id.lowercase, .execution(id))
            } else if fact.value.contains(where: \.isNewline) || fact.value.columns > document.width - 20 {
                document.line(fact.name, .quiet)
                document.body(fact.value, indent: 2)
            } else {
                document.line([Self.label(fact.name), Document.Span(fact.value)])
            }
        }
    }

    private static func label(_ text: String) -> Document.Span {
        Document.Span(text + blanks(max(1, 16 - text.columns)), .quiet)
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}

extension OperatorJobDetail.Kind {
    var words: String {
        switch self {
        case .accepted: "accepted"
        case .dispatched: "in line"
        case .started: "started"
        case .failed: "failed"
        case .deferred: "put off"
        case .lost: "lost"
        case .released: "handed back"
        case .timedOut: "timed out"
        case .finished: "finished"
        case .dead: "given up"
        case .cancelled: "cancelled"
        case .changed: "changed"
        case .due: "due"
        }
    }

    var ink: Ink {
        switch self {
        case .accepted, .dispatched, .released, .changed, .cancelled: .plain
        case .started, .due: .accent
        case .failed, .timedOut, .lost, .deferred: .caution
        case .finished: .good
        case .dead: .bad
        }
    }
}

/// What one wants to know of a job beside its life.
struct JobFacts {
    let list: FactList
    /// The most important ones in a line, for a narrow screen.
    let compact: String

    init(_ job: OperatorJobRow, _ detail: OperatorJobDetail?, _ scope: Scope) {
        var facts = [
            NamedFact("state", "\(job.state.rawValue), \(JobWords.timing(job, scope))", job.state.ink),
            NamedFact("what", job.kind), NamedFact("queue", job.queue),
            NamedFact("priority", "\(job.priority) (0 goes first)"),
        ]
        if let position = detail?.position {
            facts.append(NamedFact("before it", "about \(Formats.count(position)) jobs"))
        }
        facts += [
            NamedFact("whose", job.organization?.label ?? "the installation's own"),
            NamedFact("project", job.project?.label ?? "-"), .divider,
            NamedFact("begun", "\(job.attempt) times"),
            NamedFact(
                "failed",
                "\(job.failures) of \(job.maxAttempts)\(job.crashes > 0 ? ", \(job.crashes) with the worker" : "")",
                job.failures + job.crashes > 0 ? .caution : .plain),
        ]
        if let detail { facts.append(NamedFact("may take", Formats.span(seconds: detail.timeoutSeconds))) }
        facts += [
            .divider, NamedFact("made", Formats.full(job.createdAt)), NamedFact("may run", Formats.full(job.runAt)),
            NamedFact("started", job.startedAt.map(Formats.full) ?? "-"),
            NamedFact("ended", job.endedAt.map(Formats.full) ?? "-"), .divider,
            NamedFact("id", job.id.lowercase, .quiet),
        ]
        if let key = detail?.uniqueKey { facts.append(NamedFact("unique key", key, .quiet)) }
        list = FactList(facts: facts)
        compact = [
            job.state.rawValue, JobWords.timing(job, scope), job.kind, job.queue, "\(JobWords.attempts(job)) failed",
            job.organization?.label ?? "installation",
        ].joined(separator: " \(scope.marks.separator) ")
    }
}
