import FoundationEssentials
import Terminal
import WireAPI

/// A batch as text: its progress, its counters, which add up, and the causes of what failed. Each leads to its jobs.
struct BatchDocument {
    /// A counter with the states of the jobs that it counts.
    struct Counter {
        let label: String
        let count: Int
        let ink: Ink
        let states: [OperatorJobState]
    }

    private(set) var document: Document
    private(set) var links: [LinkedReader<JobPlace>.Link] = []
    private let marks: Marks

    init(_ batch: OperatorBatch, _ causes: Loadable<OperatorDeadLetters>, width: Int, charset: Charset) {
        document = Document(width: width, charset: charset)
        marks = Marks(charset)
        addProgress(batch)
        addCounters(batch)
        addCauses(batch, causes)
    }

    /// Those that add up to the total, which is the last one.
    static func counters(_ batch: OperatorBatch) -> [Counter] {
        [
            Counter(
                label: "waiting", count: batch.waiting, ink: .plain, states: [.waiting, .scheduled, .running]),
            Counter(label: "done", count: batch.finished, ink: .good, states: [.finished]),
            Counter(label: "given up", count: batch.dead, ink: batch.dead > 0 ? .bad : .quiet, states: [.dead]),
            Counter(label: "cancelled", count: batch.cancelled, ink: .quiet, states: [.cancelled]),
            Counter(label: "in all", count: batch.total, ink: .strong, states: []),
        ]
    }

    private mutating func addProgress(_ batch: OperatorBatch) {
        document.title("Progress", note: batch.word)
        let width = max(10, min(60, document.width - 10))
        let filled = ScoreBar.filled(batch.share, width: width, marks)
        let rest = String(repeating: marks.barRest, count: max(0, width - filled.columns))
        document.line([
            Document.Span(filled, batch.ink), Document.Span(rest, .faint),
            Document.Span(" \(Formats.percent(batch.share))", .strong),
        ])
        if batch.state == .expanding {
            document.body(
                "\(Formats.count(batch.expanded)) of \(Formats.count(batch.total)) jobs are made so far.", .quiet)
        }
        if batch.state != .ended {
            let when =
                batch.forecast.seconds.map { "Ends in about \(Formats.span(seconds: Int(min($0, 1e9)))). " } ?? ""
            document.body("\(when)\(batch.forecast.basis)")
        }
        document.body("Cost so far \(batch.cost).")
    }

    private mutating func addCounters(_ batch: OperatorBatch) {
        document.title("Jobs", note: "Enter shows them")
        for counter in Self.counters(batch) {
            let number = Formats.count(counter.count)
            let share = batch.total > 0 ? Double(counter.count) / Double(batch.total) : 0
            var spans = [
                Document.Span(counter.label + Self.blanks(12 - counter.label.columns), .quiet),
                Document.Span(Self.blanks(9 - number.columns) + number, counter.ink),
            ]
            if counter.states.isEmpty {
                spans.append(Document.Span("  \(Formats.count(batch.running)) of those that wait run now", .quiet))
            } else {
                let bar = ScoreBar.filled(share, width: max(4, min(40, document.width - 24)), marks)
                spans.append(Document.Span("  \(bar)", counter.ink))
            }
            links.append(
                .init(
                    line: document.lines.count,
                    target: .of(batch: batch.id, name: batch.label, states: counter.states)))
            document.line(spans)
        }
    }

    private mutating func addCauses(_ batch: OperatorBatch, _ causes: Loadable<OperatorDeadLetters>) {
        guard batch.dead > 0 else { return }
        guard let known = causes.value else {
            document.title("Why some were given up")
            document.body(causes.failure.map { "Not read: \($0.message)" } ?? "Reading the causes", .quiet)
            return
        }
        document.title("Why some were given up", note: known.isCut ? "the newest" : "R retries all of them")
        for group in known.groups {
            if let place = group.place { links.append(.init(line: document.lines.count, target: place)) }
            let number = Formats.count(group.count)
            let error = group.errorClass?.replacing("_", with: " ") ?? "error"
            document.line([
                Document.Span(Self.blanks(8 - number.columns) + number + "  ", .bad),
                Document.Span(error + Self.blanks(14 - error.columns), .caution), Document.Span(group.cause),
            ])
        }
    }

    /// What one wants to know of it beside its progress.
    static func facts(_ batch: OperatorBatch, _ scope: Scope) -> FactList {
        FactList(facts: [
            NamedFact("state", batch.word, batch.ink), NamedFact("what", batch.kind),
            NamedFact("ends", batch.ending(scope)), .divider,
            NamedFact("cost", Formats.exactCost(nanodollars: batch.costNanodollars)),
            NamedFact("estimate", batch.estimatedCostNanodollars.map(Formats.exactCost) ?? "not known"), .divider,
            NamedFact("project", batch.project.label), NamedFact("whose", batch.organization.label),
            NamedFact("by", batch.owner?.email ?? "-"),
            NamedFact("tags", batch.tags.isEmpty ? "-" : batch.tags.joined(separator: " ")), .divider,
            NamedFact("made", Formats.full(batch.createdAt)),
            NamedFact("begun", batch.startedAt.map(Formats.full) ?? "-"),
            NamedFact("ended", batch.endedAt.map(Formats.full) ?? "-"), .divider,
            NamedFact("id", batch.id.lowercase, .quiet),
        ])
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
