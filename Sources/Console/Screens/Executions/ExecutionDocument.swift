import FoundationEssentials
import Terminal
import WireAPI

/// One line of the text about an execution.
struct DetailLine: Sendable, Hashable {
    /// A stretch of text in one style.
    struct Span: Sendable, Hashable {
        let text: String
        let style: Style
    }

    var spans: [Span]
    /// Whether a section starts here; its title is drawn as a rule.
    var isTitle = false

    init(_ text: String, _ style: Style = .plain) { spans = [Span(text: text, style: style)] }

    init(_ spans: [Span]) { self.spans = spans }
}

/// The text about an execution, laid out for a width.
struct DetailDocument: Sendable {
    /// Longer sections are folded until everything is asked for.
    private static let foldedLines = 60
    /// Far more than anyone reads in a terminal.
    private static let mostLines = 20_000

    let width: Int
    let charset: Charset
    let isUnfolded: Bool
    private(set) var lines: [DetailLine] = []
    /// The lines where sections start.
    private(set) var sections: [Int] = []
    /// Whether something was left out that can be shown.
    private(set) var isFolded = false

    /// Lays out everything that is known of an execution.
    init(_ detail: OperatorExecutionDetail, width: Int, charset: Charset, isUnfolded: Bool) {
        self.width = max(8, width)
        self.charset = charset
        self.isUnfolded = isUnfolded
        addOutcome(detail)
        if !detail.evaluators.isEmpty { addEvaluators(detail.evaluators) }
        if detail.isContentHidden {
            add("Content", "Prompts and answers are not shown to your role.", .quiet)
            return
        }
        add("Request", detail.request)
        add("Response", detail.response)
        addTurns(detail.turns)
        addContexts(detail.contexts)
        add("Expected output", detail.expectedOutput)
        addVariables(detail.variables)
        add("System prompt", detail.systemPrompt)
        add("Criteria", detail.criteria, .quiet)
        add("Rendered prompt", detail.renderedPrompt, .quiet)
        add("Raw reply", detail.rawReply, .quiet)
    }

    private mutating func title(_ text: String, note: String = "") {
        if !lines.isEmpty { lines.append(DetailLine("")) }
        sections.append(lines.count)
        var line = DetailLine([
            DetailLine.Span(text: text, style: Style(.accent)), DetailLine.Span(text: note, style: Style(.quiet)),
        ])
        line.isTitle = true
        lines.append(line)
    }

    private mutating func add(_ name: String, _ text: String?, _ ink: Ink = .plain) {
        guard let text, !text.isEmpty else { return }
        title(name, note: Self.length(text))
        body(text, ink)
    }

    /// The size of long texts, so that a fold does not hide how much there is.
    private static func length(_ text: String) -> String {
        text.utf8.count > 2000 ? "\(Formats.count(text.utf8.count)) bytes" : ""
    }

    private mutating func body(_ text: String, _ ink: Ink = .plain, indent: Int = 0) {
        let limit = isUnfolded ? Self.mostLines : Self.foldedLines
        let wrapped = TextLines(text, width: width - indent, charset: charset, limit: limit)
        let margin = String(repeating: " ", count: indent)
        for line in wrapped.lines { lines.append(DetailLine(margin + line, Style(ink))) }
        let hidden = wrapped.total - wrapped.lines.count
        guard hidden > 0 else { return }
        isFolded = true
        let hint = isUnfolded ? "" : " (f shows all)"
        lines.append(DetailLine("\(margin)… \(Formats.count(hidden)) more lines\(hint)", Style(.caution)))
    }

    private mutating func addOutcome(_ detail: OperatorExecutionDetail) {
        if let failure = detail.execution.failure {
            title("Failure", note: failure.code)
            body(failure.sentence, .bad)
        }
        add("Justification", detail.justification)
    }

    private mutating func addEvaluators(_ evaluators: [OperatorExecutionDetail.Evaluator]) {
        title("Evaluators", note: "\(evaluators.count), a digit opens one")
        let marks = Marks(charset)
        for (index, evaluator) in evaluators.enumerated() {
            let key = index < 9 ? "\(index + 1) " : "  "
            var spans = [DetailLine.Span(text: key, style: Style(.accent))]
            if let failure = evaluator.failure {
                let words = "\(marks.failure) \(failure.words)"
                spans.append(.init(text: words + Self.blanks(15 - words.columns), style: Style(.bad)))
            } else {
                let score = evaluator.score ?? 0
                let bar = ScoreBar.filled(score, width: 8, marks)
                let style = Style(ScoreBar.ink(score))
                spans.append(.init(text: "\(Formats.score(evaluator.score)) ", style: style))
                spans.append(.init(text: bar + Self.blanks(10 - bar.columns), style: style))
            }
            let latency = Formats.latency(milliseconds: evaluator.latencyMilliseconds)
            spans.append(.init(text: Self.blanks(6 - latency.columns) + latency + "  ", style: Style(.quiet)))
            spans.append(.init(text: evaluator.name, style: Style(.strong)))
            spans.append(.init(text: evaluator.model.map { "  \($0)" } ?? "", style: Style(.quiet)))
            lines.append(DetailLine(spans))
            if let text = evaluator.failure?.sentence ?? evaluator.justification, !text.isEmpty {
                body(text, evaluator.failure == nil ? .plain : .bad, indent: 2)
            }
        }
    }

    private mutating func addTurns(_ turns: [OperatorExecutionDetail.Turn]) {
        guard !turns.isEmpty else { return }
        title("Turns", note: "\(turns.count)")
        for turn in turns {
            lines.append(DetailLine(turn.role, Style(.strong)))
            if let content = turn.content { body(content, indent: 2) }
            for context in turn.contexts { body("context: \(context)", .quiet, indent: 2) }
            if let calls = turn.toolCalls { body("tool calls: \(calls)", .quiet, indent: 2) }
        }
    }

    private mutating func addContexts(_ contexts: [String]) {
        guard !contexts.isEmpty else { return }
        title("Contexts", note: "\(contexts.count)")
        for (index, context) in contexts.enumerated() {
            lines.append(DetailLine("[\(index + 1)]", Style(.strong)))
            body(context, indent: 2)
        }
    }

    private mutating func addVariables(_ variables: [String: String]) {
        guard !variables.isEmpty else { return }
        title("Variables", note: "\(variables.count)")
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            lines.append(DetailLine(name, Style(.strong)))
            body(value, indent: 2)
        }
    }

    static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
