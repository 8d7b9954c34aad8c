internal import JSON
internal import Records
internal import Scoring

/// One thing that somebody said or did in a trace.
struct ExtractedTurn: Hashable {
    var role: ExtractorRule.Turn
    var content: String?
    /// OpenAI's tool-call objects.
    var calls: [JSONValue] = []
    var callID: String?

    init(_ role: ExtractorRule.Turn, _ content: String?, calls: [JSONValue] = [], callID: String? = nil) {
        self.role = role
        self.content = content
        self.calls = calls
        self.callID = callID
    }

    /// A call of a tool, as OpenAI writes it.
    static func call(_ id: String, of name: String, arguments: String) -> JSONValue {
        [
            "id": .string(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
    }
}

/// What the spans of a trace say, put together.
struct ExtractedConversation {
    private var turns: [ExtractedTurn] = []

    mutating func append(_ role: ExtractorRule.Turn, _ text: String, toolName: String? = nil) {
        guard role == .tool else { return turns.append(ExtractedTurn(role, text)) }
        append(callOf: toolName ?? "tool", arguments: "{}", result: text, id: "call_\(turns.count)")
    }

    /// A tool's call and what it gave back.
    mutating func append(callOf name: String, arguments: String, result: String?, id: String) {
        turns.append(ExtractedTurn(.assistant, nil, calls: [ExtractedTurn.call(id, of: name, arguments: arguments)]))
        if let result { turns.append(ExtractedTurn(.tool, result, callID: id)) }
    }

    /// Adds messages that may begin with all that was said before: models are sent the whole conversation each time.
    mutating func extend(by messages: [ExtractedTurn]) {
        if messages.starts(with: turns) {
            turns = messages
        } else {
            let known = Set(turns)
            turns += messages.filter { !known.contains($0) }
        }
    }

    /// What is evaluated; `nil` when a side has said nothing.
    var input: EvaluationInput? {
        let system = turns.filter { $0.role == .system }.compactMap(\.content).joined(separator: "\n")
        let spoken = turns.filter { $0.role != .system }
        guard spoken.contains(where: { $0.role == .user && !($0.content ?? "").isEmpty }),
            spoken.contains(where: { $0.role == .assistant && !($0.content ?? "").isEmpty })
        else { return nil }
        var input = EvaluationInput(systemPrompt: system.isEmpty ? nil : system)
        if spoken.count == 2, spoken[0].role == .user, spoken[1].role == .assistant, spoken[1].calls.isEmpty {
            input.request = spoken[0].content
            input.response = spoken[1].content
        } else {
            input.turns = spoken.compactMap { turn in
                guard let role = turn.role.turnRole else { return nil }
                return Turn(
                    role: role, content: turn.content,
                    toolCalls: turn.calls.isEmpty ? nil : OpaqueJSON(text: JSONValue.array(turn.calls).description),
                    toolCallID: turn.callID)
            }
        }
        return input
    }
}

extension ExtractorRule.Turn {
    fileprivate var turnRole: Turn.Role? {
        switch self {
        case .system: nil
        case .user: .user
        case .assistant: .assistant
        case .tool: .tool
        }
    }
}

/// Messages in the words of OpenTelemetry's conventions for generative AI, and of the interfaces that they are taken from.
enum ConventionalMessages {
    /// What a document says; a message without a role is of the one that is expected there.
    static func turns(in document: JSONValue, from role: ExtractorRule.Turn) -> [ExtractedTurn] {
        if let text = document.stringValue { return text.isEmpty ? [] : [ExtractedTurn(role, text)] }
        if let messages = document.arrayValue { return messages.flatMap { turns(in: $0, from: role) } }
        guard document.objectValue != nil else { return [] }
        let role = document["role"]?.stringValue.flatMap(Self.role) ?? role
        let parts = document["parts"]?.arrayValue ?? document["content"]?.arrayValue
        var reading = PartReading(role)
        if let parts {
            for part in parts { reading.read(part) }
        } else if let content = document["content"]?.stringValue {
            reading.texts.append(content)
        }
        reading.calls += document["tool_calls"]?.arrayValue ?? []
        return reading.turns(answering: document["tool_call_id"]?.stringValue)
    }

    private static func role(_ word: String) -> ExtractorRule.Turn? {
        switch word {
        case "developer": .system
        case "ai", "model": .assistant
        case "human": .user
        case "function": .tool
        default: ExtractorRule.Turn(rawValue: word)
        }
    }

    /// The parts of one message.
    private struct PartReading {
        let role: ExtractorRule.Turn
        var texts: [String] = []
        var calls: [JSONValue] = []
        private var results: [ExtractedTurn] = []

        init(_ role: ExtractorRule.Turn) { self.role = role }

        mutating func read(_ part: JSONValue) {
            switch part["type"]?.stringValue ?? "text" {
            case "text", "input_text", "output_text":
                if let text = (part["content"] ?? part["text"])?.stringValue ?? part.stringValue { texts.append(text) }
            case "tool_call":
                let arguments = part["arguments"].map(\.plainText) ?? "{}"
                calls.append(
                    ExtractedTurn.call(
                        part["id"]?.stringValue ?? "call_\(calls.count)", of: part["name"]?.stringValue ?? "tool",
                        arguments: arguments))
            case "tool_call_response":
                let result = (part["result"] ?? part["response"] ?? part["content"])?.plainText
                results.append(ExtractedTurn(.tool, result ?? "", callID: part["id"]?.stringValue))
            // Pictures, reasoning and what is to come: nothing that is evaluated.
            default: break
            }
        }

        func turns(answering call: String?) -> [ExtractedTurn] {
            let text = texts.joined(separator: "\n")
            var turns: [ExtractedTurn] = []
            if !text.isEmpty || !calls.isEmpty {
                turns.append(ExtractedTurn(role, text.isEmpty ? nil : text, calls: calls, callID: call))
            }
            return turns + results
        }
    }
}
