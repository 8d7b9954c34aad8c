internal import ChatModel
package import Tenancy

/// How a model name is served: by the deployments of the first stage, and when those fail by the ones of the next.
package struct CallRoute: Sendable {
    /// How the deployments of a stage are ordered for a call.
    package enum Choice: String, Sendable, Hashable, CaseIterable {
        /// As they are listed.
        case ordered
        /// By chance, each as often as its weight says.
        case weighted
        /// The one with the fewest calls for its weight first.
        case leastBusy = "least_busy"
    }

    /// Deployments of which any will do.
    package struct Stage: Sendable {
        package let choice: Choice
        package let deployments: [Deployment]

        package init(_ choice: Choice = .ordered, _ deployments: [Deployment]) {
            self.choice = choice
            self.deployments = deployments
        }
    }

    package let stages: [Stage]
    /// What holds for calls of this name.
    package let terms: RouteTerms

    package init(stages: [Stage], terms: RouteTerms = RouteTerms()) {
        self.stages = stages
        self.terms = terms
    }

    /// One deployment and no other.
    package init(_ deployment: Deployment, terms: RouteTerms = RouteTerms()) {
        self.init(stages: [Stage(.ordered, [deployment])], terms: terms)
    }

    /// The demonstration.
    package static let demonstration = CallRoute(.demonstration, terms: RouteTerms(isUnpricedAllowed: true))
}

/// What holds for the calls of a route, whoever answers them.
package struct RouteTerms: Sendable, Hashable {
    /// Whether calls are made although nobody has said what they cost.
    package var isUnpricedAllowed: Bool
    /// How long answers are kept for the same question; `nil` when each is asked anew.
    package var answersKeptFor: Duration?
    /// The most tokens an answer has that states no limit of its own, for what is set aside before a call.
    package var maximumOutputTokens: Int?
    /// The phases of a call; what is `nil` is as everywhere.
    package var connectTimeout: Duration?
    package var firstByteTimeout: Duration?
    package var idleTimeout: Duration?
    package var totalTimeout: Duration?

    package init(isUnpricedAllowed: Bool = false, answersKeptFor: Duration? = nil, maximumOutputTokens: Int? = nil) {
        self.isUnpricedAllowed = isUnpricedAllowed
        self.answersKeptFor = answersKeptFor
        self.maximumOutputTokens = maximumOutputTokens
    }
}

/// One line of the list of models.
package struct ListedModel: Sendable, Hashable {
    /// The name by which it is asked for.
    package let name: String
    /// The model that answers, by the name it has at its provider.
    package let answeredBy: String
    package let provider: String

    package init(name: String, answeredBy: String, provider: String) {
        self.name = name
        self.answeredBy = answeredBy
        self.provider = provider
    }
}

/// Where routes come from. What it throws means that the source cannot be asked now.
package struct RouteSource: Sendable {
    /// The route of a model name; `nil` when nobody serves it.
    package let route: @Sendable (OrganizationID, String) async throws -> CallRoute?
    /// Everything an organisation may ask for.
    package let models: @Sendable (OrganizationID) async throws -> [ListedModel]

    package init(
        route: @escaping @Sendable (OrganizationID, String) async throws -> CallRoute?,
        models: @escaping @Sendable (OrganizationID) async throws -> [ListedModel]
    ) {
        self.route = route
        self.models = models
    }
}
