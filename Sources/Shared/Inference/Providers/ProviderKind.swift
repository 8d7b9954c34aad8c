/// The kinds of providers that are known: each a wire language with its ways of addressing and signing.
package enum ProviderKind: String, Sendable, Hashable, CaseIterable {
    case openAI = "openai"
    case azureOpenAI = "azure_openai"
    case anthropic
    case gemini
    case vertexAI = "vertex_ai"
    case bedrock
    case mistral
    case cohere
    case groq
    case openRouter = "openrouter"
    case vllm
    case llamaCpp = "llama_cpp"
    case ollama
    /// Any other server that speaks OpenAI's chat completions.
    case openAICompatible = "openai_compatible"
}
