/// JSON of a customer that we carry and never look into, as its text.
package struct OpaqueJSON: Sendable, Hashable {
    /// Valid JSON.
    package let text: String

    package init(text: String) { self.text = text }
}

/// One turn of a conversation that is evaluated.
package struct Turn: Sendable, Hashable {
    /// Whose turn it is.
    package enum Role: String, Sendable, Hashable, CaseIterable {
        case user
        case assistant
        case tool
    }

    package let role: Role
    package let content: String?
    /// The passages that this assistant's turn was based on.
    package let contexts: [String]
    /// The calls this assistant's turn made: an array of OpenAI tool-call objects.
    package let toolCalls: OpaqueJSON?
    /// The call that this tool's turn answers.
    package let toolCallID: String?

    package init(
        role: Role, content: String?, contexts: [String] = [], toolCalls: OpaqueJSON? = nil, toolCallID: String? = nil
    ) {
        self.role = role
        self.content = content
        self.contexts = contexts
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
    }
}

/// What an execution evaluates.
package struct EvaluationInput: Sendable, Hashable {
    package var request: String?
    package var response: String?
    package var turns: [Turn]
    /// The tool catalogue that the agent had: OpenAI tool objects.
    package var tools: OpaqueJSON?
    package var contexts: [String]
    package var expectedOutput: String?
    /// The system prompt under which the response was made.
    package var systemPrompt: String?
    /// Values of the criteria's own placeholders.
    package var variables: [String: String]
    /// Files to look at beside the texts.
    package var fileIDs: [FileID]

    package init(
        request: String? = nil, response: String? = nil, turns: [Turn] = [], tools: OpaqueJSON? = nil,
        contexts: [String] = [], expectedOutput: String? = nil, systemPrompt: String? = nil,
        variables: [String: String] = [:], fileIDs: [FileID] = []
    ) {
        self.request = request
        self.response = response
        self.turns = turns
        self.tools = tools
        self.contexts = contexts
        self.expectedOutput = expectedOutput
        self.systemPrompt = systemPrompt
        self.variables = variables
        self.fileIDs = fileIDs
    }

    /// The request; without one, the last thing the user said in the turns.
    package var effectiveRequest: String? { request ?? lastContent(of: .user) }

    /// The response; without one, the last thing the assistant said in the turns.
    package var effectiveResponse: String? { response ?? lastContent(of: .assistant) }

    /// Whether there is anything to evaluate.
    package var isEmpty: Bool { (request ?? "").isEmpty && (response ?? "").isEmpty && turns.isEmpty }

    private func lastContent(of role: Turn.Role) -> String? {
        turns.last { $0.role == role && $0.content != nil }?.content
    }
}
