/// Where a model is asked, and as what.
package struct Upstream: Sendable, Hashable {
    /// Which protocol is spoken there.
    package enum Dialect: Sendable, Hashable {
        /// OpenAI's chat completions, posted to this address.
        case openAICompatible(endpoint: String)
        /// The demonstration in this process.
        case demo
    }

    /// The provider's name here: for results, metrics and logs.
    package let provider: String
    /// The model by the name that its provider gives it.
    package let model: String
    package let dialect: Dialect
    package let key: ProviderKey?

    package init(provider: String, model: String, dialect: Dialect, key: ProviderKey? = nil) {
        self.provider = provider
        self.model = model
        self.dialect = dialect
        self.key = key
    }

    /// The demonstration.
    package static let demo = Upstream(provider: DemoModel.provider, model: DemoModel.name, dialect: .demo)
}
