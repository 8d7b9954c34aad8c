internal import ChatModel
internal import Dialects
internal import HTTPMessages
internal import JSON

/// Writes the call for vectors in the language of each provider.
struct EmbeddingWriter {
    let endpoint: ModelEndpoint
    let request: EmbeddingRequest

    private var provider: Provider { endpoint.provider }

    func call() throws(Unsupported) -> ProviderRequest {
        switch provider.kind {
        case .openAI, .azureOpenAI, .mistral, .openRouter, .vllm, .llamaCpp, .ollama, .openAICompatible, .groq:
            return try openAI()
        case .gemini: return try gemini()
        case .vertexAI: return try vertex()
        case .cohere: return try cohere()
        case .bedrock: return try bedrock()
        case .anthropic: throw Unsupported("model", "makes no embeddings", advice: "choose another provider's model")
        }
    }

    private func call(_ url: String, _ body: [UInt8], _ adjustments: [Adjustment] = []) -> ProviderRequest {
        var call = ProviderRequest(url: url, headers: ["content-type": "application/json"], body: body)
        call.adjustments = adjustments
        return call
    }

    private func openAI() throws(Unsupported) -> ProviderRequest {
        var request = request
        var adjustments: [Adjustment] = []
        if provider.kind == .mistral {
            _ = try texts()
            if request.user != nil { adjustments.note(.omitted("user")) }
            request.user = nil
        }
        var extras = request.extras
        if let word = request.purposeWord {
            if takesPurpose {
                extras.append(ChatExtra("input_type", RawJSON(JSONWriter.bytes(of: .string(word)))))
            } else {
                adjustments.note(.omitted("input_type"))
            }
        }
        var body = EmbeddingDialect.body(of: request, model: endpoint.model, extras: extras)
        if provider.kind == .mistral, let dimensions = request.dimensions {
            // Mistral's name for it.
            request.dimensions = nil
            let extra = ChatExtra("output_dimension", RawJSON("\(dimensions)"))
            body = EmbeddingDialect.body(of: request, model: endpoint.model, extras: extras + [extra])
        }
        return call(
            OpenAIAddress.url(of: provider, model: endpoint.model, path: "/embeddings"), body, adjustments)
    }

    /// Whether servers of the kind may tell questions from documents, each by its own words.
    private var takesPurpose: Bool {
        switch provider.kind {
        case .openRouter, .vllm, .openAICompatible: true
        case .openAI, .azureOpenAI, .anthropic, .gemini, .vertexAI, .bedrock, .mistral, .cohere, .groq, .llamaCpp,
            .ollama:
            false
        }
    }

    /// The texts, for providers that take nothing else; and nothing that only OpenAI's servers know.
    private func texts() throws(Unsupported) -> [String] {
        var texts: [String] = []
        for input in request.inputs {
            guard case .text(let text) = input else {
                throw Unsupported("input", "takes texts, not tokens", advice: "send the texts")
            }
            texts.append(text)
        }
        return texts
    }

    private func foreign() throws(Unsupported) -> [Adjustment] {
        if let extra = request.extras.first {
            throw Unsupported(
                extra.name, "has no \(extra.name)", advice: "leave it out or choose a model that knows it")
        }
        if request.purpose == nil, let word = request.purposeWord {
            throw Unsupported(
                "input_type", "does not know the input type \"\(word)\"", advice: "use query or document")
        }
        return request.user == nil ? [] : [.omitted("user")]
    }

    private func gemini() throws(Unsupported) -> ProviderRequest {
        let texts = try texts()
        let adjustments = try foreign()
        let name = endpoint.model.contains("/") ? endpoint.model : "models/\(endpoint.model)"
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.array("requests") { json in
                for text in texts {
                    json.object { json in
                        json.member("model", name)
                        json.object("content") { json in
                            json.array("parts") { json in json.object { $0.member("text", text) } }
                        }
                        json.member("taskType", taskType)
                        json.member("outputDimensionality", request.dimensions)
                    }
                }
            }
        }
        return call("\(endpoint.address):batchEmbedContents", json.bytes, adjustments)
    }

    private var taskType: String? {
        switch request.purpose {
        case nil: nil
        case .query: "RETRIEVAL_QUERY"
        case .document: "RETRIEVAL_DOCUMENT"
        }
    }

    private func vertex() throws(Unsupported) -> ProviderRequest {
        let texts = try texts()
        let adjustments = try foreign()
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.array("instances") { json in
                for text in texts {
                    json.object { json in
                        json.member("content", text)
                        json.member("task_type", taskType)
                    }
                }
            }
            json.object("parameters") { $0.member("outputDimensionality", request.dimensions) }
        }
        return call("\(endpoint.address):predict", json.bytes, adjustments)
    }

    private func cohere() throws(Unsupported) -> ProviderRequest {
        let adjustments = try foreign()
        let body = try cohereBody(model: endpoint.model)
        return call(ProviderAddress.url(provider.baseURL, version: "v2", path: "/embed"), body, adjustments)
    }

    /// Cohere wants to know what vectors are for; documents is what most people mean.
    private func cohereBody(model: String?) throws(Unsupported) -> [UInt8] {
        let texts = try texts()
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.member("model", model)
            json.array("texts") { json in for text in texts { json.write(text) } }
            json.member("input_type", request.purpose == .query ? "search_query" : "search_document")
            json.array("embedding_types") { $0.write("float") }
            json.member("output_dimension", request.dimensions)
        }
        return json.bytes
    }

    private func bedrock() throws(Unsupported) -> ProviderRequest {
        let adjustments = try foreign()
        let url = "\(endpoint.address)/invoke"
        if endpoint.model.contains("cohere.") { return call(url, try cohereBody(model: nil), adjustments) }
        guard endpoint.model.contains("titan-embed") else {
            throw Unsupported(
                "model", "makes embeddings by the models of Amazon Titan and Cohere only", advice: "choose one of them")
        }
        let texts = try texts()
        guard texts.count == 1 else {
            throw Unsupported("input", "takes one text in a call of this model", advice: "send one text in a request")
        }
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.member("inputText", texts[0])
            json.member("dimensions", request.dimensions)
        }
        return call(url, json.bytes, adjustments)
    }
}
