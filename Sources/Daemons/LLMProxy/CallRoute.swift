package import ChatModel
package import Providers
internal import Scoring
package import Tenancy

/// How a model is served to an organisation.
package struct CallRoute: Sendable, Hashable {
    package let upstream: Upstream
    /// What calls are limited and measured together by: one place that is asked, whatever models it serves.
    package let place: String
    /// What it costs; `nil` when nobody has said.
    package let price: ModelPrice?
    /// Why it cannot be called although it is known.
    package let obstacle: ChatFailure?

    package init(upstream: Upstream, place: String, price: ModelPrice?, obstacle: ChatFailure? = nil) {
        self.upstream = upstream
        self.place = place
        self.price = price
        self.obstacle = obstacle
    }

    /// The demonstration, which costs nothing.
    package static let demo = CallRoute(
        upstream: .demo, place: DemoModel.provider, price: ModelPrice(input: .zero, output: .zero))
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
