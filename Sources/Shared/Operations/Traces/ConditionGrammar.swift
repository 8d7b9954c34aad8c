internal import FoundationEssentials
internal import JSON
internal import Records

/// Why a condition cannot be read.
package struct ConditionProblem: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// A condition as it is written: its parts are texts, as lists of traces take them, or come from a JSON document.
struct WrittenCondition {
    var column: String
    /// Empty where it is to be found from the column and the value.
    var type = ""
    var key = ""
    var operation: String
    /// One value, or several for `any of` and `none of`.
    var values: [String]

    /// What it asks for.
    func parsed() throws(ConditionProblem) -> TraceCondition {
        let operation = try ConditionOperator(written: operation)
        guard let type = ConditionType(written: type) else {
            throw ConditionProblem(
                "“\(self.type)” is not one of the types string, number, boolean, datetime and stringOptions.")
        }
        switch column {
        case "": throw ConditionProblem("The column is missing.")
        case "name": return .text(.name, try text(operation))
        case "input_preview": return .text(.input, try text(operation))
        case "output_preview": return .text(.output, try text(operation))
        case "span_name": return .spanName(try text(operation))
        case "span_count":
            let (order, count) = try number(operation)
            return .spanCount(order, count)
        case "first_span_at", "last_span_at":
            let (order, date) = try moment(operation)
            return .moment(column == "first_span_at" ? .firstSpan : .lastSpan, order, date)
        case "has_error": return .hasError(try flag(operation))
        case "kind": return .kind(try members(operation, "OTLP’s numbers of kinds and their names", kind))
        case "status": return .status(try members(operation, "OK, ERROR and UNSET", status))
        case "resource", "attribute":
            guard !key.isEmpty else { throw ConditionProblem("“\(column)” needs a key: the attribute’s name.") }
            let place = column == "resource" ? TraceCondition.Place.resource : .span
            return .attribute(place, key: key, try value(operation, type))
        // Any other column is the name of an attribute.
        default: return .attribute(.span, key: key.isEmpty ? column : key, try value(operation, type))
        }
    }

    private func value(
        _ operation: ConditionOperator, _ type: ConditionType
    ) throws(ConditionProblem) -> ValueComparison {
        switch type == .unstated ? type.inferred(operation, values) : type {
        case .string, .unstated: return .text(try text(operation))
        case .boolean: return .flag(try flag(operation))
        case .number:
            let (order, number) = try number(operation)
            return .number(order, number)
        case .datetime:
            let (order, date) = try moment(operation)
            return .moment(order, date)
        }
    }

    private func text(_ operation: ConditionOperator) throws(ConditionProblem) -> TextComparison {
        switch operation {
        case .anyOf: return .anyOf(values)
        case .noneOf: return .noneOf(values)
        case .order(.equal): return .equals(try single())
        case .order(.different): return .differs(try single())
        case .contains: return .contains(try single())
        case .startsWith: return .startsWith(try single())
        case .order(.greater), .order(.atLeast), .order(.less), .order(.atMost):
            throw ConditionProblem("“\(self.operation)” does not compare texts.")
        }
    }

    private func number(_ operation: ConditionOperator) throws(ConditionProblem) -> (OrderOperator, Double) {
        guard case .order(let order) = operation else {
            throw ConditionProblem("“\(self.operation)” does not compare numbers.")
        }
        let text = try single()
        guard let number = Double(text), number.isFinite else { throw ConditionProblem("“\(text)” is no number.") }
        return (order, number)
    }

    private func moment(_ operation: ConditionOperator) throws(ConditionProblem) -> (OrderOperator, Date) {
        guard case .order(let order) = operation else {
            throw ConditionProblem("“\(self.operation)” does not compare moments.")
        }
        let text = try single()
        guard let date = ISO8601.date(text) else { throw ConditionProblem("“\(text)” is no moment (ISO 8601).") }
        return (order, date)
    }

    private func flag(_ operation: ConditionOperator) throws(ConditionProblem) -> Bool {
        let text = try single()
        guard case .order(let order) = operation, order == .equal || order == .different else {
            throw ConditionProblem("“\(self.operation)” does not compare booleans.")
        }
        switch text.lowercased() {
        case "true": return order == .equal
        case "false": return order == .different
        default: throw ConditionProblem("“\(text)” is neither true nor false.")
        }
    }

    private func members<Member: Hashable & CaseIterable>(
        _ operation: ConditionOperator, _ known: String, _ named: (String) -> Member?
    ) throws(ConditionProblem) -> Set<Member> {
        var given = Set<Member>()
        for value in values {
            guard let member = named(value) else { throw ConditionProblem("“\(value)” is none of \(known).") }
            given.insert(member)
        }
        switch operation {
        case .order(.equal), .anyOf: return given
        case .order(.different), .noneOf: return Set(Member.allCases).subtracting(given)
        case .order(.greater), .order(.atLeast), .order(.less), .order(.atMost), .contains, .startsWith:
            throw ConditionProblem("“\(self.operation)” does not fit “\(column)”.")
        }
    }

    private func kind(_ text: String) -> SpanKind? {
        if let number = Int(text) { return SpanKind(rawValue: number) }
        let word = text.uppercased().replacing("SPAN_KIND_", with: "")
        return SpanKind.allCases.first { "\($0)".uppercased() == word }
    }

    private func status(_ text: String) -> SpanStatus? { SpanStatus.allCases.first { $0.word == text.uppercased() } }

    private func single() throws(ConditionProblem) -> String {
        guard values.count == 1 else { throw ConditionProblem("“\(operation)” takes one value.") }
        return values[0]
    }
}

/// What is done with the value of a condition.
enum ConditionOperator {
    case order(OrderOperator)
    case contains
    case startsWith
    case anyOf
    case noneOf

    /// The words of lists, and those of filters' documents.
    init(written text: String) throws(ConditionProblem) {
        switch text.lowercased().replacing("_", with: " ") {
        case "=", "==", "eq": self = .order(.equal)
        case "!=", "<>", "ne", "neq": self = .order(.different)
        case ">", "gt": self = .order(.greater)
        case ">=", "gte": self = .order(.atLeast)
        case "<", "lt": self = .order(.less)
        case "<=", "lte": self = .order(.atMost)
        case "contains": self = .contains
        case "starts with": self = .startsWith
        case "any of", "in": self = .anyOf
        case "none of", "not in": self = .noneOf
        default:
            throw ConditionProblem(
                "“\(text)” is not one of the operators =, !=, contains, starts with, any of, none of, >, >=, < and <=.")
        }
    }

    var takesSeveral: Bool {
        switch self {
        case .anyOf, .noneOf: true
        case .order, .contains, .startsWith: false
        }
    }
}

/// What the value of a condition is.
enum ConditionType: Equatable {
    case unstated
    case string
    case number
    case boolean
    case datetime

    init?(written text: String) {
        switch text.lowercased() {
        case "": self = .unstated
        case "string", "stringoptions": self = .string
        case "number": self = .number
        case "boolean": self = .boolean
        case "datetime": self = .datetime
        default: return nil
        }
    }

    /// What the operator and the values say where no type is stated: only what has an order needs one.
    func inferred(_ operation: ConditionOperator, _ values: [String]) -> ConditionType {
        guard case .order(let order) = operation, order != .equal, order != .different, let value = values.first
        else { return .string }
        return Double(value) == nil ? .datetime : .number
    }
}
