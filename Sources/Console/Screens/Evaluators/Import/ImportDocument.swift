import Terminal
import WireAPI

/// What would become, or became, of each document of an import.
struct ImportDocument {
    private(set) var document: Document

    init(_ plan: OperatorImportPlan, of text: String, width: Int, charset: Charset) {
        document = Document(width: width, charset: charset)
        let problems = ProblemDocument(of: text)
        for entry in plan.entries {
            document.title(entry.name ?? "A document without a name", note: Self.note(entry, plan.isDone))
            if !entry.changedFields.isEmpty, entry.action == .update {
                document.body("Changes \(entry.changedFields.joined(separator: ", "))")
            }
            problems.add(entry.problems, to: &document)
        }
    }

    private static func note(_ entry: OperatorImportPlan.Entry, _ isDone: Bool) -> String {
        let version = entry.version.map { ", version \($0.number) now" } ?? ""
        let kind = entry.kind.map { "\($0.rawValue), " } ?? ""
        return "\(kind)\(isDone ? entry.action.done : entry.action.word)\(isDone ? "" : version), line \(entry.line)"
    }
}

extension OperatorImportPlan {
    var hasProblems: Bool { entries.contains { $0.action == .refused } }
    /// How many items are made or changed.
    var changeCount: Int { entries.count { $0.action == .create || $0.action == .update } }

    /// How many documents have which fate.
    var summary: String {
        Action.allCases.compactMap { action in
            let count = entries.count { $0.action == action }
            return count > 0 ? "\(count) \(isDone ? action.done : action.word)" : nil
        }.joined(separator: ", ")
    }
}

extension OperatorImportPlan.Action {
    /// What would become of a document.
    fileprivate var word: String {
        switch self {
        case .create: "new"
        case .update: "changed"
        case .unchanged: "as it is"
        case .refused: "refused"
        }
    }

    /// What became of it.
    fileprivate var done: String {
        switch self {
        case .create: "made"
        case .update: "changed"
        case .unchanged: "left as it is"
        case .refused: "refused"
        }
    }

    /// As the beginning of a sentence.
    var sentence: String {
        switch self {
        case .create: "Makes"
        case .update: "Makes a new version of"
        case .unchanged: "Leaves as it is"
        case .refused: "Refuses"
        }
    }
}
