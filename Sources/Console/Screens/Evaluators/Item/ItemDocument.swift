import FoundationEssentials
import Terminal
import WireAPI

/// The definition of an evaluator or a judge as text.
struct ItemDocument {
    private(set) var document: Document

    init(_ detail: ItemDetail, width: Int, charset: Charset, isUnfolded: Bool) {
        document = Document(width: width, charset: charset, isUnfolded: isUnfolded)
        switch detail {
        case .evaluator(let evaluator): add(evaluator)
        case .judge(let judge): add(judge)
        }
        addInputs(detail.inputs)
        if case .evaluator(let evaluator) = detail, !evaluator.judges.isEmpty {
            document.title("In judges", note: "\(evaluator.judges.count)")
            for judge in evaluator.judges { document.line(judge.name) }
        }
    }

    private mutating func add(_ evaluator: OperatorEvaluator) {
        document.title("Objective", note: evaluator.objective.isPinned ? "kept at this wording" : "its latest wording")
        document.body(evaluator.objective.intent)
        if let code = evaluator.code {
            document.title("Code", note: "no model is asked")
            document.body(ExecutionText.indented(code))
            return
        }
        document.title("Criteria")
        document.body(evaluator.criteria)
        document.title("Models", note: evaluator.models.isEmpty ? "" : "\(evaluator.models.count)")
        if evaluator.models.isEmpty { document.line("The server's default", .quiet) }
        for (index, model) in evaluator.models.enumerated() {
            document.line([Document.Span(index == 0 ? "first     " : "fall-back ", .quiet), Document.Span(model)])
        }
        document.title("Behaviour")
        document.line(evaluator.behavior)
        addDemonstrations(of: evaluator)
    }

    private mutating func addDemonstrations(of evaluator: OperatorEvaluator) {
        let count = evaluator.demonstrationCount
        guard count > 0 || evaluator.demonstrationDatasetID != nil else { return }
        document.title("Demonstrations", note: "models are shown some of them")
        if count > 0 { document.line("\(count) of its own") }
        if let dataset = evaluator.demonstrationDatasetID {
            document.line("labelled items of dataset \(dataset.lowercase)")
        }
    }

    private mutating func add(_ judge: OperatorJudge) {
        document.section("Intent", judge.intent)
        document.section("Stage", judge.stage)
        document.title("Evaluators", note: "\(judge.members.count), a digit opens one")
        for (index, member) in judge.members.enumerated() { add(member, key: index < 9 ? "\(index + 1) " : "  ") }
        if judge.members.isEmpty { document.line("It has none: every evaluator of it was deleted.", .bad) }
    }

    private mutating func add(_ member: OperatorJudge.Member, key: String) {
        var spans = [Document.Span(key, .accent), Document.Span(member.name, .strong)]
        if member.origin != .own { spans.append(Document.Span("  \(member.origin.word)", .quiet)) }
        let isBehind = member.version.number < member.latest.number
        let version = "  v\(member.version.number)"
        if member.isPinned {
            let latest = isBehind ? ", latest is v\(member.latest.number)" : ""
            spans.append(Document.Span("\(version) pinned\(latest)", isBehind ? .caution : .quiet))
        } else {
            spans.append(Document.Span("\(version) latest", .quiet))
        }
        if let code = member.code {
            spans.append(Document.Span("  code: \(code)", .quiet))
        } else if let model = member.models.first {
            spans.append(Document.Span("  \(model)", .quiet))
        }
        document.line(spans)
    }

    private mutating func addInputs(_ inputs: [OperatorInput]) {
        guard !inputs.isEmpty else { return }
        document.title("Variables", note: "\(inputs.count)")
        let width = min(30, (inputs.map(\.name.columns).max() ?? 0) + 2)
        for input in inputs {
            let gap = String(repeating: " ", count: max(1, width - input.name.columns))
            let origin = input.isBuiltIn ? "of the execution" : "given by the caller"
            document.line([
                Document.Span(input.name + gap), Document.Span("\(Self.word(input.shape)), \(origin)", .quiet),
            ])
        }
    }

    private static func word(_ shape: OperatorInput.Shape) -> String {
        switch shape {
        case .text: "text"
        case .texts: "several texts"
        case .objects: "several objects"
        }
    }
}

/// What one wants to know of an item beside its definition.
struct ItemFacts {
    let list: FactList

    init(_ detail: ItemDetail, _ scope: Scope) {
        let item = detail.item
        let version = detail.version
        let figures = item.statistics
        let bar = figures.meanScore.map { " \(ScoreBar.filled($0, width: 10, scope.marks))" } ?? ""
        list = FactList(facts: [
            NamedFact("version", "\(version.number) of \(item.versionCount)\(version.isCurrent ? ", current" : "")"),
            NamedFact("made", "\(Formats.dayAndMinute(version.createdAt)) UTC by \(version.author.fullName)"),
            NamedFact("note", version.changeNote.isEmpty ? "-" : version.changeNote),
            NamedFact("from", Self.origin(item)),
            NamedFact("project", item.projectName ?? "-"),
            NamedFact("visibility", detail.visibility),
            NamedFact("owner", item.owner.email),
            .divider,
            NamedFact(
                "mean 7 days", Formats.score(figures.meanScore) + bar,
                figures.meanScore.map(ScoreBar.ink) ?? .quiet),
            NamedFact("executions", "\(Formats.count(figures.executions)) in 24 h"),
            NamedFact(
                "failures", "\(Formats.count(figures.failures)) in 24 h",
                ItemFigures.failureInk(item)),
            NamedFact("$/1,000", Formats.cost(nanodollars: item.costOfThousand)),
            .divider,
            NamedFact("id", item.id.lowercase, .quiet),
            NamedFact("version id", version.id.lowercase, .quiet),
        ])
    }

    /// The most important ones in a line, for a narrow screen.
    static func compact(_ detail: ItemDetail, _ scope: Scope) -> String {
        let item = detail.item
        let parts = [
            "v\(detail.version.number) of \(item.versionCount)", item.origin.word, item.projectName,
            "by \(detail.version.author.fullName)", "\(ItemFigures.age(detail.version.createdAt, scope)) ago",
            "mean \(Formats.score(item.statistics.meanScore))",
        ]
        return parts.compactMap { $0 }.joined(separator: " \(scope.marks.separator) ")
    }

    private static func origin(_ item: OperatorItem) -> String {
        switch item.origin {
        case .own: "your organisation"
        case .preset: "built in"
        case .published: "another organisation"
        }
    }
}
