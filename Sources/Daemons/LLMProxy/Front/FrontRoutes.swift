internal import ChatModel
internal import HTTPMessages
package import HTTPServing

/// What callers find: the paths of OpenAI and Anthropic.
package struct FrontRoutes: Sendable {
    private let equipment: CallEquipment
    private let source: RouteSource
    /// Bytes of a call: 20 MB of pictures, as an evaluation may have them, are a third longer in base64.
    private static let longestCall = 48 << 20

    package init(_ equipment: CallEquipment, _ source: RouteSource) {
        self.equipment = equipment
        self.source = source
    }

    /// The routes. Each finds out by itself who calls, so that its refusal is in the caller's dialect.
    package var router: Router {
        var router = Router()
        // The clients that come here read no other.
        router.unmatchedShape = .openAI
        // Each call is held to its deadline where it waits.
        let options = RouteOptions(
            errorShape: .openAI, bodyLimit: Self.longestCall, timeout: equipment.settings.patience.total,
            keepsDeadline: true)
        for endpoint in [CallEndpoint.chatCompletions, .responses, .messages] {
            let front = ChatFront(endpoint: endpoint, equipment: equipment)
            router.on(.post, endpoint.path, options) { try await front.respond($0) }
        }
        let embeddings = EmbeddingFront(equipment: equipment)
        router.on(.post, CallEndpoint.embeddings.path, options) { try await embeddings.respond($0) }
        let counts = TokenCountFront(equipment: equipment)
        router.on(.post, CallEndpoint.tokenCount.path, options) { try await counts.respond($0) }
        let models = ModelFront(equipment: equipment, source: source)
        let lookups = RouteOptions(errorShape: .openAI, timeout: .seconds(10))
        router.on(.get, "/v1/models", lookups) { try await models.list($0) }
        var path = "/v1/models"
        for segment in ModelFront.nameSegments {
            path += "/{\(segment)}"
            router.on(.get, path, lookups) { try await models.one($0) }
        }
        return router
    }
}
