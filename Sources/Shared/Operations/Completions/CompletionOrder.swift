package import ChatModel
internal import Dialects
internal import JSON
internal import Records
internal import Scoring
package import Tenancy

/// What somebody wants of a model, in the words of OpenAI's clients.
package struct CompletionOrder: Sendable {
    /// What the clients speak, which is also what they are answered in.
    package let dialect: ChatDialect
    /// Where the cost is booked; `nil` for the caller's default project.
    package let projectID: ProjectID?
    /// What is passed on.
    let body: [UInt8]
    /// What it asks for.
    let request: ChatRequest
    /// What the body calls the model: in the form that names no judge elsewhere, the judge.
    package let model: String
    /// The tools that the model may call, as they were given.
    private let tools: OpaqueJSON?
    /// What its pictures and documents are kept as, once a judge is to see them.
    var files: [UploadedFile] = []

    /// Whether the answer is wanted in pieces.
    package var isStreaming: Bool { request.isStreaming }

    /// Reads a body. Older clients put an `extra_body` into it literally, which is no provider's business; `generation`
    /// says that the model is to be found there, because `model` names the judge.
    /// - Throws: `InvalidDefinition` naming the field that is wrong.
    package init(
        body: [UInt8], in dialect: ChatDialect, project: ProjectID?, modelNamesJudge: Bool = false
    ) throws {
        guard var object = try JSONCodec.decode(JSONValue.self, from: body).objectValue else {
            throw InvalidDefinition("non_field_errors", "The body has to be a JSON object.")
        }
        guard let model = object["model"]?.stringValue, !model.isEmpty else {
            throw InvalidDefinition("model", "This field is required.")
        }
        let extra = object["extra_body"]
        object["extra_body"] = nil
        if modelNamesJudge {
            let named = extra?["model"] ?? extra?["generation_model"] ?? object["generation_model"]
            object["generation_model"] = nil
            object["model"] = .string(named?.stringValue ?? Self.defaultModel)
        }
        tools = object["tools"].map { OpaqueJSON(text: $0.description) }
        self.model = model
        self.dialect = dialect
        projectID = project
        let rewritten = JSONWriter.bytes(of: .object(object))
        self.body = rewritten
        do {
            request = try dialect.read(rewritten)
        } catch {
            throw InvalidDefinition(error.parameter ?? "non_field_errors", error.message)
        }
    }

    /// The model that is asked when nobody names one.
    private static let defaultModel = "root"

    /// The order with a whole answer instead of pieces.
    func asWhole() throws -> CompletionOrder {
        guard isStreaming, var object = try JSONCodec.decode(JSONValue.self, from: body).objectValue else {
            return self
        }
        object["stream"] = nil
        object["stream_options"] = nil
        return try CompletionOrder(body: JSONWriter.bytes(of: .object(object)), in: dialect, project: projectID)
    }

    // MARK: What a judge sees

    /// The conversation with its answer, as a judge evaluates it: request and response when there is just one of each.
    func input(answeredBy answer: String) -> EvaluationInput {
        let spoken = request.messages.filter { $0.role != .system && $0.role != .developer }
        let instructions = request.messages.filter { $0.role == .system || $0.role == .developer }.map(\.content)
        let prompt = instructions.isEmpty ? nil : instructions.joined(separator: "\n\n")
        if spoken.count == 1, spoken[0].role == .user {
            return EvaluationInput(
                request: spoken[0].content, response: answer, tools: tools, systemPrompt: prompt,
                fileIDs: files.map(\.id))
        }
        let turns = spoken.map(Turn.init) + [Turn(role: .assistant, content: answer)]
        return EvaluationInput(turns: turns, tools: tools, systemPrompt: prompt, fileIDs: files.map(\.id))
    }
}

extension Turn {
    /// What was said, with the tools that were called.
    fileprivate init(_ message: ChatMessage) {
        let role: Role =
            switch message.role {
            case .user, .system, .developer: .user
            case .assistant: .assistant
            case .tool: .tool
            }
        let calls = message.parts.compactMap(\.toolCall)
        let results = message.parts.compactMap { part -> ToolResult? in
            guard case .toolResult(let result) = part.content else { return nil }
            return result
        }
        let content = results.isEmpty ? message.content : results.map(\.text).joined(separator: "\n")
        self.init(
            role: role, content: content.isEmpty ? nil : content,
            toolCalls: calls.isEmpty ? nil : OpaqueJSON(text: Self.text(of: calls)), toolCallID: results.first?.callID)
    }

    private static func text(of calls: [ToolCall]) -> String {
        var json = JSONWriter()
        json.beginArray()
        for call in calls {
            json.object { json in
                json.member("id", call.id)
                json.member("type", "function")
                json.object("function") { json in
                    json.member("name", call.name)
                    json.member("arguments", call.arguments)
                }
            }
        }
        json.endArray()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
