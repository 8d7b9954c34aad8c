package import ChatModel
package import FoundationEssentials
internal import HTTPMessages
internal import JSON

/// A model that a provider says it has.
package struct OfferedModel: Sendable, Hashable {
    /// Its name there.
    package let id: String
    /// How many tokens it can read, where the provider says so.
    package let contextLength: Int?
    /// How many tokens it can write, where the provider says so.
    package let longestAnswer: Int?
}

extension Provider {
    /// The call that lists the models, which also shows whether address and credential are right; `nil` where there is
    /// no list.
    package func modelsRequest(now: Date) -> ProviderRequest? {
        guard kind.descriptor.can(.modelList) else { return nil }
        var headers: HTTPHeaders = [:]
        let url: String
        switch kind {
        case .anthropic:
            headers["anthropic-version"] = settings.apiVersion ?? "2023-06-01"
            url = ProviderAddress.url(baseURL, version: "v1", path: "/models") + "?limit=1000"
        case .gemini: url = ProviderAddress.url(baseURL, version: "v1beta", path: "/models") + "?pageSize=1000"
        case .cohere:
            // The list is in version 1 only.
            let base = baseURL.hasSuffix("/v2") ? String(baseURL.dropLast(3)) : baseURL
            url = ProviderAddress.url(base, version: "v1", path: "/models") + "?page_size=1000"
        case .azureOpenAI where settings.apiVersion != nil:
            url = "\(OpenAIAddress.resource(of: self))/openai/models?api-version=\(settings.apiVersion ?? "")"
        case .openAI, .azureOpenAI, .mistral, .groq, .openRouter, .vllm, .llamaCpp, .ollama, .openAICompatible,
            .vertexAI, .bedrock:
            url = OpenAIAddress.url(of: self, model: "", path: "/models")
        }
        var call = ProviderRequest(method: .get, url: url, headers: headers)
        authorize(&call, now: now)
        return call
    }

    /// The models in the body of such an answer.
    package func models(_ body: [UInt8]) throws(ChatFailure) -> [OfferedModel] {
        do {
            let root = try JSONNode(body)
            var models: [OfferedModel] = []
            // Some servers answer the bare list.
            for entry in try (root["data"] ?? root["models"] ?? root).elements() {
                guard let id = entry.string("id") ?? entry.string("name") else { continue }
                models.append(
                    OfferedModel(
                        id: id.hasPrefix("models/") ? String(id.dropFirst(7)) : id,
                        contextLength: Self.first(
                            entry,
                            [
                                "context_length", "context_window", "max_context_length", "max_model_len",
                                "inputTokenLimit", "max_input_tokens",
                            ]) ?? entry.integer("meta", "n_ctx_train"),
                        longestAnswer: Self.first(entry, ["max_completion_tokens", "outputTokenLimit", "max_tokens"])
                            ?? entry.integer("top_provider", "max_completion_tokens")))
            }
            return models
        } catch {
            throw ChatFailure(
                .invalidResponse, "provider \(name) answered no list of models: \(error.message)", provider: name,
                providerStatus: 200)
        }
    }

    private static func first(_ entry: JSONNode, _ names: [String]) -> Int? {
        names.lazy.compactMap { entry[$0]?.integer }.first
    }
}
