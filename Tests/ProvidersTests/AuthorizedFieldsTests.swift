import HTTPMessages
import Testing

@testable import Providers

/// What a model is asked with holds its provider's key, and does not show it.
@Suite struct AuthorizedFieldsTests {
    private let secret = "sk-very-secret"

    @Test func aModelWithItsFieldsReadyDoesNotShowTheKeyWhenItIsPrinted() throws {
        let provider = Provider(.openAI, name: "p", credential: .key(ProviderKey(secret)))
        let endpoint = ModelEndpoint(provider: provider, model: "m")
        #expect(endpoint.relayedFields?.fields["authorization"] == "Bearer \(secret)")
        var seen = "\(endpoint) \(String(reflecting: endpoint)) \(String(describing: endpoint.relayedFields))"
        dump(endpoint, to: &seen)
        // A dump shows bytes as numbers, a line each.
        let numbers = seen.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0) }
        #expect(!seen.contains(secret) && !numbers.contains(secret.utf8))
    }
}
