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
    /// In answers: where the time went, as ``ProxyTiming`` writes it.
    package static let timing = "x-scorable-timing"
    /// In answers: what of the request was left out or approximated, as `user=omitted, reasoning_effort=approximated`.
    package static let adjusted = "x-scorable-adjusted"
    /// In requests: what may be left out where a provider cannot do it, instead of asking another one: `logprobs`.
    package static let dispensable = "x-scorable-dispensable"
    /// The API key that the cost is booked on, as a UUID.
    package static let apiKey = "x-scorable-api-key-id"
    /// How urgent a call is: `interactive`, `online`, `batch` or `backfill`.
    package static let lane = "x-scorable-lane"
    /// In requests: `no-cache` for a fresh answer, `no-store` to keep none either. In answers: `hit` or `miss`.
    package static let cache = "x-scorable-cache"
    /// In answers from the cache: how old they are, in seconds.
    package static let cacheAge = "x-scorable-cache-age"
    /// In answers from the cache: what asking anew would have cost, in nano-dollars.
    package static let saved = "x-scorable-saved-nanodollars"
}
