internal import EventLoop
internal import HTTPMessages
internal import HTTPServer
package import HTTPServing
internal import JSON
internal import ChatModel
internal import Tenancy

/// The interface of llmproxyd.
package struct ProxyRoutes: Sendable {
    private let completions: ChatCompletions
    private let source: RouteSource
    private let tokens: ServiceTokens

    package init(completions: ChatCompletions, source: RouteSource, tokens: ServiceTokens) {
        self.completions = completions
        self.source = source
        self.tokens = tokens
    }

    /// The routes, behind the service token.
    package var router: Router {
        var open = Router()
        open.on(
            .post, "/v1/chat/completions",
            RouteOptions(errorShape: .openAI, timeout: completions.settings.totalTimeout)
        ) { try await completions.respond($0) }
        open.on(.get, "/v1/models", RouteOptions(errorShape: .openAI, timeout: .seconds(10))) {
            .json(try await list(Self.organization($0)))
        }
        var router = Router()
        router.include(open, through: [tokens.middleware])
        return router
    }

    private func list(_ organization: OrganizationID) async throws -> ModelList {
        do {
            return ModelList(try await source.models(organization))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw APIProblem.unavailable(
                "The models cannot be looked up now.", retryAfter: RetryAfter(.seconds(1)))
        }
    }

    private static func organization(_ context: RequestContext) throws -> OrganizationID {
        guard let id = context.request.headers[ProxyHeader.organization].flatMap(OrganizationID.init) else {
            throw APIProblem.invalid(ProxyHeader.organization, "The header field has to be a UUID.")
        }
        return id
    }
}

/// The body of `GET /v1/models`, in OpenAI's form.
private struct ModelList: Encodable {
    let object = "list"
    let data: [Entry]

    struct Entry: Encodable {
        let id: String
        let object = "model"
        let created = 0
        let ownedBy: String
        /// The model that answers under this name.
        let answeredBy: String
    }

    init(_ models: [ListedModel]) {
        data = models.map { Entry(id: $0.name, ownedBy: $0.provider, answeredBy: $0.answeredBy) }
    }
}
