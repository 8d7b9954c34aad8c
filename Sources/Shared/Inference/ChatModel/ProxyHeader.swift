/// The header fields that a call of the proxy and its answer carry beside OpenAI's.
package enum ProxyHeader {
    /// The organisation that calls, as a UUID.
    package static let organization = "x-scorable-organization"
    /// The project that the cost is booked on, as a UUID.
    package static let project = "x-scorable-project"
    /// How many milliseconds the caller waits, from the arrival of the call.
    package static let deadline = "x-scorable-deadline-ms"
    /// In answers: the model that answered, by the name it has at its provider.
    package static let model = "x-scorable-model"
    /// In answers: the provider that was asked, by its name here.
    package static let provider = "x-scorable-provider"
    /// In answers: what the call cost, in nano-dollars; absent when the model has no price.
    package static let cost = "x-scorable-cost-nanodollars"
}
