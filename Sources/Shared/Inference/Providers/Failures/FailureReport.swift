internal import HTTPMessages
internal import JSON

/// The parts of an error body, whichever of the usual forms it has.
struct FailureReport: Sendable {
    /// The provider's words.
    var message: String?
    /// The machine's word for it, and the class that it belongs to.
    var code: String?
    var type: String?
    /// The status that the body states.
    var status: Int?
    /// The status that the error really means, where the provider answers another one.
    var actualStatus: Int?
    /// The member that it objects to.
    var stated: String?
    /// How long to wait, where the body says it.
    var retryAfter: Duration?
    /// Whether asking again is known not to help.
    var isTerminal = false
    /// Whether a moderator in between objects to the prompt.
    var isModerated = false
    /// The provider's identifier of the call.
    var requestID: String?

    init() {}

    /// The forms of OpenAI, Anthropic, Mistral, Cohere, AWS and their relatives.
    init(_ body: [UInt8]) {
        let root: JSONNode
        do {
            root = try JSONNode(body)
        } catch {
            // A page of a web server in between, or nothing: its beginning is all there is to tell.
            let text = String(decoding: body.prefix(2000), as: UTF8.self)
            self.init()
            message = text.isEmpty ? nil : text
            return
        }
        self.init(root)
    }

    init(_ root: JSONNode) {
        // Groq states what stops a stream beside the answer.
        let error = root["error"] ?? root["x_groq"]?["error"]
        message =
            error?.string("message") ?? error?.string ?? root.string("message") ?? root.string("Message")
            ?? root.string("detail") ?? Self.validation(root["detail"]) ?? Self.validation(root["message"])
        code = error?.string("code") ?? root.string("code") ?? error?.string("details", "error_code")
        type = error?.string("type") ?? root.string("type")
        stated = error?.string("param") ?? root.string("param")
        requestID = root.string("request_id")
        // OpenRouter tells what its server said beside its own word for it.
        if let raw = error?.string("metadata", "raw") { message = message.map { "\($0): \(raw)" } ?? raw }
        // LiteLLM writes the number as text.
        let number =
            error?.integer("code") ?? error?.integer("status") ?? root.integer("code") ?? code.flatMap { Int($0) }
        status = number.flatMap { (400...599).contains($0) ? $0 : nil }
        // OpenRouter's, which answers it with the status of a key that is not allowed.
        isModerated = error?["metadata"]?["flagged_input"] != nil
    }

    /// Whether a document that came where an answer was due states an error: as a member, or by what it says it is.
    static func isStated(in root: JSONNode) -> Bool {
        root.has("error") || root.has("x_groq", "error") || root.has("object", text: "error")
            || root.has("type", text: "error")
    }

    /// Mistral's and FastAPI's list of what is wrong: the first of them.
    private static func validation(_ detail: JSONNode?) -> String? {
        let list = detail?["detail"] ?? detail
        guard let list, list.kind == .array else { return nil }
        do {
            for entry in try list.elements() {
                guard let words = entry.string("msg") else { continue }
                let place = try entry["loc"]?.elements().compactMap(\.string).joined(separator: ".")
                return place.map { "\($0): \(words)" } ?? words
            }
        } catch {
            return nil
        }
        return nil
    }

    /// Which of the members that a caller can do without is meant; servers name it in `param` or in the sentence.
    var parameter: String? {
        let known = [
            "reasoning_effort", "response_format", "temperature", "max_completion_tokens", "stream_options", "seed",
            "tools", "tool_choice", "logprobs",
        ]
        if let stated, let name = known.first(where: { stated.hasPrefix($0) }) { return name }
        guard let message else { return nil }
        return known.first { message.contains($0) }
    }
}

extension FailureReport {
    /// Notes that the error is really one of another status than it came with.
    mutating func means(_ status: Int) {
        actualStatus = status
        self.status = status
    }

    /// What the fields of an answer add: an identifier, and AWS's word for the error.
    mutating func read(_ headers: HTTPHeaders) {
        requestID =
            headers["x-request-id"] ?? headers["request-id"] ?? headers["x-amzn-requestid"]
            ?? headers["apim-request-id"] ?? requestID
        if let type = headers["x-amzn-errortype"] {
            code = type.split(separator: ":").first.map(String.init) ?? code
            actualStatus = BedrockErrors.status(of: type)
        }
        // Anthropic's spending limits come without a time to wait; a moment's limit has one.
        if headers["x-should-retry"] == "false" { isTerminal = true }
    }
}
