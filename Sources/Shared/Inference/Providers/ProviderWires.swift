internal import Dialects

extension ProviderKind {
    /// The language in which a model of this kind is asked.
    func wire(_ traits: ModelTraits) -> any ProviderWire {
        switch self {
        case .anthropic: MessagesWire(traits)
        case .gemini, .vertexAI: GeminiWire(traits: traits)
        case .openAI, .azureOpenAI:
            traits.usesResponses ? ResponsesWire() : CompletionsWire(style: completionStyle ?? CompletionStyle())
        case .bedrock: ConverseWire(traits: traits)
        case .cohere: CohereWire(traits: traits)
        case .mistral, .groq, .openRouter, .vllm, .llamaCpp, .ollama, .openAICompatible:
            CompletionsWire(style: completionStyle ?? CompletionStyle())
        }
    }
}
