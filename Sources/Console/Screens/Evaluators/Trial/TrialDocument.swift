import Terminal
import WireAPI

/// What came of an attempt, below the attempts to compare it with.
struct TrialDocument {
    private static let comparedRuns = 5

    private(set) var document: Document
    private let marks: Marks

    init(_ run: ItemTrial.Run, of runs: [ItemTrial.Run], width: Int, charset: Charset) {
        document = Document(width: width, charset: charset)
        marks = Marks(charset)
        addRuns(runs, shown: run.number)
        let detail = run.detail
        if let failure = detail.execution.failure {
            document.title("Failure", note: failure.code)
            document.body(failure.sentence, .bad)
        }
        document.section("Justification", detail.justification)
        addEvaluators(detail.evaluators)
        addFacts(run)
    }

    /// The last attempts, so that one sees what a change of the input did.
    private mutating func addRuns(_ runs: [ItemTrial.Run], shown: Int) {
        document.title("Result \(shown)", note: runs.count > 1 ? "of \(runs.count), p and n show the others" : "")
        for run in runs.suffix(Self.comparedRuns).reversed() {
            let row = run.detail.execution
            let isShown = run.number == shown
            var spans = [Document.Span("\(isShown ? marks.cursor : " ") #\(run.number) ", isShown ? .accent : .quiet)]
            if let failure = row.failure {
                spans.append(Document.Span(Self.padded("\(marks.failure) \(failure.words)", 17), .bad))
            } else {
                let score = row.score ?? 0
                let bar = ScoreBar.filled(score, width: 10, marks)
                let rest = String(repeating: marks.barRest, count: 10 - bar.count)
                spans.append(Document.Span("\(Formats.score(row.score)) \(bar)", ScoreBar.ink(score)))
                spans.append(Document.Span("\(rest)  ", .faint))
            }
            spans.append(Document.Span(Self.padded(Formats.latency(milliseconds: row.latencyMilliseconds), 7), .quiet))
            spans.append(Document.Span(Self.padded(Formats.cost(nanodollars: row.costNanodollars), 9), .quiet))
            spans.append(Document.Span(run.version.map { "v\($0.number) " } ?? "", .quiet))
            spans.append(Document.Span(row.model ?? "", .quiet))
            document.line(spans)
        }
    }

    private mutating func addEvaluators(_ evaluators: [OperatorExecutionDetail.Evaluator]) {
        guard !evaluators.isEmpty else { return }
        document.title("Evaluators", note: "\(evaluators.count)")
        for evaluator in evaluators {
            let verdict =
                evaluator.failure.map { Document.Span(Self.padded("\(marks.failure) \($0.words)", 15), .bad) }
                ?? Document.Span("\(Formats.score(evaluator.score)) ", ScoreBar.ink(evaluator.score ?? 0))
            document.line([verdict, Document.Span(evaluator.name, .strong)])
            if let text = evaluator.failure?.sentence ?? evaluator.justification, !text.isEmpty {
                document.body(text, evaluator.failure == nil ? .plain : .bad, indent: 2)
            }
        }
    }

    private mutating func addFacts(_ run: ItemTrial.Run) {
        let detail = run.detail
        let row = detail.execution
        document.title("Figures", note: "o opens the execution")
        fact("model", row.model ?? "none answered")
        fact("version", run.version.map { "\($0.number)" } ?? "the current one")
        if let tokens = detail.tokens { fact("tokens", tokens) }
        fact("cost", row.costNanodollars.map { Formats.exactCost(nanodollars: $0) } ?? "-")
        fact("latency", Formats.latency(milliseconds: row.latencyMilliseconds))
        if let confidence = detail.confidence { fact("confidence", Formats.score(confidence)) }
        fact("execution", row.id.lowercase)
    }

    private mutating func fact(_ label: String, _ value: String) {
        document.line([Document.Span(Self.padded(label, 12), .quiet), Document.Span(value)])
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.columns))
    }
}
