internal import ChatModel
internal import Dialects
internal import JSON

/// Writes a request as the body of Bedrock's Converse.
struct ConverseRequestWriter {
    let request: ChatRequest
    let traits: ModelTraits
    let model: String
    var adjustments: [Adjustment] = []
    /// The names of the documents so far: no two in a request may have the same.
    var documents: Set<String> = []

    init(request: ChatRequest, traits: ModelTraits, model: String) {
        self.request = request
        self.traits = traits
        self.model = model
    }

    /// Whether it is one of Anthropic's models, whose own parameters pass through Converse.
    var isClaude: Bool { model.contains("anthropic") || model.contains("claude") }

    mutating func body() throws(Unsupported) -> [UInt8] {
        try refuse()
        var json = JSONWriter(capacity: 512 + request.approximateSize)
        json.beginObject()
        try writeMessages(to: &json)
        try writeTools(to: &json)
        writeInference(to: &json)
        try writeOutput(to: &json)
        try writeRest(to: &json)
        json.endObject()
        return json.bytes
    }

    private mutating func refuse() throws(Unsupported) {
        let sampling = request.sampling
        let asked: [(String, Bool)] = [
            ("seed", sampling.seed != nil), ("logprobs", request.topLogprobs != nil),
            ("n", (request.choices ?? 1) > 1), ("logit_bias", sampling.logitBias != nil),
            ("frequency_penalty", (sampling.frequencyPenalty ?? 0) != 0),
            ("presence_penalty", (sampling.presencePenalty ?? 0) != 0),
            ("top_k", sampling.topK != nil && !isClaude),
            ("parallel_tool_calls", request.parallelToolCalls == false && !request.tools.isEmpty),
            ("temperature", sampling.temperature != nil && !traits.takesSampling),
            ("top_p", sampling.topP != nil && !traits.takesSampling),
        ]
        if let (name, _) = asked.first(where: \.1) {
            throw Unsupported(name, "has no \(name) for this model", advice: "leave it out or choose another model")
        }
        if request.replyFormat == .object {
            throw Unsupported(
                "response_format", "cannot promise a JSON object without a schema",
                advice: "use response_format json_schema")
        }
        if request.user != nil { adjustments.note(.omitted("user")) }
        try request.refuseExtras(&adjustments)
    }

    private func writeInference(to json: inout JSONWriter) {
        let sampling = request.sampling
        json.object("inferenceConfig") { json in
            json.member("maxTokens", request.maximumTokens ?? (isClaude ? traits.longestAnswer : nil))
            json.member("temperature", sampling.temperature)
            json.member("topP", sampling.topP)
            if !sampling.stop.isEmpty {
                json.array("stopSequences") { json in for word in sampling.stop { json.write(word) } }
            }
        }
    }

    private mutating func writeOutput(to json: inout JSONWriter) throws(Unsupported) {
        let wish = request.reasoning
        var effort: String?
        var thinking: (type: String, budget: Int?)?
        switch traits.thinking {
        case .none:
            guard wish.effort == nil || wish.effort == .off, wish.budget == nil else {
                throw Unsupported(
                    "reasoning_effort", "cannot make this model reason", advice: "leave it out or choose another model")
            }
        case .budget:
            if let budget = try request.thinkingBudget(within: request.maximumTokens ?? traits.longestAnswer) {
                if wish.budget == nil { adjustments.note(.approximated("reasoning_effort")) }
                thinking = ("enabled", budget)
            }
        case .effort:
            let wished = wish.effort ?? wish.nearestEffort()
            if wish.effort == nil, wish.budget != nil { adjustments.note(.approximated("reasoning_budget")) }
            if wished == .minimal { adjustments.note(.approximated("reasoning_effort")) }
            if let wished, wished != .off {
                effort = wished == .minimal ? "low" : wished.rawValue
                thinking = ("adaptive", nil)
            } else if wished == .off {
                thinking = ("disabled", nil)
            }
        }
        try writeOutput(effort, to: &json)
        let topK = request.sampling.topK
        guard thinking != nil || topK != nil else { return }
        json.object("additionalModelRequestFields") { json in
            json.member("top_k", topK)
            guard let thinking else { return }
            json.object("thinking") { json in
                json.member("type", thinking.type)
                json.member("budget_tokens", thinking.budget)
            }
        }
    }

    private mutating func writeOutput(_ effort: String?, to json: inout JSONWriter) throws(Unsupported) {
        let schema = traits.followsSchemas ? request.replySchema : nil
        guard effort != nil || schema != nil else { return }
        // Only Anthropic's models follow schemas here.
        let fitting = try schema.map { schema throws(Unsupported) in
            try MessagesSchema(fitting: schema.schema, in: "response_format")
        }
        if fitting?.isWeaker == true { adjustments.note(.approximated("response_format")) }
        json.object("outputConfig") { json in
            json.member("effort", effort)
            guard let schema else { return }
            json.object("textFormat") { json in
                json.member("type", "json_schema")
                json.object("structure") { json in
                    json.object("jsonSchema") { json in
                        // A text that holds the schema, not the schema itself.
                        json.member("schema", (fitting?.schema ?? schema.schema).text)
                        json.member("name", schema.name)
                        json.member("description", schema.description)
                    }
                }
            }
        }
    }

    private mutating func writeRest(to json: inout JSONWriter) throws(Unsupported) {
        if !request.metadata.isEmpty {
            json.object("requestMetadata") { json in
                for entry in request.metadata { json.member(entry.name, entry.value) }
            }
        }
        guard let tier = request.serviceTier, tier != "auto" else { return }
        guard ["default", "priority", "flex", "reserved"].contains(tier) else {
            throw Unsupported(
                "service_tier", "has no service tier \"\(tier)\"", advice: "use default, priority, flex or reserved")
        }
        json.object("serviceTier") { $0.member("type", tier) }
    }
}
