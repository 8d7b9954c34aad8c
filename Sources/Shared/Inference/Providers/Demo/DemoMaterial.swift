internal import ChatModel

/// What a judge's prompt quotes, sorted by the names of its blocks.
struct DemoMaterial: Sendable {
    private(set) var name = ""
    private(set) var objective = ""
    private(set) var criteria = ""
    private(set) var request: String?
    private(set) var response: String?
    private(set) var expectedOutput: String?
    private(set) var contexts: [String] = []
    /// What the user said in the conversation, in order.
    private(set) var userTurns: [String] = []
    /// What the assistant said in the conversation, in order.
    private(set) var assistantTurns: [String] = []
    private(set) var toolCalls: [String] = []
    private(set) var tools: String?

    /// `nil` when the prompt is not a judge's: it quotes no criteria.
    init?(prompt: String) {
        let blocks = QuotedBlock.read(from: prompt)
        guard blocks.contains(where: { $0.name == "criteria" }) else { return nil }
        for block in blocks { take(block) }
        request = request ?? userTurns.last
        response = response ?? assistantTurns.last
    }

    private mutating func take(_ block: QuotedBlock) {
        let parts = block.name.split(separator: ".")
        switch (parts.first, parts.last) {
        case ("evaluator", _): name = block.text
        case ("objective", _): objective = block.text
        case ("criteria", _): criteria = block.text
        case ("request", _): request = block.text
        case ("response", _): response = block.text
        case ("expected_output", _): expectedOutput = block.text
        case ("tools", _): tools = block.text
        case ("turns", "user"): userTurns.append(block.text)
        case ("turns", "assistant"): assistantTurns.append(block.text)
        case ("turns", "tool_calls"): toolCalls.append(block.text)
        case ("contexts", _), ("turns", "tool"): contexts.append(block.text)
        case ("files", let part?) where part != "name": contexts.append(block.text)
        case ("turns", _) where parts.contains("contexts"): contexts.append(block.text)
        case (_, _): break
        }
    }

    /// What is to be judged: the response, else what was expected, else the request.
    var subject: String { response ?? expectedOutput ?? request ?? "" }
}
