internal import ChatModel
internal import Dialects
internal import JSON

/// Reads the vectors in the language of each provider.
enum EmbeddingReader {
    static func read(_ body: JSONNode, _ kind: ProviderKind) throws(ChatFailure) -> EmbeddingReply {
        switch kind {
        case .openAI, .azureOpenAI, .mistral, .openRouter, .vllm, .llamaCpp, .ollama, .openAICompatible, .groq,
            .anthropic:
            return try EmbeddingDialect.reply(body)
        case .gemini, .vertexAI, .cohere, .bedrock:
            do {
                return try own(body)
            } catch {
                throw ChatFailure(.invalidResponse, "answered no vectors: \(error.message)")
            }
        }
    }

    /// The forms differ by their members, so those tell which one it is.
    private static func own(_ body: JSONNode) throws(JSONDecodingError) -> EmbeddingReply {
        if let predictions = body["predictions"] { return try vertex(predictions) }
        // Amazon Titan.
        if let vector = body["embedding"], vector.kind == .array {
            return EmbeddingReply(
                vectors: [try EmbeddingDialect.vector(vector)],
                usage: body.integer("inputTextTokenCount").map { ChatUsage(promptTokens: $0, completionTokens: 0) })
        }
        let list = try body.required("embeddings")
        var vectors: [[Float]] = []
        if list.isObject {
            // Cohere's, by type.
            for vector in try list.required("float").elements() { vectors.append(try EmbeddingDialect.vector(vector)) }
        } else {
            for entry in try list.elements() {
                // Gemini's are objects.
                vectors.append(try EmbeddingDialect.vector(entry["values"] ?? entry))
            }
        }
        return EmbeddingReply(vectors: vectors, usage: usage(body))
    }

    private static func usage(_ body: JSONNode) -> ChatUsage? {
        let units = body["meta"]?.integer("billed_units", "input_tokens")
        let counted = units ?? body.integer("usageMetadata", "promptTokenCount")
        return counted.map { ChatUsage(promptTokens: $0, completionTokens: 0) }
    }

    private static func vertex(_ predictions: JSONNode) throws(JSONDecodingError) -> EmbeddingReply {
        var vectors: [[Float]] = []
        var tokens = 0
        for prediction in try predictions.elements() {
            let vector = try prediction.required("embeddings")
            vectors.append(try EmbeddingDialect.vector(vector.required("values")))
            let counted = vector.double("statistics", "token_count") ?? 0
            tokens += Int(min(max(0, counted.rounded()), 1e9))
        }
        return EmbeddingReply(vectors: vectors, usage: ChatUsage(promptTokens: tokens, completionTokens: 0))
    }
}
