package import Tenancy

/// How the calls of a model are spread over the places that serve it, and on which terms they are made.
package struct ModelRouting: Sendable, Hashable {
    /// How the places are ordered for a call.
    package enum Choice: String, Sendable, Hashable, CaseIterable {
        /// As they are listed.
        case ordered
        /// By chance, each as often as its weight says.
        case weighted
        /// The one with the fewest calls for its weight first.
        case leastBusy = "least_busy"
    }

    /// A further place that serves the model.
    package struct Place: Sendable, Hashable {
        package let providerID: ProviderID
        /// What the provider calls it.
        package let upstreamModel: String
        package let weight: Int

        package init(providerID: ProviderID, upstreamModel: String, weight: Int = 1) {
            self.providerID = providerID
            self.upstreamModel = upstreamModel
            self.weight = weight
        }
    }

    package var choice: Choice
    /// The weight of the place that is the model's own.
    package var weight: Int
    /// The others, in order.
    package var furtherPlaces: [Place]
    /// The models that are asked, in this order, when this one fails, by their names.
    package var fallbacks: [String]
    /// Whether it is called although nobody has said what it costs.
    package var isUnpricedAllowed: Bool
    /// For how long an answer may be given again to the same question; `nil` for never.
    package var answersKeptForSeconds: Int?

    package init(
        choice: Choice = .ordered, weight: Int = 1, furtherPlaces: [Place] = [], fallbacks: [String] = [],
        isUnpricedAllowed: Bool = true, answersKeptForSeconds: Int? = nil
    ) {
        self.choice = choice
        self.weight = weight
        self.furtherPlaces = furtherPlaces
        self.fallbacks = fallbacks
        self.isUnpricedAllowed = isUnpricedAllowed
        self.answersKeptForSeconds = answersKeptForSeconds
    }

    /// Names every limit that an administrator's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            for weight in [weight] + furtherPlaces.map(\.weight) where !(1...1000).contains(weight) {
                findings.add("weight", "Ensure this value is between 1 and 1000.")
            }
            for place in furtherPlaces {
                findings.length(of: place.upstreamModel, in: 1...1000, field: "upstream_model")
            }
            if furtherPlaces.count > 32 { findings.add("places", "Ensure there are no more than 32.") }
            if fallbacks.count > 8 { findings.add("fallbacks", "Ensure there are no more than 8.") }
            if let seconds = answersKeptForSeconds, !(1...31_536_000).contains(seconds) {
                findings.add("cache_seconds", "Ensure this value is between 1 and 31536000.")
            }
        }
    }
}

/// What providers of some kinds need beside an address and a key.
package struct ProviderSettings: Sendable, Hashable {
    /// Azure's `api-version`, or Anthropic's.
    package var apiVersion: String?
    /// AWS's region.
    package var region: String?
    /// Google's project.
    package var project: String?
    /// Google's location.
    package var location: String?

    package init(
        apiVersion: String? = nil, region: String? = nil, project: String? = nil, location: String? = nil
    ) {
        self.apiVersion = apiVersion
        self.region = region
        self.project = project
        self.location = location
    }
}
