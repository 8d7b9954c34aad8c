package import ChatModel
internal import JSON

/// Writes a request as the body of `POST /v1/responses`.
package struct ResponsesRequestWriter {
    let request: ChatRequest
    var adjustments: [Adjustment] = []

    /// The body for `model`, and what of the request is not in it as it was asked. Nothing is kept at the provider; its
    /// thoughts come encrypted with the answer instead.
    package static func body(
        of request: ChatRequest, model: String
    ) throws(Unsupported) -> (bytes: [UInt8], adjustments: [Adjustment]) {
        var writer = ResponsesRequestWriter(request: request)
        try writer.refuse()
        var json = JSONWriter(capacity: 512 + request.approximateSize)
        json.beginObject()
        json.member("model", model)
        try writer.writeInput(to: &json)
        try writer.writeTools(to: &json)
        try writer.writeSampling(to: &json)
        try writer.writeRest(to: &json)
        json.endObject()
        return (json.bytes, writer.adjustments)
    }

    /// What responses have no word for.
    private func refuse() throws(Unsupported) {
        let sampling = request.sampling
        let asked: [(String, Bool)] = [
            ("seed", sampling.seed != nil), ("stop", !sampling.stop.isEmpty), ("n", (request.choices ?? 1) > 1),
            ("logit_bias", sampling.logitBias != nil), ("top_k", sampling.topK != nil),
            ("frequency_penalty", (sampling.frequencyPenalty ?? 0) != 0),
            ("presence_penalty", (sampling.presencePenalty ?? 0) != 0),
        ]
        if let (name, _) = asked.first(where: \.1) {
            throw Unsupported(
                name, "has no \(name) in OpenAI's responses",
                advice: "leave it out, or ask a model that speaks chat completions")
        }
    }

    private mutating func writeSampling(to json: inout JSONWriter) throws(Unsupported) {
        json.member("max_output_tokens", request.maximumTokens)
        json.member("temperature", request.sampling.temperature)
        json.member("top_p", request.sampling.topP)
        let wish = request.reasoning
        if wish.effort == nil, wish.budget != nil { adjustments.note(.approximated("reasoning_budget")) }
        let effort = wish.effort ?? wish.nearestEffort()
        let summary = wish.summary == "none" ? nil : wish.summary
        if effort != nil || summary != nil {
            json.object("reasoning") { json in
                json.member("effort", effort?.rawValue)
                json.member("summary", summary)
            }
        }
        if let count = request.topLogprobs { json.member("top_logprobs", count) }
    }

    private mutating func writeRest(to json: inout JSONWriter) throws(Unsupported) {
        let verbosity = request.extras.first { $0.name == "verbosity" }?.value
        if request.replyFormat != nil || verbosity != nil {
            json.object("text") { json in
                if let format = request.replyFormat { Self.write(format, to: &json) }
                json.member("verbosity", verbosity)
            }
        }
        json.member("user", request.user)
        if !request.metadata.isEmpty {
            json.object("metadata") { json in
                for entry in request.metadata { json.member(entry.name, entry.value) }
            }
        }
        json.member("service_tier", request.serviceTier)
        if request.isStreaming { json.member("stream", true) }
        if !request.extras.contains(where: { $0.name == "store" }) { json.member("store", false) }
        if !request.extras.contains(where: { $0.name == "include" }) {
            json.array("include") { json in
                json.write("reasoning.encrypted_content")
                if request.topLogprobs != nil { json.write("message.output_text.logprobs") }
            }
        }
        for extra in request.extras where extra.name != "verbosity" {
            guard request.dialect == .responses || request.isOpenAI(extra) else {
                try request.refuse(extra, &adjustments)
                continue
            }
            json.member(extra.name, extra.value)
        }
    }

    /// The member `format` of `text`.
    static func write(_ format: ChatRequest.ReplyFormat, to json: inout JSONWriter) {
        json.object("format") { json in
            switch format {
            case .text: json.member("type", "text")
            case .object: json.member("type", "json_object")
            case .schema(let schema):
                json.member("type", "json_schema")
                json.member("name", schema.name)
                json.member("description", schema.description)
                json.member("strict", schema.isStrict)
                json.member("schema", schema.schema)
            }
        }
    }

    private func writeTools(to json: inout JSONWriter) throws(Unsupported) {
        for tool in request.tools {
            guard case .opaque(_, let dialect) = tool.kind, dialect != .responses else { continue }
            throw Unsupported.part("tools", "does not know a tool of another provider's own kind")
        }
        if case .opaque(_, let dialect) = request.toolChoice, dialect != .responses {
            throw Unsupported.part("tool_choice", "does not know this choice of tools")
        }
        guard !request.tools.isEmpty else { return }
        json.array("tools") { json in
            for tool in request.tools { Self.write(tool, to: &json) }
        }
        if let choice = request.toolChoice { Self.writeChoice(choice, to: &json) }
        json.member("parallel_tool_calls", request.parallelToolCalls)
    }

    static func write(_ tool: ChatTool, to json: inout JSONWriter) {
        switch tool.kind {
        case .opaque(let value, _): json.write(value)
        case .function(let function):
            json.object { json in
                json.member("type", "function")
                json.member("name", function.name)
                json.member("description", function.description)
                json.key("parameters")
                if let parameters = function.parameters { json.write(parameters) } else { json.writeNull() }
                // Strict is this dialect's default, and not that of the others.
                json.member("strict", function.isStrict ?? false)
            }
        }
    }

    static func writeChoice(_ choice: ToolChoice, to json: inout JSONWriter) {
        switch choice {
        case .automatic: json.member("tool_choice", "auto")
        case .forbidden: json.member("tool_choice", "none")
        case .required: json.member("tool_choice", "required")
        case .named(let name):
            json.object("tool_choice") { json in
                json.member("type", "function")
                json.member("name", name)
            }
        case .opaque(let value, _): json.member("tool_choice", value)
        }
    }
}
