internal import JSON
internal import FoundationEssentials

/// A query parameter whose value is not what its name asks for.
package struct OperatorInvalidParameter: Error, Sendable, Hashable {
    package let name: String
    package let expected: String

    package init(name: String, expected: String) {
        self.name = name
        self.expected = expected
    }
}

/// Reads the values of query parameters.
enum OperatorParameterValue {
    static func number(_ name: String, _ value: String) throws(OperatorInvalidParameter) -> Double {
        guard let number = Double(value), number.isFinite else {
            throw OperatorInvalidParameter(name: name, expected: "a number")
        }
        return number
    }

    static func integer(_ name: String, _ value: String) throws(OperatorInvalidParameter) -> Int64 {
        guard let number = Int64(value) else { throw OperatorInvalidParameter(name: name, expected: "a whole number") }
        return number
    }

    static func count(_ name: String, _ value: String) throws(OperatorInvalidParameter) -> Int {
        guard let number = Int32(value), number >= 0 else {
            throw OperatorInvalidParameter(name: name, expected: "a whole number that is not negative")
        }
        return Int(number)
    }

    static func identifier(_ name: String, _ value: String) throws(OperatorInvalidParameter) -> UUID {
        guard let id = UUID(uuidString: value) else {
            throw OperatorInvalidParameter(name: name, expected: "an identifier")
        }
        return id
    }

    static func date(_ name: String, _ value: String) throws(OperatorInvalidParameter) -> Date {
        guard let date = ISO8601.date(value) else {
            throw OperatorInvalidParameter(
                name: name, expected: "a date and time, such as 2026-01-31T12:00:00Z")
        }
        return date
    }

    /// One of the cases of an enumeration.
    static func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ name: String, _ value: String
    ) throws(OperatorInvalidParameter) -> Choice {
        guard let choice = Choice(rawValue: value) else {
            let words = Choice.allCases.map(\.rawValue)
            throw OperatorInvalidParameter(name: name, expected: "one of \(words.joined(separator: ", "))")
        }
        return choice
    }
}
