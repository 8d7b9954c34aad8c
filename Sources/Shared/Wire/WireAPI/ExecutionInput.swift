internal import JSON
package import Records
package import Scoring
package import Tenancy

extension EvaluationInput {
    /// The longest expected output or system prompt, in Unicode scalars.
    private static let longestText = 3_500_000

    /// What `request` asks to evaluate.
    /// - Throws: `InvalidDefinition` naming every field that breaks a limit, and when there is nothing to evaluate.
    package init(_ request: ExecutionRequest) throws(InvalidDefinition) {
        let tools: [JSONValue]? = request.tools ?? request.functions?.arrayValue
        let expected: String? = request.expectedOutput ?? request.reference?.stringValue
        self.init(
            request: request.request, response: request.response,
            turns: (request.turns ?? request.messages ?? []).map(Turn.init),
            tools: tools.map { OpaqueJSON(text: JSONValue.array($0).text) },
            contexts: request.contexts ?? [], expectedOutput: expected,
            systemPrompt: request.systemPrompt, variables: request.variables ?? [:],
            fileIDs: (request.fileIds ?? []).map(FileID.init(uuid:)))
        let isEmpty = isEmpty
        try InvalidDefinition.check { findings in
            if isEmpty {
                findings.add("non_field_errors", "Give at least one of response, request and turns.")
            }
            if request.contexts?.contains("") == true { findings.add("contexts", "A context may not be blank.") }
            findings.limit(expected, to: Self.longestText, field: "expected_output")
            findings.limit(request.systemPrompt, to: Self.longestText, field: "system_prompt")
        }
    }
}

extension ExecutionLabels {
    /// How `request` wants its log labelled.
    /// - Throws: `InvalidDefinition` naming every field that breaks a limit.
    package init(_ request: ExecutionRequest) throws(InvalidDefinition) {
        self.init(tags: request.tags ?? [], sessionID: request.sessionId, userID: request.userId)
        try InvalidDefinition.check { findings in
            for tag in request.tags ?? [] { findings.length(of: tag, in: 1...1000, field: "tags") }
            findings.limit(request.sessionId, to: 255, field: "session_id")
            findings.limit(request.userId, to: 255, field: "user_id")
        }
    }
}

extension Turn {
    init(_ turn: TurnRequest) {
        let role: Role =
            switch turn.role {
            case .user: .user
            case .assistant: .assistant
            case .tool: .tool
            }
        var calls = turn.toolCalls
        if calls == nil, let name = turn.toolName {
            let function: JSONObject = ["name": .string(name), "arguments": .string("")]
            calls = [.object(["type": .string("function"), "function": .object(function)])]
        }
        self.init(
            role: role, content: turn.content, contexts: turn.contexts ?? [],
            toolCalls: calls.map { OpaqueJSON(text: JSONValue.array($0).text) }, toolCallID: turn.toolCallId)
    }
}

extension InvalidDefinition.Findings {
    fileprivate mutating func limit(_ text: String?, to longest: Int, field: String) {
        if let text { length(of: text, in: 0...longest, field: field) }
    }
}

extension JSONValue {
    fileprivate var text: String { String(decoding: JSONCodec.encode(self), as: UTF8.self) }
}
