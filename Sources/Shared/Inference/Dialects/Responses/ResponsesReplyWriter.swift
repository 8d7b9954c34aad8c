internal import ChatModel
internal import JSON

/// Writes an answer as one of OpenAI's responses.
struct ResponsesReplyWriter: Sendable {
    let identity: AnswerIdentity
    /// What the response repeats of its request.
    private let echo: Echo
    var model: String

    private struct Echo: Sendable {
        let tools: [ChatTool]
        let choice: ToolChoice?
        let parallel: Bool?
        let format: ChatRequest.ReplyFormat?
        let sampling: ChatRequest.Sampling
        let reasoning: ChatRequest.ReasoningWish
        let maximumTokens: Int?
        let metadata: [ChatExtra]
        let topLogprobs: Int?
    }

    init(_ request: ChatRequest, as identity: AnswerIdentity) {
        self.identity = identity
        model = request.model
        echo = Echo(
            tools: request.tools, choice: request.toolChoice, parallel: request.parallelToolCalls,
            format: request.replyFormat, sampling: request.sampling, reasoning: request.reasoning,
            maximumTokens: request.maximumTokens, metadata: request.metadata, topLogprobs: request.topLogprobs)
    }

    func body(of reply: ChatReply) -> [UInt8] {
        var json = JSONWriter(capacity: 1024 + (reply.content?.utf8.count ?? 0) * 9 / 8)
        let choice = reply.choices.first
        let items = choice.map(ResponsesItemWriter.items) ?? []
        var named = self
        named.model = reply.model ?? model
        named.write(
            Ending(choice?.finishReason ?? .stop), usage: reply.usage, serviceTier: reply.serviceTier, to: &json
        ) { json in
            for (index, item) in items.enumerated() {
                ResponsesItemWriter.write(item, id: id(item, index), to: &json)
            }
        }
        return json.bytes
    }

    /// How a response ended, or that it has not.
    enum Ending: Sendable {
        case inProgress
        case completed
        case incomplete(String)
        case failed(ChatFailure)

        init(_ reason: ChatReply.FinishReason) {
            switch reason {
            case .stop, .toolCalls, .other: self = .completed
            case .length: self = .incomplete("max_output_tokens")
            case .contentFilter: self = .incomplete("content_filter")
            }
        }

        var status: String {
            switch self {
            case .inProgress: "in_progress"
            case .completed: "completed"
            case .incomplete: "incomplete"
            case .failed: "failed"
            }
        }
    }

    func id(_ item: ResponsesItemWriter.Item, _ index: Int) -> String { "\(item.prefix)_\(identity.id)\(index)" }

    /// A whole response object with the items that `output` writes.
    func write(
        _ ending: Ending, usage: ChatUsage?, serviceTier: String? = nil, to json: inout JSONWriter,
        output: (inout JSONWriter) -> Void
    ) {
        json.object { json in
            json.member("id", "resp_\(identity.id)")
            json.member("object", "response")
            json.member("created_at", Int(identity.created))
            json.member("status", ending.status)
            writeReasons(ending, to: &json)
            json.nullable("instructions", nil)
            json.member("model", model)
            json.array("output", output)
            writeEcho(to: &json)
            json.nullable("previous_response_id", nil)
            json.member("store", false)
            json.member("truncation", "disabled")
            json.member("service_tier", serviceTier)
            if let usage { ResponsesUsage.write(usage, to: &json) } else { json.nullable("usage", nil) }
        }
    }

    private func writeReasons(_ ending: Ending, to json: inout JSONWriter) {
        if case .failed(let failure) = ending {
            json.object("error") { json in
                json.member("code", failure.code == .rateLimited ? "rate_limit_exceeded" : "server_error")
                json.member("message", failure.message)
            }
        } else {
            json.nullable("error", nil)
        }
        if case .incomplete(let reason) = ending {
            json.object("incomplete_details") { $0.member("reason", reason) }
        } else {
            json.nullable("incomplete_details", nil)
        }
    }

    private func writeEcho(to json: inout JSONWriter) {
        json.member("parallel_tool_calls", echo.parallel ?? true)
        ResponsesRequestWriter.writeChoice(echo.choice ?? .automatic, to: &json)
        json.array("tools") { json in
            for tool in echo.tools { ResponsesRequestWriter.write(tool, to: &json) }
        }
        json.member("temperature", echo.sampling.temperature ?? 1)
        json.member("top_p", echo.sampling.topP ?? 1)
        if let maximum = echo.maximumTokens {
            json.member("max_output_tokens", maximum)
        } else {
            json.nullable("max_output_tokens", nil)
        }
        json.member("top_logprobs", echo.topLogprobs ?? 0)
        json.object("reasoning") { json in
            json.nullable("effort", echo.reasoning.effort?.rawValue)
            json.nullable("summary", echo.reasoning.summary)
        }
        json.object("text") { json in ResponsesRequestWriter.write(echo.format ?? .text, to: &json) }
        json.object("metadata") { json in
            for entry in echo.metadata { json.member(entry.name, entry.value) }
        }
    }
}
