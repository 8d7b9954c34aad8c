extension ModelTraits {
    /// The traits that the name of a model tells. A name that says nothing is taken for a model of today.
    package init(kind: ProviderKind, model: String) {
        let name = model.lowercased()
        switch kind {
        case .anthropic: self.init(claude: name)
        case .bedrock:
            if name.contains("claude") {
                self.init(claude: name)
            } else {
                self.init(followsSchemas: false)
            }
        case .vertexAI where GoogleAddress.publisher(of: name) == .anthropic: self.init(claude: name)
        case .gemini, .vertexAI: self.init(gemini: name)
        case .cohere: self.init(thinking: name.contains("reasoning") ? .budget : .none)
        case .openAI, .azureOpenAI:
            let isOnlyThere =
                name.contains("codex") || name.contains("deep-research") || name.hasSuffix("-pro")
                || name.contains("-pro-20")
            self.init(thinking: .effort, longestAnswer: 16_384, usesResponses: isOnlyThere)
        case .mistral, .groq, .openRouter, .vllm, .llamaCpp, .ollama, .openAICompatible: self.init(thinking: .effort)
        }
    }

    /// `claude-3-5-sonnet-20241022`, `us.anthropic.claude-opus-4-1-20250805-v1:0`, `claude-sonnet-5`.
    private init(claude name: String) {
        guard let version = Self.version(of: name, after: "claude") else {
            self.init(thinking: .effort, longestAnswer: 64_000)
            return
        }
        self.init(
            thinking: version >= (4, 6) ? .effort : version >= (3, 7) ? .budget : .none,
            followsSchemas: version >= (4, 5),
            longestAnswer: version >= (4, 5) ? 64_000 : version >= (4, 0) ? 32_000 : version >= (3, 5) ? 8192 : 4096)
    }

    /// `gemini-2.5-flash`, `gemini-3-pro-preview`.
    private init(gemini name: String) {
        guard let version = Self.version(of: name, after: "gemini") else {
            self.init(thinking: .effort, longestAnswer: 65_536)
            return
        }
        self.init(
            thinking: version >= (3, 0) ? .effort : version >= (2, 5) ? .budget : .none,
            longestAnswer: version >= (2, 5) ? 65_536 : 8192)
    }

    /// The first numbers behind a word; a date is none.
    private static func version(of name: String, after word: String) -> (Int, Int)? {
        guard let place = name.firstRange(of: word) else { return nil }
        let parts = name[place.upperBound...].split { $0 == "-" || $0 == "." || $0 == ":" || $0 == "@" }
        guard let index = parts.firstIndex(where: isVersion) else { return nil }
        let next = index + 1 < parts.count && isVersion(parts[index + 1]) ? Int(parts[index + 1]) : nil
        return Int(parts[index]).map { ($0, next ?? 0) }
    }

    private static func isVersion(_ part: Substring) -> Bool { part.count <= 2 && part.allSatisfy(\.isNumber) }
}
