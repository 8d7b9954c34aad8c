/// Why a document could not be read, in words fit for the client that sent it.
package struct JSONDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of mistake it is.
    package enum Kind: Sendable, Hashable {
        /// The bytes are no JSON; the place counts from 1, columns in bytes.
        case syntax(line: Int, column: Int)
        /// A required member is absent.
        case missing
        /// A value is of another type, or not one of those allowed.
        case mismatch
        /// A value is refused by the type that it stands for.
        case invalid(reason: String)
    }

    package let kind: Kind
    /// From the root to the value: member names, and indices of arrays as decimal numbers.
    package let path: [String]
    /// What would have been right, for example "a number"; empty when `kind` is `.invalid`.
    package let expected: String
    /// What was there, for example "a string" or "\"robot\"".
    package let found: String

    package init(_ kind: Kind, path: [String], expected: String = "", found: String = "") {
        self.kind = kind
        self.path = path
        self.expected = expected
        self.found = found
    }

    /// The path as people write it: `turns[0].role`; empty for the document itself.
    package var field: String {
        var text = ""
        for element in path {
            if !element.isEmpty, element.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                text += "[\(element)]"
            } else {
                text += text.isEmpty ? element : ".\(element)"
            }
        }
        return text
    }

    /// The mistake without the path: "expected a number, found a string".
    package var reason: String {
        switch kind {
        case .syntax(let line, let column):
            "not valid JSON at line \(line), column \(column): expected \(expected), found \(found)"
        case .missing: "required, but missing"
        case .mismatch: "expected \(expected)\(expected.contains(",") ? ";" : ",") found \(found)"
        case .invalid(let reason): reason
        }
    }

    /// The whole sentence for a person: "turns[0].role: expected one of user, assistant, tool; found \"robot\"".
    package var message: String { path.isEmpty ? reason : "\(field): \(reason)" }

    package var description: String { message }
}
