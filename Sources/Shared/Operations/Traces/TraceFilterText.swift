package import Records

/// The conditions of a list of traces in one text: groups of `column;type;key;operator;value` between commas.
///
/// A value may hold commas: one ends a group only where another group follows it. What follows is taken for a group, and
/// not for a part of the value, when it has all five parts and a type or an operator that is known.
package enum TraceFilterText {
    /// The most conditions.
    package static let mostConditions = 50

    /// - Throws: for a group that cannot be read, which is named.
    package static func conditions(of text: String) throws(ConditionProblem) -> [TraceCondition] {
        guard !text.isEmpty else { return [] }
        let groups = groups(of: text)
        guard groups.count <= mostConditions else {
            throw ConditionProblem("There are more than \(mostConditions) conditions.")
        }
        var conditions: [TraceCondition] = []
        for (index, group) in groups.enumerated() {
            do {
                conditions.append(try condition(group))
            } catch {
                throw ConditionProblem("Group \(index + 1), “\(group.prefix(200))”: \(error.description)")
            }
        }
        return conditions
    }

    private static func condition(_ group: Substring) throws(ConditionProblem) -> TraceCondition {
        let parts = parts(of: group)
        guard parts.count == 5 else {
            throw ConditionProblem("It is not column;type;key;operator;value.")
        }
        let operation = try ConditionOperator(written: String(parts[3]))
        let value = String(parts[4])
        return try WrittenCondition(
            column: String(parts[0]), type: String(parts[1]), key: String(parts[2]), operation: String(parts[3]),
            values: operation.takesSeveral ? value.split(separator: "|").map(String.init) : [value]
        ).parsed()
    }

    private static func groups(of text: String) -> [Substring] {
        var groups: [Substring] = []
        var start = text.startIndex
        for comma in text.indices where text[comma] == "," {
            let next = text.index(after: comma)
            guard beginsGroup(text[next...]) else { continue }
            groups.append(text[start..<comma])
            start = next
        }
        return groups + [text[start...]]
    }

    private static func beginsGroup(_ rest: Substring) -> Bool {
        let parts = parts(of: rest)
        guard parts.count == 5, !parts[0].isEmpty, !parts[..<4].contains(where: { $0.contains(",") }) else {
            return false
        }
        if let type = ConditionType(written: String(parts[1])), type != .unstated { return true }
        do {
            _ = try ConditionOperator(written: String(parts[3]))
            return true
        } catch {
            return false
        }
    }

    /// The five parts; the last one may hold semicolons.
    private static func parts(of group: Substring) -> [Substring] {
        group.split(separator: ";", maxSplits: 4, omittingEmptySubsequences: false)
    }
}
