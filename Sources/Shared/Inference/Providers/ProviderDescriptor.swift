/// What is known of a kind of provider, for settings, documentation and the console.
package struct ProviderDescriptor: Sendable, Hashable {
    /// How a provider recognises its customers.
    package enum Authentication: String, Sendable, Hashable {
        /// `authorization: Bearer` and a key.
        case bearer
        /// A field of its own and a key, or a bearer's token.
        case keyField
        /// A signature by a pair of keys, or a bearer's key.
        case awsSignature
        /// A token that a service account gets.
        case serviceAccount
        /// A bearer's key, or nothing.
        case optionalBearer
    }

    /// What is set besides an address and a credential.
    package enum Setting: String, Sendable, Hashable {
        case apiVersion = "api_version"
        case region
        case project
        case location
    }

    /// What can be asked for.
    package enum Ability: String, Sendable, Hashable, CaseIterable {
        case tools
        case requiredTools = "required_tools"
        case jsonObject = "json_object"
        case jsonSchema = "json_schema"
        case logprobs
        case images
        case imageAddresses = "image_addresses"
        case files
        case audio
        case seed
        case reasoning
        case severalChoices = "several_choices"
        case promptCacheMarks = "prompt_cache_marks"
        case embeddings
        case modelList = "model_list"
    }

    /// Its name for people.
    package let title: String
    /// How it recognises its customers.
    package let authentication: Authentication
    /// What has to be set besides.
    package let required: [Setting]
    /// What can be asked for.
    package let abilities: Set<Ability>
    /// The most stop sequences; `nil` when none is known.
    package let longestStop: Int?

    /// Whether it has the ability. A model of it may still not.
    package func can(_ ability: Ability) -> Bool { abilities.contains(ability) }
}

extension ProviderKind {
    /// What is known of this kind.
    package var descriptor: ProviderDescriptor {
        ProviderDescriptor(
            title: title, authentication: authentication, required: requiredSettings, abilities: abilities,
            longestStop: longestStop)
    }

    private var title: String {
        switch self {
        case .openAI: "OpenAI"
        case .azureOpenAI: "Azure OpenAI"
        case .anthropic: "Anthropic"
        case .gemini: "Google Gemini"
        case .vertexAI: "Google Vertex AI"
        case .bedrock: "AWS Bedrock"
        case .mistral: "Mistral"
        case .cohere: "Cohere"
        case .groq: "Groq"
        case .openRouter: "OpenRouter"
        case .vllm: "vLLM"
        case .llamaCpp: "llama.cpp"
        case .ollama: "Ollama"
        case .openAICompatible: "OpenAI-compatible"
        }
    }

    private var authentication: ProviderDescriptor.Authentication {
        switch self {
        case .openAI, .mistral, .cohere, .groq, .openRouter: .bearer
        case .azureOpenAI, .anthropic, .gemini: .keyField
        case .vertexAI: .serviceAccount
        case .bedrock: .awsSignature
        case .vllm, .llamaCpp, .ollama, .openAICompatible: .optionalBearer
        }
    }

    private var requiredSettings: [ProviderDescriptor.Setting] {
        switch self {
        case .vertexAI: [.project, .location]
        case .bedrock: [.region]
        case .openAI, .azureOpenAI, .anthropic, .gemini, .mistral, .cohere, .groq, .openRouter, .vllm, .llamaCpp,
            .ollama, .openAICompatible:
            []
        }
    }

    private var longestStop: Int? {
        switch self {
        case .openAI, .azureOpenAI, .groq: 4
        case .gemini, .vertexAI, .cohere: 5
        case .anthropic, .bedrock, .mistral, .openRouter, .vllm, .llamaCpp, .ollama, .openAICompatible: nil
        }
    }

    private var abilities: Set<ProviderDescriptor.Ability> {
        switch self {
        case .openAI, .azureOpenAI, .openAICompatible: Self.openAIAbilities
        case .vllm: Self.openAIAbilities.subtracting([.files])
        case .llamaCpp: Self.openAIAbilities.subtracting([.files, .severalChoices])
        case .ollama:
            Self.openAIAbilities.subtracting([.files, .audio, .severalChoices, .imageAddresses, .requiredTools])
        case .openRouter: Self.openAIAbilities.union([.promptCacheMarks]).subtracting([.severalChoices])
        case .groq:
            Self.openAIAbilities.subtracting([.logprobs, .files, .audio, .severalChoices, .embeddings])
        case .mistral: Self.openAIAbilities.subtracting([.files])
        case .gemini: Self.openAIAbilities.subtracting([.imageAddresses])
        case .vertexAI: Self.openAIAbilities.subtracting([.modelList])
        case .cohere: Self.openAIAbilities.subtracting([.files, .audio, .severalChoices])
        case .anthropic:
            [
                .tools, .requiredTools, .jsonSchema, .images, .imageAddresses, .files, .reasoning, .promptCacheMarks,
                .modelList,
            ]
        case .bedrock:
            [
                .tools, .requiredTools, .jsonSchema, .images, .files, .audio, .reasoning, .promptCacheMarks,
                .embeddings,
            ]
        }
    }

    private static let openAIAbilities: Set<ProviderDescriptor.Ability> = [
        .tools, .requiredTools, .jsonObject, .jsonSchema, .logprobs, .images, .imageAddresses, .files, .audio, .seed,
        .reasoning, .severalChoices, .embeddings, .modelList,
    ]

    /// Where a provider of this kind is, when nobody says otherwise; empty where only its operator knows.
    package func defaultBaseURL(_ settings: Provider.Settings) -> String {
        switch self {
        case .openAI: "https://api.openai.com/v1"
        case .anthropic: "https://api.anthropic.com"
        case .gemini: "https://generativelanguage.googleapis.com/v1beta"
        case .vertexAI: GoogleAddress.host(settings.location ?? "global")
        case .bedrock: "https://bedrock-runtime.\(settings.region ?? "us-east-1").amazonaws.com"
        case .mistral: "https://api.mistral.ai/v1"
        case .cohere: "https://api.cohere.com/v2"
        case .groq: "https://api.groq.com/openai/v1"
        case .openRouter: "https://openrouter.ai/api/v1"
        case .ollama: "http://127.0.0.1:11434"
        case .azureOpenAI, .vllm, .llamaCpp, .openAICompatible: ""
        }
    }

    /// Whether it has many servers and asks only those that can do all that a request wishes for, so that a mere wish
    /// decides who answers.
    package var choosesServersByWishes: Bool { self == .openRouter }

    /// How its streams are framed.
    var framing: StreamFrames.Framing {
        switch self {
        case .bedrock: .amazon
        case .openAI, .azureOpenAI, .anthropic, .gemini, .vertexAI, .mistral, .cohere, .groq, .openRouter, .vllm,
            .llamaCpp, .ollama, .openAICompatible:
            .serverSent
        }
    }
}
