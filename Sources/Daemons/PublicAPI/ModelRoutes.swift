internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addModels(to routes: inout ProtectedRoutes) {
        routes.on(.get, "/v1/models/", needs: .modelRead, in: .shared) { context, principal in
            let page = try context.pageRequest(order: context.listOrder)
            return context.page(try await models.list(page, for: principal), at: \.keyset, as: ModelRow.init)
        }
        routes.on(.post, "/v1/models/", needs: .modelCreate) { context, principal in
            let draft = ModelDraft(try await context.decode(ModelRequest.self))
            return .json(try await body(of: try await models.create(draft, for: principal), principal), status: 201)
        }
        routes.on(
            .post, "/v1/models/verify/", needs: .modelCreate, leaving: .nothing, RouteOptions(timeout: .seconds(130))
        ) {
            context, principal in
            .json(
                try await models.verify(
                    try await context.decode(ModelVerificationRequest.self), for: principal))
        }
        routes.on(.get, "/v1/models/{id}/", needs: .modelRead, in: .shared) { context, principal in
            .json(try await body(of: try await models.find(context.parameter("id"), for: principal), principal))
        }
        for method in [HTTPMethod.put, .patch] {
            routes.on(method, "/v1/models/{id}/", needs: .modelUpdate) { context, principal in
                let draft = ModelDraft(try await context.decode(ModelRequest.self))
                let changed = try await models.update(context.parameter("id"), draft, for: principal)
                return .json(try await body(of: changed, principal))
            }
        }
        routes.on(.delete, "/v1/models/{id}/", needs: .modelDelete) { context, principal in
            try await models.delete(context.parameter("id"), for: principal)
            return .noContent
        }
    }

    private func body(of model: Model, _ principal: Principal) async throws -> ModelBody {
        ModelBody(model, abilities: try await models.abilities(of: model.id, for: principal))
    }
}

extension ModelDraft {
    fileprivate init(_ body: ModelRequest) {
        self.init()
        name = body.name
        upstreamModel = body.model
        url = body.url
        maximumOutputTokens = body.maxOutputTokenCount
        maximumTokens = body.maxTokenCount
        key = body.defaultKey
    }
}

extension Model {
    /// Its place in a list of models.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}
