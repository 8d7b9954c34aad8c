internal import FoundationEssentials
internal import JSON
internal import WireAPI

/// A call of the public API that executes the same again, for a shell. It holds no key: that stays in the environment.
struct CurlCommand: Sendable, Hashable {
    let text: String

    /// `nil` for what the public API does not execute, and where the input is hidden.
    init?(_ detail: OperatorExecutionDetail) {
        guard !detail.isContentHidden, let item = detail.execution.itemID else { return nil }
        let path: String
        var body: JSONObject = [:]
        switch detail.execution.type {
        case "evaluator":
            path = "/v1/evaluators/execute/\(item.lowercase)/"
            body["evaluator_version_id"] = detail.versionID.map { .string($0.lowercase) }
        case "judge":
            path = "/v1/judges/\(item.lowercase)/execute/"
            body["judge_version_id"] = detail.versionID.map { .string($0.lowercase) }
        default: return nil
        }
        Self.add(detail, to: &body)
        let json = JSONValue.object(body).description.replacing("'", with: "'\\''")
        text = """
            curl -sS "$SCORABLE_API_URL\(path)" \\
              -H "Authorization: Api-Key $SCORABLE_API_KEY" \\
              -H 'Content-Type: application/json' \\
              -d '\(json)'
            """
    }

    private static func add(_ detail: OperatorExecutionDetail, to body: inout JSONObject) {
        body["request"] = detail.request.map(JSONValue.string)
        body["response"] = detail.response.map(JSONValue.string)
        if !detail.turns.isEmpty { body["turns"] = .array(detail.turns.map(json)) }
        if !detail.contexts.isEmpty { body["contexts"] = strings(detail.contexts) }
        if !detail.files.isEmpty { body["file_ids"] = strings(detail.files.map(\.id.lowercase)) }
        body["expected_output"] = detail.expectedOutput.map(JSONValue.string)
        body["system_prompt"] = detail.systemPrompt.map(JSONValue.string)
        body["tools"] = detail.tools.flatMap(parsed)
        if !detail.variables.isEmpty {
            let members = detail.variables.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
            body["variables"] = .object(JSONObject(members))
        }
        let row = detail.execution
        if !row.tags.isEmpty { body["tags"] = strings(row.tags) }
        body["session_id"] = row.sessionID.map(JSONValue.string)
        body["user_id"] = row.userID.map(JSONValue.string)
        body["project_id"] = .string(row.projectID.lowercase)
    }

    private static func json(of turn: OperatorExecutionDetail.Turn) -> JSONValue {
        var object: JSONObject = ["role": .string(turn.role)]
        object["content"] = turn.content.map(JSONValue.string)
        if !turn.contexts.isEmpty { object["contexts"] = strings(turn.contexts) }
        object["tool_calls"] = turn.toolCalls.flatMap(parsed)
        return .object(object)
    }

    private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    /// What is no JSON is left out: it could not be sent.
    private static func parsed(_ text: String) -> JSONValue? {
        do {
            return try JSONParser.parse(text)
        } catch {
            return nil
        }
    }
}
