internal import Dialects

extension ProviderKind {
    /// The language in which `model` of this kind is asked.
    func wire(of model: String, _ traits: ModelTraits) -> any ProviderWire {
        switch self {
        case .anthropic: MessagesWire(traits)
        case .vertexAI where GoogleAddress.publisher(of: model) == .anthropic: MessagesWire(traits, carrier: .vertexAI)
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
