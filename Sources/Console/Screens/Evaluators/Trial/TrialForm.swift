import Terminal
import WireAPI

/// One input of a trial.
struct TrialField: Sendable {
    /// What the text is.
    enum Role: Sendable, Hashable {
        case request
        case response
        case contexts
        case expectedOutput
        case turns
        case variable(String)
    }

    let role: Role
    /// Whether the evaluator uses it.
    var isUsed: Bool
    var area = TextArea()

    /// As the server names it.
    var name: String {
        switch role {
        case .request: "request"
        case .response: "response"
        case .contexts: "contexts"
        case .expectedOutput: "expected_output"
        case .turns: "turns"
        case .variable(let name): name
        }
    }

    /// What is to be typed, while nothing is.
    var hint: String {
        let use = isUsed ? "" : "not used by it; "
        return switch role {
        case .request: use + "what the user asked"
        case .response: use + "what the model answered"
        case .contexts: use + "one below the other, divided by lines of ---"
        case .expectedOutput: use + "what a right answer says"
        case .turns: use + "user: …, assistant: … and tool: …, each on lines of its own"
        case .variable: use + "a variable of the criteria"
        }
    }
}

/// What an evaluator or a judge is tried on, while it is typed.
struct TrialForm: Sendable {
    /// What cannot be sent, and in which field.
    struct Problem: Error, Sendable, Hashable {
        let field: String
        let message: String
    }

    private(set) var fields: [TrialField] = []
    private(set) var focus = 0

    init() { adopt([]) }

    var isEmpty: Bool { fields.allSatisfy(\.area.isEmpty) }
    var focused: TrialField { fields[focus] }

    /// Makes the fields that the inputs of a definition need; what was typed stays.
    mutating func adopt(_ inputs: [OperatorInput]) {
        let focusedRole = fields.isEmpty ? nil : fields[focus].role
        let names = Set(inputs.map(\.name))
        var roles: [TrialField.Role] = [.request, .response, .contexts, .expectedOutput]
        if names.contains("turns") || names.contains("tools") { roles.append(.turns) }
        roles += inputs.filter { !$0.isBuiltIn }.map { .variable($0.name) }
        // What somebody typed is not thrown away because another version does not use it.
        roles += fields.filter { !$0.area.isEmpty && !roles.contains($0.role) }.map(\.role)
        let before = fields
        fields = roles.map { role in
            var field = before.first { $0.role == role } ?? TrialField(role: role, isUsed: false)
            field.isUsed = names.contains(field.name) || (role == .turns && names.contains("tools"))
            return field
        }
        let kept = isEmpty ? nil : fields.firstIndex { $0.role == focusedRole }
        focus = kept ?? fields.firstIndex(where: \.isUsed) ?? 0
    }

    mutating func move(by count: Int) { focus = (focus + count + fields.count) % fields.count }

    /// Puts the cursor into the field that a complaint names.
    mutating func point(at name: String) {
        if let index = fields.firstIndex(where: { $0.name == name || "variables.\($0.name)" == name }) { focus = index }
    }

    mutating func resize(width: Int) { for index in fields.indices { fields[index].area.resize(width: width) } }

    mutating func take(_ key: Key) -> Bool { fields[focus].area.take(key) }
    mutating func insert(_ text: String) { fields[focus].area.insert(text) }
    mutating func replace(_ text: String) { fields[focus].area.set(text) }

    /// What is sent.
    func trial(of version: OperatorVersionReference?) throws(Problem) -> OperatorTrial {
        var trial = OperatorTrial()
        trial.versionID = version?.id
        for field in fields where !field.area.isEmpty {
            let text = field.area.text
            switch field.role {
            case .request: trial.request = text
            case .response: trial.response = text
            case .contexts: trial.contexts = Self.contexts(text)
            case .expectedOutput: trial.expectedOutput = text
            case .turns: trial.turns = try Self.turns(text)
            case .variable(let name):
                var variables = trial.variables ?? [:]
                variables[name] = text
                trial.variables = variables
            }
        }
        return trial
    }

    private static func contexts(_ text: String) -> [String] {
        var contexts = [""]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.trimmed == "---" {
                contexts.append("")
            } else {
                contexts[contexts.count - 1] += (contexts[contexts.count - 1].isEmpty ? "" : "\n") + line
            }
        }
        return contexts.filter { !$0.allSatisfy(\.isWhitespace) }
    }

    private static func turns(_ text: String) throws(Problem) -> [OperatorTrial.Turn] {
        var turns: [OperatorTrial.Turn] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let role = ["user", "assistant", "tool"].first { line.lowercased().hasPrefix("\($0):") }
            if let role {
                turns.append(OperatorTrial.Turn(role: role, content: String(line.dropFirst(role.count + 1).trimmed)))
            } else if let last = turns.indices.last {
                turns[last].content = (turns[last].content ?? "") + "\n" + line
            } else if !line.trimmed.isEmpty {
                throw Problem(
                    field: "turns",
                    message: "line \(index + 1) belongs to nobody: begin with user:, assistant: or tool:")
            }
        }
        return turns
    }
}

extension Substring {
    /// Without the blanks around it.
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return self[first...last]
    }
}
