internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// The text about an execution, and the lines in it that lead to other executions.
struct ExecutionDocument: Sendable {
    /// A line that opens an execution.
    struct Target: Sendable, Hashable {
        let line: Int
        let id: UUID
        let name: String
        /// The whole row, where it is known.
        let row: OperatorExecutionRow?
    }

    private(set) var document: Document
    private(set) var targets: [Target] = []
    private let marks: Marks

    /// What people found of an execution, on which scales.
    struct Labels: Sendable {
        var given: [OperatorLabel] = []
        var scales: [OperatorScale] = []
    }

    /// Lays out everything that is known of an execution.
    init(
        _ detail: OperatorExecutionDetail, _ related: Loadable<OperatorExecutionRelated>, _ labels: Labels, width: Int,
        charset: Charset, isUnfolded: Bool
    ) {
        document = Document(width: width, charset: charset, isUnfolded: isUnfolded)
        marks = Marks(charset)
        addOutcome(detail)
        if !detail.evaluators.isEmpty { addEvaluators(detail.evaluators) }
        document.add(labels.given, on: labels.scales)
        addContent(detail)
        if !detail.isContentHidden { addPrompt(detail) }
        addHops(detail.hops, attempts: detail.attempts)
        addRelated(related)
    }

    /// Lays out what was evaluated, without what was found of it.
    init(toLabel detail: OperatorExecutionDetail, width: Int, charset: Charset) {
        document = Document(width: width, charset: charset)
        marks = Marks(charset)
        addContent(detail)
    }

    /// What was evaluated.
    private mutating func addContent(_ detail: OperatorExecutionDetail) {
        guard !detail.isContentHidden else {
            document.title("Content")
            return document.body(
                "Hidden: your role sees that this was executed and how it went, but not what was asked and answered. "
                    + "It needs the permission execution_log:read.", .caution)
        }
        document.section("Request", detail.request)
        document.section("Response", detail.response)
        addTurns(detail.turns)
        addContexts(detail.contexts)
        addFiles(detail.files)
        document.section("Expected output", detail.expectedOutput)
        addVariables(detail.variables)
        document.section("Tools", detail.tools.map(ExecutionText.indented))
        document.section("System prompt", detail.systemPrompt)
    }

    /// What the model was asked about it, and what it said.
    private mutating func addPrompt(_ detail: OperatorExecutionDetail) {
        document.section("Criteria", detail.criteria, .quiet)
        document.section("Rendered prompt", detail.renderedPrompt, .quiet)
        document.section("Raw reply", detail.rawReply, .quiet)
    }

    private mutating func addOutcome(_ detail: OperatorExecutionDetail) {
        if let failure = detail.execution.failure {
            document.title("Failure", note: failure.code)
            document.body(failure.sentence, .bad)
            document.body("\(FailureAdvice.of(failure.code).advice) (e explains)", .quiet)
        }
        document.section("Justification", detail.justification)
    }

    // MARK: Evaluators

    private mutating func addEvaluators(_ evaluators: [OperatorExecutionDetail.Evaluator]) {
        document.title("Evaluators", note: "\(evaluators.count)")
        for evaluator in evaluators {
            targets.append(
                Target(line: document.lines.count, id: evaluator.executionID, name: evaluator.name, row: nil))
            var spans = outcome(evaluator.score, evaluator.failure)
            let latency = Formats.latency(milliseconds: evaluator.latencyMilliseconds)
            spans.append(Document.Span(Self.blanks(6 - latency.columns) + latency + "  ", .quiet))
            spans.append(Document.Span(evaluator.name, .strong))
            let rest = [evaluator.model, evaluator.costNanodollars.map { Formats.cost(nanodollars: $0) }]
            spans.append(Document.Span(rest.compactMap { $0 }.map { "  \($0)" }.joined(), .quiet))
            document.line(spans)
            if let text = evaluator.failure?.sentence ?? evaluator.justification, !text.isEmpty {
                document.body(text, evaluator.failure == nil ? .plain : .bad, indent: 2)
            }
        }
    }

    /// A score with its bar, or why there is none, always as wide.
    private func outcome(_ score: Double?, _ failure: OperatorFailure?) -> [Document.Span] {
        if let failure {
            let words = "\(marks.failure) \(failure.words)"
            return [Document.Span(words + Self.blanks(15 - words.columns), .bad)]
        }
        guard let score else { return [Document.Span("-" + Self.blanks(14), .quiet)] }
        let bar = ScoreBar.filled(score, width: 8, marks)
        let ink = ScoreBar.ink(score)
        return [
            Document.Span("\(Formats.score(score)) ", ink), Document.Span(bar + Self.blanks(10 - bar.columns), ink),
        ]
    }

    // MARK: Content

