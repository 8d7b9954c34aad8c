import WireAPI

/// What is wrong with a document, written into its text for the editor, and taken out again.
enum ProblemComments {
    /// Nobody begins a line like this by chance.
    private static let sign = "#!!"

    /// The text with each problem below its line, a mark under its column, and a line on top that says so.
    static func inserted(_ problems: [OperatorDocumentProblem], into text: String) -> String {
        guard !problems.isEmpty else { return text }
        let count = problems.count == 1 ? "1 problem is" : "\(problems.count) problems are"
        var lines = ["\(sign) \(count) marked by \(sign); these lines go away by themselves."]
        let byLine = Dictionary(grouping: problems, by: \.line)
        let original = text.split(separator: "\n", omittingEmptySubsequences: false)
        // What is said of no line, or of one behind the end, stands on top.
        for problem in problems where !(1...original.count).contains(problem.line) { lines.append(comment(problem)) }
        for (index, line) in original.enumerated() {
            lines.append(String(line))
            for problem in byLine[index + 1] ?? [] { lines.append(comment(problem)) }
        }
        return lines.joined(separator: "\n")
    }

    /// The text without them.
    static func removed(from text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix(sign) }
            .joined(separator: "\n")
    }

    private static func comment(_ problem: OperatorDocumentProblem) -> String {
        // The mark stands below the column where the sign leaves room for it.
        let gap = problem.column - 1 - sign.count
        let pointer = gap > 0 ? String(repeating: " ", count: min(gap, 200)) + "^ " : " "
        let field = problem.field.isEmpty ? "" : "\(problem.field): "
        return sign + pointer + field + problem.message.replacing("\n", with: " ")
    }
}
