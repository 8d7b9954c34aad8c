import Terminal
import WireAPI

/// What is wrong with a document, each problem with its line and a mark under the column.
struct ProblemDocument {
    private let lines: [String]

    /// The text that the problems are in.
    init(of text: String) { lines = TextDiff.lines(of: text) }

    /// Every problem as a section.
    func document(_ problems: [OperatorDocumentProblem], width: Int, charset: Charset) -> Document {
        var document = Document(width: width, charset: charset)
        for problem in problems {
            document.title(field(of: problem), note: "line \(problem.line), column \(problem.column)")
            add(problem, to: &document)
        }
        return document
    }

    /// Every problem below something else.
    func add(_ problems: [OperatorDocumentProblem], to document: inout Document) {
        for problem in problems {
            document.line("\(field(of: problem)), line \(problem.line), column \(problem.column)", .caution)
            add(problem, to: &document)
        }
    }

    private func field(of problem: OperatorDocumentProblem) -> String {
        problem.field.isEmpty ? "The text" : problem.field
    }

    private func add(_ problem: OperatorDocumentProblem, to document: inout Document) {
        document.body(problem.message, .bad)
        guard lines.indices.contains(problem.line - 1) else { return }
        let number = "\(problem.line)"
        let side = Marks(document.charset).side
        let room = max(8, document.width - number.count - 5)
        let characters = Array(lines[problem.line - 1])
        let column = min(max(0, problem.column - 1), characters.count)
        // A long line is cut so that the column is seen.
        let start = column < room ? 0 : column - room / 2
        let shown = String(characters[start..<min(characters.count, start + room)])
        document.line([Document.Span(" \(number) \(side) ", .faint), Document.Span(shown)])
        let margin = String(repeating: " ", count: number.count + 2)
        let gap = String(repeating: " ", count: String(characters[start..<column]).columns)
        document.line([Document.Span("\(margin)\(side) ", .faint), Document.Span("\(gap)^", .bad)])
    }
}
