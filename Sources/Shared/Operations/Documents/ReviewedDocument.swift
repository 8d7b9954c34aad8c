internal import Scoring

/// What a document is handed in for.
struct DocumentTarget {
    /// The item that gets a new version; `nil` for a new one.
    let item: ItemSummary?
    /// Whether the document was written for something else: then its identifiers may be of nothing here.
    let isForeign: Bool
}

/// A document that was looked at: what it would do, and all that is wrong with it.
struct ReviewedDocument {
    /// What is to be stored.
    enum Content {
        case evaluator(WholeEvaluator)
        case judge(JudgeDraft)
    }

    /// Where the document begins in its text, from 1.
    let line: Int
    /// `nil` when the document does not say it.
    let kind: ItemKind?
    let name: String?
    /// The item that gets a new version; `nil` for a new one.
    let target: ItemSummary?
    /// `nil` when there are problems.
    let content: Content?
    /// Empty when the target is like this already.
    let changedFields: [String]
    let problems: [DocumentProblem]

    /// One that cannot be made sense of.
    init(line: Int, kind: ItemKind?, name: String?, target: ItemSummary? = nil, problems: [DocumentProblem]) {
        self.init(
            line: line, kind: kind, name: name, target: target, content: nil, changedFields: [], problems: problems)
    }

    /// One whose problems come in the order of the text.
    init(
        line: Int, kind: ItemKind?, name: String?, target: ItemSummary?, content: Content?, changedFields: [String],
        problems: [DocumentProblem]
    ) {
        self.line = line
        self.kind = kind
        self.name = name
        self.target = target
        self.content = problems.isEmpty ? content : nil
        self.changedFields = problems.isEmpty ? changedFields : []
        self.problems = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}
