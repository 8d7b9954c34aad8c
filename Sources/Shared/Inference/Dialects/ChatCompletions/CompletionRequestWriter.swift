package import ChatModel
internal import JSON

/// Writes a request as the body of `POST /v1/chat/completions`.
package struct CompletionRequestWriter {
    let request: ChatRequest
    let style: CompletionStyle
    var adjustments: [Adjustment] = []

    /// The body for `model`, and what of the request is not in it as it was asked.
    package static func body(
        of request: ChatRequest, model: String, style: CompletionStyle
    ) throws(Unsupported) -> (bytes: [UInt8], adjustments: [Adjustment]) {
        var writer = CompletionRequestWriter(request: request, style: style)
        var json = JSONWriter(capacity: 512 + request.approximateSize)
        json.beginObject()
        json.member("model", model)
        try writer.writeMessages(to: &json)
        try writer.writeTools(to: &json)
        try writer.writeSampling(to: &json)
        try writer.writeReasoning(to: &json)
        try writer.writeRest(to: &json)
        json.endObject()
        return (json.bytes, writer.adjustments)
    }

    /// - Throws: When the server does not know the parameter.
    func check(_ parameter: String) throws(Unsupported) {
        guard style.unknown.contains(parameter) else { return }
        throw Unsupported(parameter, "has no \(parameter)", advice: "leave it out or choose another model")
    }

    private func write<Value>(
        _ name: String, _ value: Value?, _ json: inout JSONWriter, _ put: (inout JSONWriter, String, Value) -> Void
    ) throws(Unsupported) {
        guard let value else { return }
        try check(name)
        put(&json, name, value)
    }

    private func writeSampling(to json: inout JSONWriter) throws(Unsupported) {
        let sampling = request.sampling
        json.member(style.maximumTokens, request.maximumTokens)
        try write("temperature", sampling.temperature, &json) { $0.member($1, $2) }
        try write("top_p", sampling.topP, &json) { $0.member($1, $2) }
        if let topK = sampling.topK {
            guard style.knowsTopK else {
                throw Unsupported("top_k", "has no top_k", advice: "leave it out or use top_p")
            }
            json.member("top_k", topK)
        }
        // No penalty is what everybody does without being told.
        try write("frequency_penalty", sampling.frequencyPenalty.flatMap { $0 == 0 ? nil : $0 }, &json) {
            $0.member($1, $2)
        }
        try write("presence_penalty", sampling.presencePenalty.flatMap { $0 == 0 ? nil : $0 }, &json) {
            $0.member($1, $2)
        }
        if let seed = sampling.seed {
            guard let name = style.seed else {
                throw Unsupported("seed", "has no seed", advice: "leave it out or choose another model")
            }
            json.member(name, seed)
        }
        if !sampling.stop.isEmpty {
            guard sampling.stop.count <= style.longestStop else {
                throw Unsupported(
                    "stop", "takes at most \(style.longestStop) stop sequences", advice: "give fewer of them")
            }
            json.array("stop") { json in for word in sampling.stop { json.write(word) } }
        }
        try write("logit_bias", sampling.logitBias, &json) { $0.member($1, $2) }
        try write("n", request.choices.flatMap { $0 == 1 ? nil : $0 }, &json) { $0.member($1, $2) }
        try write("logprobs", request.topLogprobs.map { _ in true }, &json) { $0.member($1, $2) }
        try write("top_logprobs", request.topLogprobs.flatMap { $0 == 0 ? nil : $0 }, &json) { $0.member($1, $2) }
    }

    private mutating func writeReasoning(to json: inout JSONWriter) throws(Unsupported) {
        let wish = request.reasoning
        if style.reasoning != .object, let summary = wish.summary, summary != "none" {
            adjustments.note(.omitted("reasoning.summary"))
        }
        switch style.reasoning {
        case .effort(let known):
            if let effort = wish.effort ?? wish.nearestEffort() {
                if wish.budget != nil { adjustments.note(.approximated("reasoning_budget")) }
                guard known.contains(effort.rawValue) else {
                    throw Unsupported(
                        "reasoning_effort", "does not know the reasoning effort \"\(effort.rawValue)\"",
                        advice: "use one of \(known.joined(separator: ", "))")
                }
                json.member("reasoning_effort", effort.rawValue)
            }
        case .object:
            guard !wish.isEmpty else { return }
            json.object("reasoning") { json in
                // One or the other; a number is the more exact one.
                if let budget = wish.budget {
                    json.member("max_tokens", budget)
                } else {
                    json.member("effort", wish.effort?.rawValue)
                }
                if wish.summary == "none" { json.member("exclude", true) }
            }
        case .none:
            guard wish.effort == nil || wish.effort == .off, wish.budget == nil else {
                throw Unsupported(
                    "reasoning_effort", "has no reasoning effort", advice: "leave it out or choose another model")
            }
        }
    }

    private mutating func writeRest(to json: inout JSONWriter) throws(Unsupported) {
        try writeFormat(to: &json)
        if let user = request.user {
            if style.unknown.contains("user") { adjustments.note(.omitted("user")) } else { json.member("user", user) }
        }
        if !request.metadata.isEmpty {
            if style.unknown.contains("metadata") {
                adjustments.note(.omitted("metadata"))
            } else {
                json.object("metadata") { json in
                    for entry in request.metadata { json.member(entry.name, entry.value) }
                }
            }
        }
        if let tier = request.serviceTier, tier != "auto" {
            try check("service_tier")
            json.member("service_tier", tier)
        }
        if request.isStreaming {
            json.member("stream", true)
            if style.asksForUsage { json.object("stream_options") { $0.member("include_usage", true) } }
        }
        for extra in request.extras {
            guard request.dialect == .chatCompletions || request.isOpenAI(extra) else {
                try request.refuse(extra, &adjustments)
                continue
            }
            try check(extra.name)
            json.member(extra.name, extra.value)
        }
        for (name, value) in style.additions.sorted(by: { $0.key < $1.key })
        where !request.extras.contains(where: { $0.name == name }) {
            json.member(name, RawJSON(value))
        }
    }

    private func writeFormat(to json: inout JSONWriter) throws(Unsupported) {
        switch request.replyFormat {
        case nil, .text: break
        case .object:
            try check("response_format")
            json.object("response_format") { $0.member("type", "json_object") }
        case .schema(let schema):
            try check("response_format")
            json.object("response_format") { json in
                json.member("type", "json_schema")
                json.object("json_schema") { json in
                    json.member("name", schema.name)
                    json.member("description", schema.description)
                    json.member("strict", schema.isStrict)
                    json.member("schema", schema.schema)
                }
            }
        }
    }
}
