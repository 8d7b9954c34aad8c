internal import ChatModel
internal import Dialects
internal import JSON

/// Writes a request as the body of `generateContent`.
struct GeminiRequestWriter {
    let request: ChatRequest
    let traits: ModelTraits
    let isVertex: Bool
    var adjustments: [Adjustment] = []
    /// The functions behind the calls so far, which Google names again in their results, and the places of the calls.
    var functions: [String: (name: String, place: Int)] = [:]

    init(request: ChatRequest, traits: ModelTraits, isVertex: Bool) {
        self.request = request
        self.traits = traits
        self.isVertex = isVertex
    }

    mutating func body() throws(Unsupported) -> [UInt8] {
        try refuse()
        var json = JSONWriter(capacity: 512 + request.approximateSize)
        json.beginObject()
        try writeSystem(to: &json)
        try writeContents(to: &json)
        try writeTools(to: &json)
        try writeConfiguration(to: &json)
        json.endObject()
        return json.bytes
    }

    private mutating func refuse() throws(Unsupported) {
        if request.sampling.logitBias != nil {
            throw Unsupported("logit_bias", "has no logit_bias", advice: "leave it out or choose another model")
        }
        if request.sampling.stop.count > 5 {
            throw Unsupported("stop", "takes at most 5 stop sequences", advice: "give fewer of them")
        }
        if request.parallelToolCalls == false, !request.tools.isEmpty {
            throw Unsupported(
                "parallel_tool_calls", "cannot be kept from calling several tools at once",
                advice: "leave it out or choose another model")
        }
        if let tier = request.serviceTier, tier != "auto", tier != "default" {
            throw Unsupported("service_tier", "has no service tier \"\(tier)\"", advice: "use auto or default")
        }
        if request.user != nil { adjustments.note(.omitted("user")) }
        if !request.metadata.isEmpty { adjustments.note(.omitted("metadata")) }
        try request.refuseExtras(&adjustments)
    }

    private mutating func writeSystem(to json: inout JSONWriter) throws(Unsupported) {
        let instructions = request.messages.filter { $0.role == .system || $0.role == .developer }
        guard !instructions.isEmpty else { return }
        let opening = request.messages.prefix { $0.role == .system || $0.role == .developer }
        // There is one place for instructions, before everything else.
        if opening.count < instructions.count { adjustments.note(.approximated("messages")) }
        json.beginObject("systemInstruction")
        json.beginArray("parts")
        for part in instructions.flatMap(\.parts) { try write(part, to: &json) }
        json.endArray()
        json.endObject()
    }

    private func writeTools(to json: inout JSONWriter) throws(Unsupported) {
        guard !request.tools.isEmpty else { return }
        var isStrict = false
        json.beginArray("tools")
        json.beginObject()
        json.beginArray("functionDeclarations")
        for tool in request.tools {
            guard let function = tool.function else {
                throw Unsupported.part("tools", "does not know a tool of another provider's own kind")
            }
            isStrict = isStrict || function.isStrict == true
            json.object { json in
                json.member("name", function.name)
                json.member("description", function.description)
                json.member("parametersJsonSchema", function.parameters)
            }
        }
        json.endArray()
        json.endObject()
        json.endArray()
        guard request.toolChoice != nil || isStrict else { return }
        let (mode, name): (String, String?)
        switch request.toolChoice ?? .automatic {
        // Only this mode holds calls to their schemas where a call is not forced.
        case .automatic: (mode, name) = (isStrict ? "VALIDATED" : "AUTO", nil)
        case .forbidden: (mode, name) = ("NONE", nil)
        case .required: (mode, name) = ("ANY", nil)
        case .named(let function): (mode, name) = ("ANY", function)
        case .opaque: throw Unsupported.part("tool_choice", "does not know this choice of tools")
        }
        json.object("toolConfig") { json in
            json.object("functionCallingConfig") { json in
                json.member("mode", mode)
                if let name { json.array("allowedFunctionNames") { $0.write(name) } }
            }
        }
    }

    private mutating func writeConfiguration(to json: inout JSONWriter) throws(Unsupported) {
        let sampling = request.sampling
        json.beginObject("generationConfig")
        json.member("temperature", sampling.temperature)
        json.member("topP", sampling.topP)
        json.member("topK", sampling.topK)
        json.member("maxOutputTokens", request.maximumTokens)
        if !sampling.stop.isEmpty {
            json.array("stopSequences") { json in for word in sampling.stop { json.write(word) } }
        }
        json.member("seed", sampling.seed)
        json.member("presencePenalty", sampling.presencePenalty)
        json.member("frequencyPenalty", sampling.frequencyPenalty)
        if let choices = request.choices, choices > 1 { json.member("candidateCount", choices) }
        if let count = request.topLogprobs {
            json.member("responseLogprobs", true)
            if count > 0 { json.member("logprobs", count) }
        }
        switch request.replyFormat {
        case nil, .text: break
        case .object: json.member("responseMimeType", "application/json")
        case .schema(let schema):
            json.member("responseMimeType", "application/json")
            json.member("responseJsonSchema", schema.schema)
        }
        try writeThinking(to: &json)
        json.endObject()
    }

    private mutating func writeThinking(to json: inout JSONWriter) throws(Unsupported) {
        let wish = request.reasoning
        guard !wish.isEmpty else { return }
        var budget: Int?
        var level: String?
        switch traits.thinking {
        case .none:
            guard wish.effort == nil || wish.effort == .off, wish.budget == nil else {
                throw Unsupported(
                    "reasoning_effort", "cannot make this model reason", advice: "leave it out or choose another model")
            }
            return
        case .budget:
            budget = wish.budget ?? wish.effort.map(Self.budget)
            if wish.budget == nil, let effort = wish.effort, effort != .off {
                adjustments.note(.approximated("reasoning_effort"))
            }
        case .effort:
            if wish.effort == nil, wish.budget != nil { adjustments.note(.approximated("reasoning_budget")) }
            level = (wish.effort ?? wish.nearestEffort()).map(Self.level)
            // Such a model always thinks, if only a little.
            if wish.effort == .off || wish.effort == .max { adjustments.note(.approximated("reasoning_effort")) }
        }
        json.object("thinkingConfig") { json in
            json.member("thinkingBudget", budget)
            json.member("thinkingLevel", level)
            if wish.summary != "none", budget != 0 { json.member("includeThoughts", true) }
        }
    }

    /// The budgets that Google's own translation of OpenAI's efforts uses.
    private static func budget(_ effort: ChatRequest.ReasoningEffort) -> Int {
        switch effort {
        case .off: 0
        case .minimal: 512
        case .low: 1024
        case .medium: 8192
        case .high, .xhigh, .max: 24_576
        }
    }

    private static func level(_ effort: ChatRequest.ReasoningEffort) -> String {
        switch effort {
        case .off, .minimal: "MINIMAL"
        case .low: "LOW"
        case .medium: "MEDIUM"
        case .high: "HIGH"
        case .xhigh, .max: "XHIGH"
        }
    }
}
