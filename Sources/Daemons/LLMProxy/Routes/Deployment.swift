package import ChatModel
package import Providers
package import Scoring

/// One model at one provider, as a route may ask it.
package struct Deployment: Sendable {
    /// Who answers.
    package enum Server: Sendable {
        /// A provider, which calls the model by this name.
        case provider(Providers.Provider, model: String)
        /// The demonstration in this process.
        case demonstration
    }

    /// What proves to a provider who we are.
    package enum Keys: Sendable {
        /// Always the same, or nothing.
        case fixed(ProviderKey?)
        /// One of those that the provider's pool has.
        case pool(ProviderID)
    }

    package let server: Server
    package let keys: Keys
    /// What its calls share their number of places with: one provider, whatever models it serves.
    package let place: String
    /// The provider whose limits hold for its calls; `nil` for an address of a model's own, which has none.
    package let providerID: ProviderID?
    /// How large a part of the calls it gets where a route chooses by weight.
    package let weight: Int
    /// Why it cannot be asked although it is known.
    package let obstacle: ChatFailure?

    package init(
        server: Server, keys: Keys = .fixed(nil), place: String, providerID: ProviderID? = nil, weight: Int = 1,
        obstacle: ChatFailure? = nil
    ) {
        self.server = server
        self.keys = keys
        self.place = place
        self.providerID = providerID
        self.weight = max(1, weight)
        self.obstacle = obstacle
    }

    /// The demonstration, which costs nothing.
    package static let demonstration = Deployment(server: .demonstration, place: DemoModel.provider)

    /// The provider's name here.
    package var providerName: String {
        switch server {
        case .provider(let provider, _): provider.name
        case .demonstration: DemoModel.provider
        }
    }

    /// The word for what the provider speaks.
    package var providerKind: String {
        switch server {
        case .provider(let provider, _): provider.kind.rawValue
        case .demonstration: DemoModel.provider
        }
    }

    /// The model by the name it has at its provider.
    package var modelName: String {
        switch server {
        case .provider(_, let model): model
        case .demonstration: DemoModel.name
        }
    }
}
