package import ChatModel
internal import JSON

// What can be done in every dialect that callers speak.
extension ChatDialect {
    /// The request in a body.
    /// - Throws: ``ChatFailure`` that names what is wrong.
    package func read(_ body: [UInt8]) throws(ChatFailure) -> ChatRequest {
        do throws(JSONDecodingError) {
            let root = try JSONNode(body)
            var request = try request(in: root)
            request.unread += try UnreadMembers.names(in: root, self)
            if request.tools.isEmpty, request.toolChoice?.isCall == true {
                throw try root.required("tool_choice").invalid("asks for a tool, but there are no tools")
            }
            return request
        } catch {
            throw ChatFailure(reading: error)
        }
    }

    private func request(in body: JSONNode) throws(JSONDecodingError) -> ChatRequest {
        switch self {
        case .chatCompletions: try CompletionRequestReader.read(body)
        case .responses: try ResponsesRequestReader.read(body)
        case .messages: try MessagesRequestReader.read(body)
        }
    }

    /// The body of an answer in one piece.
    package func body(of reply: ChatReply, for request: ChatRequest, as identity: AnswerIdentity) -> [UInt8] {
        switch self {
        case .chatCompletions: CompletionReplyWriter.body(of: reply, model: request.model, as: identity)
        case .responses: ResponsesReplyWriter(request, as: identity).body(of: reply)
        case .messages: MessagesReplyWriter.body(of: reply, model: request.model, as: identity)
        }
    }

    /// The body of an answer that says why there is none.
    package func body(of failure: ChatFailure, requestID: String) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        switch self {
        case .chatCompletions, .responses: return failure.body(requestID: requestID)
        case .messages:
            json.object { json in
                json.member("type", "error")
                json.object("error") { json in
                    json.member("type", failure.code.messagesType)
                    json.member("message", failure.message)
                    failure.writeFacts(to: &json)
                }
                json.member("request_id", requestID)
            }
            return json.bytes
        }
    }

    /// The status of such an answer.
    package func status(of failure: ChatFailure) -> Int {
        // Anthropic's own status, which its clients know.
        self == .messages && failure.code == .overloaded ? 529 : failure.code.status
    }
}

extension ChatFailure {
    /// The failure of a body that cannot be read.
    init(reading error: JSONDecodingError) {
        self.init(.invalidRequest, error.message, parameter: error.path.isEmpty ? nil : error.field)
    }

    /// What the proxy adds to every dialect's error.
    func writeFacts(to json: inout JSONWriter) {
        json.member("code", code.rawValue)
        json.member("param", parameter)
        json.member("provider", provider)
        json.member("provider_status", providerStatus)
        json.member("provider_message", providerMessage)
        json.member("provider_request_id", providerRequestID)
        json.member("retryable", isTransient)
    }
}

extension ChatFailure.Code {
    /// Anthropic's `type` of such an error.
    var messagesType: String {
        switch self {
        case .invalidRequest, .contextLength, .refused: "invalid_request_error"
        case .noProvider: "not_found_error"
        case .rateLimited: "rate_limit_error"
        case .quotaExhausted, .overBudget: "billing_error"
        case .overloaded: "overloaded_error"
        case .timeout: "timeout_error"
        case .authentication, .providerError, .invalidResponse, .streamInterrupted: "api_error"
        }
    }
}
