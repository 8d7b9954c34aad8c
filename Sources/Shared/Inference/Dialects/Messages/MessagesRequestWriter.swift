package import ChatModel
internal import JSON

/// Writes a request as the body of `POST /v1/messages`.
package struct MessagesRequestWriter {
    let request: ChatRequest
    let style: MessagesStyle
    var adjustments: [Adjustment] = []

    /// The tool whose forced call stands for an answer by a schema.
    package static let answerTool = "answer"
    /// What the model is told of it, where the schema says nothing.
    package static let answerDescription = "The answer to the user, in the form that is asked for."

    /// Where a body that names no model says which version it is.
    package static let versionMember = "anthropic_version"

    /// The body for `model`, and what of the request is not in it as it was asked.
    package static func body(
        of request: ChatRequest, model: String, style: MessagesStyle
    ) throws(Unsupported) -> (bytes: [UInt8], adjustments: [Adjustment]) {
        var writer = MessagesRequestWriter(request: request, style: style)
        try writer.refuse()
        var json = JSONWriter(capacity: 512 + request.approximateSize)
        json.beginObject()
        if let version = style.versionInBody {
            json.member(versionMember, version)
        } else {
            json.member("model", model)
        }
        json.member("max_tokens", writer.maximumTokens)
        try writer.writeMessages(to: &json)
        try writer.writeTools(to: &json)
        try writer.writeSampling(to: &json)
        try writer.writeThinking(to: &json)
        try writer.writeRest(to: &json)
        json.endObject()
        return (json.bytes, writer.adjustments)
    }

    /// Whether the answer's schema is followed by a forced call, which its reader turns back into text.
    package static func emulatesSchema(_ request: ChatRequest, _ style: MessagesStyle) -> Bool {
        request.replySchema != nil && !style.followsSchemas
    }

    private var maximumTokens: Int { request.maximumTokens ?? style.longestAnswer }

    /// What Anthropic has no word for.
    private func refuse() throws(Unsupported) {
        let sampling = request.sampling
        let asked: [(String, Bool)] = [
            ("seed", sampling.seed != nil), ("logprobs", request.topLogprobs != nil),
            ("n", (request.choices ?? 1) > 1), ("logit_bias", sampling.logitBias != nil),
            ("frequency_penalty", (sampling.frequencyPenalty ?? 0) != 0),
            ("presence_penalty", (sampling.presencePenalty ?? 0) != 0),
        ]
        if let (name, _) = asked.first(where: \.1) {
            throw Unsupported(name, "has no \(name)", advice: "leave it out or choose another model")
        }
        if request.replyFormat == .object {
            throw Unsupported(
                "response_format", "cannot promise a JSON object without a schema",
                advice: "use response_format json_schema")
        }
    }

    private func writeSampling(to json: inout JSONWriter) throws(Unsupported) {
        let sampling = request.sampling
        if !style.takesSampling {
            let asked = [
                ("temperature", sampling.temperature != nil), ("top_p", sampling.topP != nil),
                ("top_k", sampling.topK != nil),
            ]
            if let (name, _) = asked.first(where: \.1) {
                throw Unsupported(name, "takes no \(name) for this model", advice: "leave it out")
            }
        }
        if let temperature = sampling.temperature, temperature > 1 {
            throw Unsupported("temperature", "takes temperatures from 0 to 1", advice: "give at most 1")
        }
        json.member("temperature", sampling.temperature)
        json.member("top_p", sampling.topP)
        json.member("top_k", sampling.topK)
        if !sampling.stop.isEmpty {
            if let blank = sampling.stop.first(where: { $0.allSatisfy(\.isWhitespace) }) {
                throw Unsupported(
                    "stop", "takes no stop sequence of white space alone (\(blank.debugDescription))",
                    advice: "use one with a visible character")
            }
            json.array("stop_sequences") { json in for word in sampling.stop { json.write(word) } }
        }
    }

    private mutating func writeThinking(to json: inout JSONWriter) throws(Unsupported) {
        let wish = request.reasoning
        let display = wish.summary.map { $0 == "none" ? "omitted" : "summarized" }
        var effort: String?
        switch style.thinking {
        case .none:
            guard wish.effort == nil || wish.effort == .off, wish.budget == nil else {
                throw Unsupported(
                    "reasoning_effort", "cannot make this model reason", advice: "leave it out or choose another model")
            }
        case .budget:
            if wish.effort == .off, wish.budget == nil {
                json.object("thinking") { $0.member("type", "disabled") }
            } else if let budget = try request.thinkingBudget(within: maximumTokens) {
                if wish.budget == nil { adjustments.note(.approximated("reasoning_effort")) }
                try refuseWhileReasoning()
                json.object("thinking") { json in
                    json.member("type", "enabled")
                    json.member("budget_tokens", budget)
                    json.member("display", display)
                }
            }
        case .effort:
            if wish.budget != nil { adjustments.note(.approximated("reasoning_budget")) }
            let wished = wish.effort ?? wish.nearestEffort()
            if wished == .off {
                json.object("thinking") { $0.member("type", "disabled") }
            } else if let wished {
                // Anthropic's scale begins at low.
                if wished == .minimal { adjustments.note(.approximated("reasoning_effort")) }
                effort = wished == .minimal ? "low" : wished.rawValue
                try refuseWhileReasoning()
                json.object("thinking") { json in
                    json.member("type", "adaptive")
                    json.member("display", display)
                }
            }
        }
        try writeOutput(effort, to: &json)
    }

    /// What Anthropic's models do not do while they reason.
    private func refuseWhileReasoning() throws(Unsupported) {
        if Self.emulatesSchema(request, style) {
            throw Unsupported(
                "reasoning_effort", "cannot reason and follow a schema at once with this model",
                advice: "leave one of them out or choose a newer model")
        }
        if request.toolChoice?.isCall == true {
            throw Unsupported(
                "tool_choice", "cannot be made to call a tool while it reasons",
                advice: "use tool_choice auto, or no reasoning")
        }
        if let temperature = request.sampling.temperature, temperature != 1 {
            throw Unsupported(
                "temperature", "takes no temperature while it reasons", advice: "leave it out, or use no reasoning")
        }
        if request.sampling.topK != nil {
            throw Unsupported("top_k", "takes no top_k while it reasons", advice: "leave it out")
        }
    }

    private mutating func writeOutput(_ effort: String?, to json: inout JSONWriter) throws(Unsupported) {
        var schema: RawJSON?
        if style.followsSchemas, let wished = request.replySchema {
            let fitting = try MessagesSchema(fitting: wished.schema, in: "response_format")
            if fitting.isWeaker { adjustments.note(.approximated("response_format")) }
            schema = fitting.schema
        }
        guard effort != nil || schema != nil else { return }
        json.object("output_config") { json in
            json.member("effort", effort)
            guard let schema else { return }
            json.object("format") { json in
                json.member("type", "json_schema")
                json.member("schema", schema)
            }
        }
    }

    private mutating func writeRest(to json: inout JSONWriter) throws(Unsupported) {
        if let user = request.user {
            json.object("metadata") { $0.member("user_id", user) }
        }
        if !request.metadata.isEmpty { adjustments.note(.omitted("metadata")) }
        if style.followsSchemas, request.replySchema?.description != nil {
            adjustments.note(.omitted("response_format.json_schema.description"))
        }
        switch request.serviceTier {
        case nil, "auto": break
        case "default", "standard_only": json.member("service_tier", "standard_only")
        case let tier?:
            throw Unsupported(
                "service_tier", "has no service tier \"\(tier)\"", advice: "use auto or default")
        }
        if request.isStreaming { json.member("stream", true) }
        guard request.dialect == .messages else { return try request.refuseExtras(&adjustments) }
        for extra in request.extras { json.member(extra.name, extra.value) }
    }
}
