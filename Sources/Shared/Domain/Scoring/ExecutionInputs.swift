/// What an execution has to bring, derived from the placeholders of the criteria.
package enum InputShape: Sendable, Hashable {
    case string
    case arrayOfStrings
    case arrayOfObjects
}

/// The placeholders that an execution fills by itself; every other name is a variable of the caller's.
package enum BuiltInInput: String, Sendable, Hashable, CaseIterable {
    case request
    case response
    case contexts
    case expectedOutput = "expected_output"
    case systemPrompt = "system_prompt"
    case turns
    case tools

    package var shape: InputShape {
        switch self {
        case .request, .response, .expectedOutput, .systemPrompt: .string
        case .contexts: .arrayOfStrings
        case .turns, .tools: .arrayOfObjects
        }
    }
}

/// The named inputs of an evaluator or a judge, in the order in which the criteria use them.
package struct ExecutionInputs: Sendable, Hashable {
    /// One input.
    package struct Entry: Sendable, Hashable {
        package let name: String
        package let shape: InputShape
    }

    package private(set) var entries: [Entry]

    /// The inputs of one evaluator: its placeholders, and the variables it declares beyond them. Criteria without any
    /// placeholder are applied to the request and the response.
    package init(template: CriteriaTemplate, declared: [InputVariable]) {
        entries = []
        let placeholders = template.placeholders
        for name in placeholders { add(name) }
        for variable in declared { add(variable.name) }
        if placeholders.isEmpty {
            add(BuiltInInput.request.rawValue)
            add(BuiltInInput.response.rawValue)
        }
    }

    /// The inputs of an evaluator that is code.
    package init(_ code: CodeEvaluation) {
        entries = []
        for input in code.inputs { add(input.rawValue) }
    }

    /// The inputs of a judge: everything that at least one of its evaluators uses.
    package init(union parts: some Sequence<ExecutionInputs>) {
        entries = []
        for part in parts {
            for entry in part.entries { add(entry.name) }
        }
    }

    /// Whether an input of this name is used.
    package func contains(_ input: BuiltInInput) -> Bool { entries.contains { $0.name == input.rawValue } }

    /// The names that are not built in: the caller passes them as variables.
    package var variableNames: [String] {
        entries.map(\.name).filter { BuiltInInput(rawValue: $0) == nil }
    }

    private mutating func add(_ name: String) {
        guard !entries.contains(where: { $0.name == name }) else { return }
        entries.append(Entry(name: name, shape: BuiltInInput(rawValue: name)?.shape ?? .string))
    }
}
