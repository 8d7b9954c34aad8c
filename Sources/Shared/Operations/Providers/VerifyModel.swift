internal import Scoring
package import Tenancy
package import WireAPI

extension Models {
    /// Asks a model that is not added yet a short question: at its own server when a `url` is given, else as the
    /// organisation's providers serve it.
    /// - Throws: `InvalidDefinition`, `KeyCannotBeSealed`, `LLMProxyUnavailable`.
    package func verify(
        _ wish: ModelVerificationRequest, for principal: Principal
    ) async throws -> ModelVerificationResult {
        guard let name = wish.model, !name.isEmpty else {
            throw InvalidDefinition(problems: [.init(field: "model", message: "This field is required.")])
        }
        if let tokens = wish.maxOutputTokenCount, tokens < 800 {
            throw InvalidDefinition(problems: [.init(field: "max_output_token_count", message: "At least 800.")])
        }
        guard let probes else { throw LLMProxyUnavailable("No LLM proxy can be asked.") }
        guard let url = wish.url else {
            guard wish.apiKey == nil else {
                return ModelVerificationResult(
                    name,
                    error: "A key is tried at its server: give the server's address as url, or add the key to a "
                        + "provider first.")
            }
            return ModelVerificationResult(name, try await probes.ask(name, for: principal))
        }
        let served = ServedName.of(name)
        let found = try await probes.probe(
            OperatorServerProbeWish(url: url, key: wish.apiKey, model: served), for: principal)
        return ModelVerificationResult(name, found)
    }
}

extension ModelVerificationResult {
    fileprivate init(_ name: String, _ result: ProxyTestResult) {
        guard result.isAnswered else {
            self.init(name, error: [result.sentence, result.providerMessage].compactMap(\.self).joined(separator: " "))
            return
        }
        var usage: Usage?
        if let prompt = result.promptTokens, let completion = result.completionTokens {
            usage = Usage(promptTokens: prompt, completionTokens: completion)
        }
        self.init(name, response: result.text ?? result.sentence, usage: usage)
    }

    fileprivate init(_ name: String, _ probe: OperatorServerProbe) {
        guard let chat = probe.abilities.findings.first(where: { $0.ability == "chat" }) else {
            self.init(name, error: "The server did not say whether it serves the model.")
            return
        }
        switch chat.answer {
        case .yes: self.init(name, response: chat.evidence)
        case .no, .unknown: self.init(name, error: chat.evidence)
        }
    }
}
