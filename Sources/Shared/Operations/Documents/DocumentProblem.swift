internal import YAML

/// What is wrong at one place of a text.
package struct DocumentProblem: Sendable, Hashable {
    /// In the text, from 1.
    package let line: Int
    package let column: Int
    /// Such as `criteria` or `evaluators[1].version`; empty where the text is no document at all.
    package let field: String
    /// One sentence for a person.
    package let message: String

    package init(line: Int, column: Int, field: String, message: String) {
        self.line = line
        self.column = column
        self.field = field
        self.message = message
    }

    /// The text as a whole cannot be read.
    init(_ error: YAMLError) {
        self.init(line: error.line, column: error.column, field: "", message: "This is not readable: \(error.problem).")
    }
}