    private mutating func addTurns(_ turns: [OperatorExecutionDetail.Turn]) {
        guard !turns.isEmpty else { return }
        document.title("Turns", note: "\(turns.count)")
        for (index, turn) in turns.enumerated() {
            document.line([Document.Span("\(index + 1) ", .quiet), Document.Span(turn.role, .strong)])
            if let content = turn.content { document.body(content, indent: 2) }
            for (number, context) in turn.contexts.enumerated() {
                document.line("  context \(number + 1)", .quiet)
                document.body(context, .quiet, indent: 4)
            }
            if let calls = turn.toolCalls {
                document.line("  tool calls", .accent)
                document.body(ExecutionText.indented(calls), .quiet, indent: 4)
            }
        }
    }

    private mutating func addContexts(_ contexts: [String]) {
        guard !contexts.isEmpty else { return }
        document.title("Contexts", note: "\(contexts.count)")
        for (index, context) in contexts.enumerated() {
            document.line("[\(index + 1)]", .strong)
            document.body(context, indent: 2)
        }
    }

    /// What was looked at; what is in it may be gone.
    private mutating func addFiles(_ files: [AttachedFileBody]) {
        guard !files.isEmpty else { return }
        document.title("Files", note: "\(files.count)")
        for file in files {
            document.line([
                Document.Span(file.name, .strong), Document.Span("  \(file.mediaType)  \(file.id.lowercase)", .quiet),
            ])
        }
    }

    private mutating func addVariables(_ variables: [String: String]) {
        guard !variables.isEmpty else { return }
        document.title("Variables", note: "\(variables.count)")
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            document.line(name, .strong)
            document.body(value, indent: 2)
        }
    }

    // MARK: Where the time went

    private mutating func addHops(_ hops: [OperatorExecutionDetail.Hop], attempts: Int?) {
        guard !hops.isEmpty else { return }
        let total = hops.first { $0.name == OperatorHop.total.rawValue }?.milliseconds
        let parts = hops.filter { $0.name != OperatorHop.total.rawValue }
        var note = total.map { "\(Formats.latency(milliseconds: $0)) in all" } ?? ""
        if let attempts, attempts > 1 { note += note.isEmpty ? "\(attempts) attempts" : ", \(attempts) attempts" }
        document.title("Where the time went", note: note)
        let whole = max(total ?? 0, parts.map(\.milliseconds).reduce(0, +))
        let label = (parts.map { Self.words(of: $0.name).columns }.max() ?? 0) + 2
        let room = max(4, document.width - label - 15)
        for hop in parts {
            let words = Self.words(of: hop.name)
            let share = whole > 0 ? hop.milliseconds / whole : 0
            let latency = Formats.latency(milliseconds: hop.milliseconds)
            let percent = Formats.percent(share)
            document.line([
                Document.Span(words + Self.blanks(label - words.columns), .quiet),
                Document.Span(Self.blanks(6 - latency.columns) + latency),
                Document.Span(Self.blanks(6 - percent.columns) + percent + "  ", .quiet),
                Document.Span(ScoreBar.filled(share, width: min(60, room), marks), .series1),
            ])
        }
    }

    private static func words(of hop: String) -> String {
        guard let known = OperatorHop(rawValue: hop) else { return hop }
        return switch known {
        case .total: "in all"
        case .apiServer: "API server"
        case .evaluationQueue: "waiting for evaluators"
        case .evaluation: "evaluation service"
        case .model: "proxy and provider"
        case .proxyQueue: "waiting for the provider"
        case .proxy: "LLM proxy"
        case .provider: "provider"
        }
    }

    // MARK: Related

    private mutating func addRelated(_ related: Loadable<OperatorExecutionRelated>) {
        guard let known = related.value else {
            if let failure = related.failure {
                document.title("Related")
                document.body("Not read: \(failure.message)", .bad)
            }
            return
        }
        for group in known.groups where !group.executions.isEmpty {
            // The evaluators stand above, with what they found.
            if group.relation == .parts, targets.contains(where: { $0.row == nil }) { continue }
            document.title(Self.title(of: group.relation), note: "\(group.executions.count)\(group.hasMore ? "+" : "")")
            for row in group.executions {
                targets.append(Target(line: document.lines.count, id: row.id, name: row.name, row: row))
                var spans = [Document.Span(Formats.dayAndTime(row.createdAt) + "  ", .quiet)]
                spans += outcome(row.score, row.failure)
                spans.append(Document.Span(row.name, .strong))
                spans.append(Document.Span(row.model.map { "  \($0)" } ?? "", .quiet))
                document.line(spans)
            }
        }
    }

    private static func title(of relation: OperatorExecutionRelated.Relation) -> String {
        switch relation {
        case .judge: "Part of"
        case .parts: "Its evaluators"
        case .siblings: "Other evaluators of the judge"
        case .origin: "Run again from"
        case .reruns: "Run again as"
        case .previous: "The same, earlier"
        case .request: "Of the same request"
        case .session: "Of the same session"
        }
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
