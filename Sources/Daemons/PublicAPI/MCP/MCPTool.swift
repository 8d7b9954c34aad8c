internal import Access
internal import HTTPServing
internal import JSON
internal import Tenancy

/// Something that a client of the Model Context Protocol can have done.
struct MCPTool: Sendable {
    /// Who has it done, and in which request.
    struct Call: Sendable {
        let context: RequestContext
        let principal: Principal
        let arguments: JSONValue

        /// The arguments as the body of the public API that they are.
        func decode<Body: Decodable>(_: Body.Type = Body.self) throws -> Body {
            try JSONCodec.decode(Body.self, from: JSONWriter.bytes(of: arguments))
        }

        /// A text that has to be there.
        func text(_ name: String) throws -> String {
            guard let text = arguments[name]?.stringValue, !text.isEmpty else {
                throw APIProblem.invalid(name, "This field is required.")
            }
            return text
        }

        /// An identifier that has to be there; one that is none names nothing.
        func id<Entity>(_ name: String, of _: Entity.Type) throws -> EntityID<Entity> {
            guard let id = EntityID<Entity>(try text(name)) else { throw APIProblem.notFound() }
            return id
        }

        /// How many rows are wanted.
        var count: Int { min(max(Int(arguments["limit"]?.integerValue ?? 20), 1), 100) }
    }

    let name: String
    let title: String
    let description: String
    let permission: Permission
    /// Whether nothing is changed and nothing is paid for.
    let isReadOnly: Bool
    /// The arguments, and those of them that have to be there.
    let arguments: [Argument]
    let required: [String]
    /// What is done, and what is told about it.
    let run: @Sendable (Call) async throws -> JSONValue

    /// One argument of a tool.
    struct Argument: Sendable {
        let name: String
        let schema: JSONValue
    }

    /// What a call of it leaves in the audit.
    var trace: RouteTrace {
        if permission == .executionLogRead { return .content }
        // An execution has a log of its own.
        let isExecution = permission == .evaluatorExecute || permission == .judgeExecute
        return isReadOnly || isExecution ? .nothing : .change()
    }

    /// Whether it leaves execution logs, as everything does that asks a model.
    var storesMuch: Bool {
        permission == .evaluatorExecute || permission == .judgeExecute || name == Self.generation
    }

    /// The tool that has a judge made up.
    static let generation = "generate_judge"

    /// What clients are told about the tool.
    var declaration: JSONValue {
        [
            "name": .string(name), "title": .string(title), "description": .string(description),
            "inputSchema": [
                "type": "object",
                "properties": .object(JSONObject(arguments.map { ($0.name, $0.schema) })),
                "required": .array(required.map(JSONValue.string)),
            ],
            "annotations": ["readOnlyHint": .bool(isReadOnly)],
        ]
    }
}

extension MCPTool.Argument {
    /// A text.
    static func text(_ name: String, _ description: String) -> Self {
        Self(name: name, schema: ["type": "string", "description": .string(description)])
    }

    /// A list of texts.
    static func texts(_ name: String, _ description: String) -> Self {
        Self(
            name: name,
            schema: ["type": "array", "items": ["type": "string"], "description": .string(description)])
    }

    /// A list of objects.
    static func objects(_ name: String, _ description: String) -> Self {
        Self(
            name: name,
            schema: ["type": "array", "items": ["type": "object"], "description": .string(description)])
    }

    /// Texts by name.
    static func map(_ name: String, _ description: String) -> Self {
        Self(
            name: name,
            schema: [
                "type": "object", "additionalProperties": ["type": "string"], "description": .string(description),
            ])
    }

    /// How many rows of a list are wanted.
    static let limit = Self(
        name: "limit",
        schema: ["type": "integer", "minimum": 1, "maximum": 100, "description": "How many at most; 20 when absent."])

    /// What is evaluated, in the words of the public API.
    static let input: [Self] = [
        .text("request", "What the application was asked."),
        .text("response", "What it answered."),
        .objects("turns", "A conversation instead: objects with role (user, assistant or tool) and content."),
        .texts("contexts", "The texts that the answer rests on."),
        .text("expected_output", "What it should have answered."),
        .text("system_prompt", "The instructions under which it answered; recorded, not evaluated."),
        .map("variables", "Values of the criteria's own placeholders."),
        .texts("tags", "With which the execution log is found again."),
        .text("user_id", "Whose interaction it was."), .text("session_id", "To which session it belongs."),
    ]
}
