internal import ChatModel
internal import Cryptography
internal import Dialects
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import HTTPTransfer
internal import JSON
internal import Providers
internal import WireAPI

/// Finds out what a server can do that somebody wants to add a model of, by asking it for little things.
package struct AbilityProbes: Sendable {
    /// How long finding out may take.
    static let patience: Duration = .seconds(120)

    private let client: HTTPClient
    /// Opens a key that was sealed for the proxy.
    private let open: @Sendable ([UInt8]) throws -> String
    private let now: @Sendable () -> Date

    package init(_ equipment: CallEquipment, open: @escaping @Sendable ([UInt8]) throws -> String) {
        client = equipment.client
        now = equipment.now
        self.open = open
    }

    /// Asks a server.
    /// - Throws: `APIProblem` when the request itself cannot be used; a server that does not answer is a finding.
    func probe(_ wish: ProxyAbilityProbe) async throws -> ProxyAbilityReport {
        guard ["http://", "https://"].contains(where: wish.url.lowercased().hasPrefix) else {
            throw APIProblem.invalid("url", "Enter a URL that begins with http:// or https://.")
        }
        let credential = try wish.sealedKey.map { ProviderCredential.key(ProviderKey(try key($0))) } ?? .none
        let server = Providers.Provider(
            .openAICompatible, name: "the server", baseURL: wish.url, credential: credential)
        let listing = await ServerListing.of(server, client, deadline: .after(Self.patience), now: now)
        let model = wish.model ?? listing.models.first?.id
        guard let model else {
            return ProxyAbilityReport(
                kind: listing.kind.rawValue, models: [], model: nil, contextLength: nil,
                abilities: [.init(name: "chat", finding: .unknown, evidence: listing.complaint)], durationMs: nil)
        }
        let trial = AbilityTrial(
            client: client, endpoint: ModelEndpoint(provider: server, model: model), deadline: .after(Self.patience),
            now: now)
        let began = Moment.now
        let chat = await trial.chat()
        let duration = began.duration(to: .now)
        var abilities = [chat]
        if chat.finding == ProxyAbilityReport.Ability.Finding.yes.rawValue {
            abilities += await trial.streaming()
            abilities.append(await trial.schemaOutput())
            abilities.append(await trial.tools())
            abilities.append(await trial.logprobs())
        }
        return ProxyAbilityReport(
            kind: listing.kind.rawValue, models: listing.models.map(\.id), model: model,
            // What the server keeps room for is less than what the model was made for.
            contextLength: listing.contextLength ?? listing.models.first { $0.id == model }?.contextLength,
            abilities: abilities, durationMs: Int(duration.wholeMilliseconds))
    }

    private func key(_ sealed: String) throws -> String {
        guard let box = Base64.decode(sealed) else {
            throw APIProblem.invalid("sealed_key", "The key has to be sealed, in base64.")
        }
        do {
            return try open(box)
        } catch {
            throw APIProblem.invalid("sealed_key", "The key cannot be opened with this proxy's key.")
        }
    }
}

extension ProxyAbilityReport.Ability {
    /// Whether something can be done.
    enum Finding: String {
        case yes
        case no
        case unknown
    }

    init(name: String, finding: Finding, evidence: String) {
        self.init(name: name, finding: finding.rawValue, evidence: evidence)
    }
}
