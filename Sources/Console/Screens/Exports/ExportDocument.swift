import FoundationEssentials
import Terminal
import WireAPI

/// An export as text: how far it is, which logs it has, and how its file is fetched.
struct ExportDocument {
    private(set) var document: Document
    private let marks: Marks

    init(_ export: OperatorLogExport, _ scope: Scope, width: Int) {
        document = Document(width: width, charset: scope.charset)
        marks = scope.marks
        addProgress(export, scope)
        addFilter(export)
        addFetching(export)
    }

    /// How the file is fetched on a machine of the installation.
    static func command(for export: OperatorLogExport) -> String {
        "scorable export download \(export.id.lowercase) --output \(export.fileName)"
    }

    private mutating func addProgress(_ export: OperatorLogExport, _ scope: Scope) {
        document.title("Progress", note: export.word)
        if let share = export.share {
            let width = max(10, min(60, document.width - 10))
            let filled = ScoreBar.filled(share, width: width, marks)
            let rest = String(repeating: marks.barRest, count: max(0, width - filled.columns))
            document.line([
                Document.Span(filled, export.ink), Document.Span(rest, .faint),
                Document.Span(" \(Formats.percent(share))", .strong),
            ])
        }
        document.body(export.sentence(scope), export.state == .failed ? .bad : .plain)
        if export.state == .running, let reachedAt = export.reachedAt {
            document.body("Written so far are those up to \(Formats.full(reachedAt)), the oldest first.", .quiet)
        }
    }

    private mutating func addFilter(_ export: OperatorLogExport) {
        document.title("Which executions", note: "of those before \(Formats.full(export.createdAt))")
        guard !export.filter.isEmpty else {
            document.body("All of them.")
            return
        }
        let longest = export.filter.map(\.name.columns).max() ?? 0
        for parameter in export.filter {
            let blanks = String(repeating: " ", count: max(1, longest + 2 - parameter.name.columns))
            document.line([Document.Span(parameter.name + blanks, .quiet), Document.Span(parameter.value)])
        }
    }

    private mutating func addFetching(_ export: OperatorLogExport) {
        guard export.state == .finished else { return }
        document.title("Fetching", note: "S saves it in the folder of this console")
        document.body("On a machine of the installation:", .quiet)
        document.body(Self.command(for: export))
        document.body("With the session of an operator:", .quiet)
        document.body("GET \(OperatorLogExport.filePath(of: export.id)) of the internal API")
        if let sha256 = export.sha256 {
            document.body("Its SHA-256, which sha256sum prints too:", .quiet)
            document.body(sha256)
        }
    }

    /// What one wants to know of it beside its progress.
    static func facts(_ export: OperatorLogExport) -> FactList {
        FactList(facts: [
            NamedFact("state", export.word, export.ink), NamedFact("form", export.format.rawValue),
            NamedFact("rows", Formats.count(export.rows)),
            NamedFact("counted", export.expectedRows.map(Formats.count) ?? "-"),
            NamedFact("size", Formats.bytes(export.bytes)), .divider,
            NamedFact("by", export.requestedBy?.email ?? "the server itself"),
            NamedFact("made", Formats.full(export.createdAt)),
            NamedFact("begun", export.startedAt.map(Formats.full) ?? "-"),
            NamedFact("ended", export.endedAt.map(Formats.full) ?? "-"),
            NamedFact("goes", export.expiresAt.map(Formats.full) ?? "-"), .divider,
            NamedFact("file", export.fileName), NamedFact("job", export.jobID.lowercase, .quiet),
            NamedFact("id", export.id.lowercase, .quiet),
        ])
    }
}
