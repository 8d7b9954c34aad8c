package import Scoring
package import Stores
package import Tenancy
package import WireAPI

/// Calls that operators make to see whether a model answers.
package struct ModelTrials: Sendable {
    private let client: LLMProxyClient
    private let models: ModelStore

    /// A little longer than the proxy waits itself.
    private static let patience = Duration.seconds(65)
    private static let longestPrompt = 4000

    package init(client: LLMProxyClient, models: ModelStore) {
        self.client = client
        self.models = models
    }

    /// Asks a model something, at the organisation's cost. That it fails is a finding.
    /// - Throws: `NotFound`, `InvalidDefinition`, `LLMProxyUnavailable`.
    package func ask(
        _ id: ModelID, _ call: OperatorTestCall, for principal: Principal
    ) async throws -> OperatorTestResult {
        guard let model = try await models.find(id, usableBy: principal.organizationID) else {
            throw NotFound("Model")
        }
        if let prompt = call.prompt {
            try InvalidDefinition.check { $0.length(of: prompt, in: 1...Self.longestPrompt, field: "prompt") }
        }
        let result: ProxyTestResult = try await client.post(
            ProxyTestCall.path,
            ProxyTestCall(
                organizationID: principal.organizationID.uuid, model: model.definition.name, prompt: call.prompt),
            patience: Self.patience)
        return OperatorTestResult(
            isAnswered: result.isAnswered, sentence: result.sentence, provider: result.provider,
            upstreamModel: result.model, text: result.text, durationMs: result.durationMs,
            promptTokens: result.promptTokens, completionTokens: result.completionTokens,
            costNanodollars: result.costNanodollars, code: result.code, providerStatus: result.providerStatus,
            providerMessage: result.providerMessage)
    }
}
