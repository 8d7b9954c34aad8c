package import FoundationEssentials
internal import JSON
package import Tenancy

/// What an evaluator or a judge is tried on, `POST …/ID/try`. What is `nil` was not given.
package struct OperatorTrial: Codable, Sendable, Hashable {
    package var request: String?
    package var response: String?
    package var contexts: [String]?
    package var expectedOutput: String?
    /// Values of the criteria's own placeholders.
    package var variables: [String: String]?
    package var turns: [Turn]?
    package var tags: [String]?
    /// The version to try; the current one without it.
    package var versionID: UUID?
    /// Where the execution is recorded; the item's project without it.
    package var projectID: UUID?

    /// One turn of a conversation.
    package struct Turn: Codable, Sendable, Hashable {
        /// `user`, `assistant` or `tool`.
        package var role: String
        package var content: String?
        package var contexts: [String]?
        /// An array of OpenAI's tool-call objects, as JSON text.
        package var toolCalls: String?
        package var toolCallID: String?

        package init(
            role: String, content: String?, contexts: [String]? = nil, toolCalls: String? = nil,
            toolCallID: String? = nil
        ) {
            self.role = role
            self.content = content
            self.contexts = contexts
            self.toolCalls = toolCalls
            self.toolCallID = toolCallID
        }
    }

    package init() {}
}

extension ExecutionRequest {
    /// The same wish as a client of the public interface would say it.
    /// - Throws: `InvalidDefinition` naming a turn that is none.
    package init(_ trial: OperatorTrial) throws(InvalidDefinition) {
        var turns: [TurnRequest] = []
        for (index, turn) in (trial.turns ?? []).enumerated() {
            guard let role = TurnRequest.Role(rawValue: turn.role) else {
                throw Self.invalid("turns[\(index)].role", "“\(turn.role)” is not one of user, assistant, tool.")
            }
            var calls: [JSONValue]?
            if let text = turn.toolCalls {
                calls = try Self.toolCalls(text, "turns[\(index)].tool_calls")
            }
            turns.append(
                TurnRequest(
                    role: role, content: turn.content, contexts: turn.contexts, toolCalls: calls,
                    toolCallId: turn.toolCallID, toolName: nil))
        }
        self.init(
            turns: trial.turns == nil ? nil : turns, messages: nil, tools: nil, functions: nil, request: trial.request,
            response: trial.response,
            contexts: trial.contexts, expectedOutput: trial.expectedOutput, reference: nil, tags: trial.tags,
            evaluatorVersionId: nil, judgeVersionId: nil, userId: nil, sessionId: nil, systemPrompt: nil,
            fileIds: nil, projectId: trial.projectID, variables: trial.variables)
    }

    private static func toolCalls(_ text: String, _ field: String) throws(InvalidDefinition) -> [JSONValue] {
        do {
            return try JSONCodec.decode([JSONValue].self, from: text)
        } catch {
            throw invalid(field, "Expected a JSON array of tool calls: \(error.reason)")
        }
    }

    private static func invalid(_ field: String, _ message: String) -> InvalidDefinition {
        InvalidDefinition(problems: [.init(field: field, message: message)])
    }
}
