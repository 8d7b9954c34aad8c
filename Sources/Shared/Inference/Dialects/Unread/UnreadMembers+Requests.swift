internal import ChatModel
internal import JSON

// Where the members of each dialect stand. What is of a kind that only the dialect knows is kept whole, and not looked into.
extension UnreadMembers {
    /// What of a request is not read.
    static func names(in body: JSONNode, _ dialect: ChatDialect) throws(JSONDecodingError) -> [String] {
        var unread = UnreadMembers()
        switch dialect {
        case .chatCompletions: try unread.lookIntoCompletion(body)
        case .messages: try unread.lookIntoMessages(body)
        case .responses: try unread.lookIntoResponse(body)
        }
        return unread.names
    }

    private static let marks: Set<String> = ["cache_control", "prompt_cache_breakpoint"]
}

// MARK: Chat completions
extension UnreadMembers {
    private static let message = marks.union([
        "role", "content", "name", "refusal", "tool_calls", "tool_call_id", "audio", "function_call", "reasoning",
        "reasoning_content", "reasoning_details",
    ])
    private static let part = marks.union(["type", "text", "refusal", "image_url", "input_audio", "file"])

    private static let image: Set<String> = ["url", "detail"]
    private static let sound: Set<String> = ["data", "format"]
    private static let file: Set<String> = ["file_id", "file_data", "filename"]
    private static let call: Set<String> = ["id", "type", "index", "function", "extra_content"]
    private static let calledFunction: Set<String> = ["name", "arguments"]
    private static let tool: Set<String> = marks.union(["type", "function"])
    private static let function: Set<String> = ["name", "description", "parameters", "strict"]
    private static let choice: Set<String> = ["type", "function"]
    private static let format: Set<String> = ["type", "json_schema"]
    private static let schema: Set<String> = ["name", "description", "schema", "strict"]
    private static let streamOptions: Set<String> = ["include_usage", "include_obfuscation"]

    private mutating func lookIntoCompletion(_ body: JSONNode) throws(JSONDecodingError) {
        for message in body.elements("messages") {
            try look(message, "messages", known: Self.message)
            for part in message.elements("content") where part.isOne(of: Self.part) {
                try look(part, "messages.content", known: Self.part)
                try look(part, "image_url", in: "messages.content", known: Self.image)
                try look(part, "input_audio", in: "messages.content", known: Self.sound)
                try look(part, "file", in: "messages.content", known: Self.file)
            }
            for call in message.elements("tool_calls") where call["function"] != nil {
                try look(call, "messages.tool_calls", known: Self.call)
                try look(call, "function", in: "messages.tool_calls", known: Self.calledFunction)
            }
        }
        for tool in body.elements("tools") where tool.has("type", text: "function") {
            try look(tool, "tools", known: Self.tool)
            try look(tool, "function", in: "tools", known: Self.function)
        }
        if let choice = body["tool_choice"], choice.has("type", text: "function") {
            try look(choice, "tool_choice", known: Self.choice)
        }
        try look(body["response_format"], "response_format", known: Self.format)
        try look(
            body["response_format"]?["json_schema"], "response_format.json_schema",
            known: Self.schema)
        try look(body["stream_options"], "stream_options", known: Self.streamOptions)
    }
}

// MARK: Anthropic's messages
extension UnreadMembers {
    /// The members of each kind of block.
    private static let blocks =
        ([
            "text": ["text", "citations"], "image": ["source"],
            "document": ["source", "title", "citations", "context"],
            "tool_use": ["id", "name", "input", "extra_content"],
            "tool_result": ["tool_use_id", "content", "is_error"],
            "thinking": ["thinking", "signature"], "redacted_thinking": ["data"],
        ] as [String: Set<String>]).mapValues { $0.union(["type", "cache_control"]) }

    private static let turn: Set<String> = ["role", "content"]
    private static let customTool: Set<String> = [
        "type", "name", "description", "input_schema", "strict", "cache_control",
    ]
    private static let turnChoice: Set<String> = ["type", "name", "disable_parallel_tool_use"]
    private static let thinking: Set<String> = ["type", "budget_tokens", "display"]
    private static let outputFormat: Set<String> = ["type", "schema"]
    private static let source: Set<String> = ["type", "media_type", "data", "url", "file_id", "content"]

    private mutating func lookIntoMessages(_ body: JSONNode) throws(JSONDecodingError) {
        try look(blocks: body["system"], "system")
        for message in body.elements("messages") {
            try look(message, "messages", known: Self.turn)
            try look(blocks: message["content"], "messages.content")
        }
        for tool in body.elements("tools") where tool.string("type") ?? "custom" == "custom" {
            try look(
                tool, "tools", known: Self.customTool)
        }
        try look(body["tool_choice"], "tool_choice", known: Self.turnChoice)
        try look(body["thinking"], "thinking", known: Self.thinking)
        try look(body["output_config"]?["format"], "output_config.format", known: Self.outputFormat)
    }

    private mutating func look(blocks: JSONNode?, _ place: String) throws(JSONDecodingError) {
        guard let list = blocks?.list else { return }
        for block in list {
            guard let known = block.string("type").flatMap({ Self.blocks[$0] }) else { continue }
            try look(block, place, known: known)
            try look(
                block, "source", in: place,
                known: Self.source)
            if block.has("type", text: "tool_result") { try look(blocks: block["content"], "\(place).content") }
        }
    }
}

// MARK: OpenAI's responses
extension UnreadMembers {
    /// The members of each kind of item.
    private static let items =
        ([
            "message": ["role", "content"], "function_call": ["call_id", "name", "arguments", "extra_content"],
            "function_call_output": ["call_id", "output"], "reasoning": ["summary", "content", "encrypted_content"],
        ] as [String: Set<String>]).mapValues { $0.union(["type", "id", "status"]) }

    private static let piece: Set<String> = [
        "type", "text", "refusal", "annotations", "logprobs", "image_url", "file_id", "detail", "filename", "file_url",
        "file_data", "input_audio",
    ]

    private static let flatTool: Set<String> = ["type", "name", "description", "parameters", "strict"]
    private static let flatChoice: Set<String> = ["type", "name"]
    private static let textFormat: Set<String> = ["type", "name", "description", "schema", "strict"]

    private mutating func lookIntoResponse(_ body: JSONNode) throws(JSONDecodingError) {
        for item in body.elements("input") {
            guard let known = Self.items[item.string("type") ?? "message"] else { continue }
            try look(item, "input", known: known)
            guard item.string("type") != "reasoning" else { continue }
            for piece in item.elements("content") + item.elements("output")
            where Self.pieces.contains(piece.string("type") ?? "") {
                try look(piece, "input.content", known: Self.piece)
            }
        }
        for tool in body.elements("tools") where tool.has("type", text: "function") {
            try look(tool, "tools", known: Self.flatTool)
        }
        if let choice = body["tool_choice"], choice.has("type", text: "function") {
            try look(choice, "tool_choice", known: Self.flatChoice)
        }
        try look(
            body["text"]?["format"], "text.format", known: Self.textFormat)
    }

    private static let pieces: Set<String> = [
        "input_text", "output_text", "text", "refusal", "input_image", "input_file", "input_audio",
    ]
}

extension JSONNode {
    /// The elements of a member, when it is an array.
    fileprivate func elements(_ member: String) -> [JSONNode] { self[member]?.list.map(Array.init) ?? [] }

    /// Whether this is a part of a kind that has a name among `kinds`.
    fileprivate func isOne(of kinds: Set<String>) -> Bool { self.string("type").map(kinds.contains) ?? false }
}
