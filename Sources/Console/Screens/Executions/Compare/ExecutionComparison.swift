internal import FoundationEssentials
internal import Terminal
internal import WireAPI

/// What is different between two executions: their facts with the differences in numbers, and their texts line by line.
struct ExecutionComparison: Sendable {
    /// A fact of both.
    struct Fact: Sendable {
        let label: String
        let old: String
        let new: String
        /// The difference with its sign, empty where there is none to tell.
        var change = ""
        var ink = Ink.plain

        var isAlike: Bool { old == new }
    }

    /// A text of both.
    struct Section: Sendable {
        let title: String
        let diff: TextDiff
        let hasOld: Bool
        let hasNew: Bool
    }

    let facts: [Fact]
    let sections: [Section]
    /// Whether the role does not see what was asked and answered.
    let isContentHidden: Bool

    init(_ old: OperatorExecutionDetail, _ new: OperatorExecutionDetail) {
        facts = Self.numbers(old, new) + Self.names(old, new)
        isContentHidden = old.isContentHidden || new.isContentHidden
        sections = Self.texts(of: old).compactMap { title, text in
            let other = text.of(new)
            let own = text.of(old)
            guard !own.isEmpty || !other.isEmpty else { return nil }
            return Section(
                title: title, diff: TextDiff(from: own, to: other), hasOld: !own.isEmpty, hasNew: !other.isEmpty)
        }
    }

    /// How many sections are different.
    var differences: Int { sections.count { !$0.diff.isEmpty } }

    // MARK: Facts

    private static func numbers(_ old: OperatorExecutionDetail, _ new: OperatorExecutionDetail) -> [Fact] {
        let (before, after) = (old.execution, new.execution)
        var facts = [
            Fact(
                label: "when", old: Formats.dayAndTime(before.createdAt), new: Formats.dayAndTime(after.createdAt),
                change: later(by: after.createdAt.timeIntervalSince(before.createdAt))),
            number(
                "score", before.score, after.score, better: .more,
                none: ("-", before.failure?.words, after.failure?.words)
            ) { Formats.score($0) },
            number("latency", before.latencyMilliseconds, after.latencyMilliseconds, better: .less) {
                Formats.latency(milliseconds: $0)
            },
            number(
                "cost", before.costNanodollars.map(Double.init), after.costNanodollars.map(Double.init), better: .less
            ) {
                Formats.exactCost(nanodollars: Int64($0))
            },
        ]
        if old.confidence != nil || new.confidence != nil {
            facts.insert(number("confidence", old.confidence, new.confidence, better: nil) { Formats.score($0) }, at: 2)
        }
        func tokens(_ label: String, _ old: Int?, _ new: Int?) {
            guard old != nil || new != nil else { return }
            facts.append(
                number(label, old.map(Double.init), new.map(Double.init), better: .less) { Formats.count(Int($0)) })
        }
        tokens("tokens in", old.promptTokens, new.promptTokens)
        tokens("tokens out", old.completionTokens, new.completionTokens)
        return facts
    }

    private static func later(by seconds: TimeInterval) -> String {
        let span = Formats.latency(milliseconds: abs(seconds) * 1000)
        return seconds == 0 ? "" : "\(span) \(seconds > 0 ? "later" : "earlier")"
    }

    /// Which way is good news.
    private enum Better {
        case more
        case less
    }

    private static func number(
        _ label: String, _ old: Double?, _ new: Double?, better: Better?,
        none: (absent: String, old: String?, new: String?) = ("-", nil, nil), _ format: (Double) -> String
    ) -> Fact {
        var fact = Fact(
            label: label, old: old.map(format) ?? none.old ?? none.absent,
            new: new.map(format) ?? none.new ?? none.absent)
        guard let old, let new, old.isFinite, new.isFinite, old != new else { return fact }
        let size = format(abs(new - old))
        fact.change = (new > old ? "+" : "-") + size
        if old > 0, better == .less {
            fact.change += new > old ? ", \(times(new / old))" : ", to \(Formats.percent(new / old))"
        }
        if let better { fact.ink = (new > old) == (better == .more) ? .good : .bad }
        return fact
    }

    private static func times(_ ratio: Double) -> String {
        ratio < 1000 ? "\(Formats.decimal(ratio, places: 1)) times" : "over 1,000 times"
    }

    private static func names(_ old: OperatorExecutionDetail, _ new: OperatorExecutionDetail) -> [Fact] {
        func texts(_ detail: OperatorExecutionDetail) -> [(String, String)] {
            let row = detail.execution
            return [
                ("name", row.name), ("version", detail.versionID?.lowercase ?? "-"), ("model", row.model ?? "-"),
                ("provider", row.provider ?? "-"), ("attempts", detail.attempts.map(String.init) ?? "-"),
                ("project", row.projectName ?? row.projectID.lowercase), ("session", row.sessionID ?? "-"),
                ("user", row.userID ?? "-"), ("tags", row.tags.isEmpty ? "-" : row.tags.joined(separator: " ")),
                ("run by", detail.ownerEmail), ("id", row.id.lowercase),
            ]
        }
        return zip(texts(old), texts(new)).compactMap { before, after in
            before.1 == "-" && after.1 == "-" ? nil : Fact(label: before.0, old: before.1, new: after.1)
        }
    }

    // MARK: Texts

    /// A way to one of the texts.
    private struct Text: Sendable {
        let of: @Sendable (OperatorExecutionDetail) -> String

        init(_ of: @escaping @Sendable (OperatorExecutionDetail) -> String?) { self.of = { of($0) ?? "" } }
    }

    private static func texts(of detail: OperatorExecutionDetail) -> [(String, Text)] {
        [
            ("Failure", Text { $0.execution.failure.map { "\($0.code): \($0.sentence)" } }),
            ("Justification", Text { $0.justification }),
            ("Evaluators", Text { $0.evaluators.map(evaluator).joined(separator: "\n") }),
            ("Request", Text { $0.request }), ("Response", Text { $0.response }),
            ("Turns", Text { $0.turns.map(turn).joined(separator: "\n") }),
            ("Contexts", Text { $0.contexts.enumerated().map { "[\($0 + 1)] \($1)" }.joined(separator: "\n") }),
            ("Expected output", Text { $0.expectedOutput }),
            (
                "Variables",
                Text {
                    $0.variables.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
                }
            ),
            ("Tools", Text { $0.tools.map(ExecutionText.indented) }), ("System prompt", Text { $0.systemPrompt }),
            ("Criteria", Text { $0.criteria }), ("Rendered prompt", Text { $0.renderedPrompt }),
            ("Raw reply", Text { $0.rawReply }),
        ]
    }

    private static func evaluator(_ evaluator: OperatorExecutionDetail.Evaluator) -> String {
        let outcome = evaluator.failure.map(\.words) ?? Formats.score(evaluator.score)
        let reason = evaluator.failure?.sentence ?? evaluator.justification ?? ""
        return "\(evaluator.name): \(outcome)\(reason.isEmpty ? "" : "\n  \(reason)")"
    }

    private static func turn(_ turn: OperatorExecutionDetail.Turn) -> String {
        let calls = turn.toolCalls.map { "\n\(ExecutionText.indented($0))" } ?? ""
        return "\(turn.role): \(turn.content ?? "")\(turn.contexts.map { "\n  context: \($0)" }.joined())\(calls)"
    }
}
