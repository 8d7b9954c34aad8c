/// Why a definition was refused, field by field; the names are those of the public interface.
package struct InvalidDefinition: Error, Hashable, CustomStringConvertible {
    /// What is wrong with one field.
    package struct Problem: Sendable, Hashable {
        package let field: String
        package let message: String

        package init(field: String, message: String) {
            self.field = field
            self.message = message
        }
    }

    package let problems: [Problem]

    package init(problems: [Problem]) { self.problems = problems }

    /// One field is wrong.
    package init(_ field: String, _ message: String) { self.init(problems: [Problem(field: field, message: message)]) }

    package var description: String { problems.map { "\($0.field): \($0.message)" }.joined(separator: "; ") }

    /// Gathers every problem that `body` finds, and throws them together.
    package static func check(_ body: (inout Findings) -> Void) throws(InvalidDefinition) {
        var findings = Findings()
        body(&findings)
        guard findings.problems.isEmpty else { throw InvalidDefinition(problems: findings.problems) }
    }

    /// The problems found so far.
    package struct Findings {
        package private(set) var problems: [Problem] = []

        /// Checks a length in Unicode scalars, as clients count it, and that PostgreSQL can store the text.
        package mutating func length(of text: String, in range: ClosedRange<Int>, field: String) {
            let count = text.unicodeScalars.count
            if count < range.lowerBound {
                let message =
                    count == 0
                    ? "This field may not be blank."
                    : "Ensure this field has at least \(range.lowerBound) characters."
                add(field, message)
            } else if count > range.upperBound {
                add(field, "Ensure this field has no more than \(range.upperBound) characters.")
            }
            if text.utf8.contains(0) { add(field, "Null characters are not allowed.") }
        }

        /// Checks a length as ``length(of:in:field:)`` does, and that the text is a name: in one line, and without
        /// anything that steers where it is shown.
        package mutating func name(_ text: String, in range: ClosedRange<Int>, field: String) {
            length(of: text, in: range, field: field)
            guard text.unicodeScalars.contains(where: { $0.value != 0 && ShownText.isRefusedInNames($0) }) else {
                return
            }
            add(field, "Control characters are not allowed in names.")
        }

        /// Notes one problem.
        package mutating func add(_ field: String, _ message: String) {
            problems.append(Problem(field: field, message: message))
        }
    }
}
