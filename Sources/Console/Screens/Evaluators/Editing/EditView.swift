import Terminal
import WireAPI

/// Draws an edit: what it is at, and below that the problems, the changes or the text.
struct EditView {
    /// Rows above the text.
    static let headRows = 3

    let screen: EditScreen
    let scope: Scope

    func draw(into frame: inout Frame, _ area: Area) {
        let (sentence, ink) = head
        let width = area.columns.count - 2
        frame.put(sentence, area.rows.lowerBound, 1, Style(ink), width: width)
        if let legend { frame.put(legend, area.rows.lowerBound + 1, 1, Style(.quiet), width: width) }
        let rest = area.below(Self.headRows)
        screen.reader.draw(into: &frame, Area(rows: rest.rows, columns: 1..<max(2, area.columns.upperBound - 1)))
    }

    private var head: (String, Ink) {
        let marks = scope.marks
        switch screen.phase {
        case .reading:
            if let failure = screen.failure { return ("\(marks.failure) \(failure.message)", .bad) }
            return ("Reading the document", .quiet)
        case .text: return ("The text is not checked: Enter opens the editor, r has the server look at it.", .plain)
        case .checking: return ("The server looks at it", .quiet)
        case .refused(let problems):
            let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
            return ("\(marks.failure) \(count): Enter opens the editor with them at their lines.", .bad)
        case .review(let fields):
            let what = screen.item == nil ? "It says" : "It changes"
            return ("\(what) \(fields.joined(separator: ", ")): Enter saves it, after a note.", .good)
        case .saving: return ("Saving", .accent)
        case .conflict(let conflict): return ("\(conflict.sentence): Enter shows the choices.", .caution)
        }
    }

    /// What the two sides of a comparison are.
    private var legend: String? {
        let base = screen.base?.version.map { "version \($0.number)" } ?? "nothing"
        switch screen.phase {
        case .review, .saving: return "- \(base)   + your text"
        case .conflict(let conflict):
            let theirs = conflict.document.version.map { "version \($0.number)" } ?? "theirs"
            return screen.showsTheirs ? "- \(base)   + \(theirs)" : "- \(theirs)   + your text"
        case .reading, .text, .checking, .refused: return nil
        }
    }

    /// What the message line says.
    var status: Segment? {
        switch screen.phase {
        case .conflict: Segment("Esc leaves it as a draft; d shows what they changed, or how yours differs")
        case .refused, .review, .text: Segment("Esc leaves it as a draft")
        case .reading, .checking, .saving: nil
        }
    }

    /// What is below the head.
    static func document(
        _ phase: EditScreen.Phase, base: OperatorDocument?, text: String, showsTheirs: Bool, isUnfolded: Bool,
        width: Int, charset: Charset
    ) -> Document? {
        guard let base else { return nil }
        func diff(_ old: String, _ new: String) -> Document {
            DiffDocument(TextDiff(from: old, to: new), width: width, charset: charset, isUnfolded: isUnfolded).document
        }
        switch phase {
        case .reading: return nil
        case .refused(let problems):
            return ProblemDocument(of: text).document(problems, width: min(112, width), charset: charset)
        case .review, .saving:
            // Of a new item everything is new; of the form nothing is worth comparing with.
            let old = base.version == nil ? "" : DocumentText.withoutComments(base.text)
            return diff(old, DocumentText.withoutComments(text))
        case .conflict(let conflict):
            let theirs = DocumentText.compared(conflict.document.text)
            return showsTheirs
                ? diff(DocumentText.compared(base.text), theirs) : diff(theirs, DocumentText.compared(text))
        case .text, .checking:
            var lines = Document(width: min(112, width), charset: charset, isUnfolded: true)
            lines.body(text)
            return lines
        }
    }
}
