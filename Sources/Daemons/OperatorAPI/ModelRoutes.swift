internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension ProviderRoutes {
    func addModels(to routes: inout ProtectedRoutes) {
        let (path, operations) = (OperatorModel.path, operations)
        // What a whole organisation has and every project uses is seen by whoever may see models in one of them. What a change
        // of it would do to others, and the change itself, is for whoever may do so in the whole organisation.
        routes.on(.get, path, needs: .modelRead, in: .shared) { _, principal in
            .json(try await operations.models.list(for: principal))
        }
        routes.on(.get, path + "/{id}", needs: .modelRead, in: .shared) { context, principal in
            .json(try await operations.models.find(context.parameter("id"), for: principal))
        }
        routes.on(.get, path + "/{id}/effects", needs: .modelRead) { context, principal in
            .json(try await operations.models.effects(context.parameter("id"), for: principal))
        }
        routes.on(.post, path, needs: .modelCreate, Self.modelsTimeout) { context, principal in
            let draft: OperatorModelDraft = try await context.decode()
            let found = try await operations.modelChanges.look(draft, for: principal)
            let id = try await operations.making("model.create", by: context.actor(principal)) {
                try await $0.modelChanges.add(draft, finding: found, for: principal)
            } thing: {
                .model($0)
            }
            return .json(try await operations.models.find(id, for: principal), status: 201)
        }
        routes.on(.put, path + "/{id}", needs: .modelUpdate) { context, principal in
            let id: ModelID = try context.parameter("id")
            let draft: OperatorModelDraft = try await context.decode()
            try await operations.changing("model.update", .model(id), by: context.actor(principal)) {
                try await $0.modelChanges.change(id, to: draft, for: principal)
            }
            return .json(try await operations.models.find(id, for: principal))
        }
        routes.on(.delete, path + "/{id}", needs: .modelDelete) { context, principal in
            let (id, revision) = (try context.parameter("id", as: ModelID.self), try context.query.revision())
            try await operations.changing("model.delete", .model(id), by: context.actor(principal)) {
                try await $0.modelChanges.delete(id, at: revision, for: principal)
            }
            return .noContent
        }
    }

    /// What asks models something.
    func addTrials(to routes: inout ProtectedRoutes) {
        let (path, operations) = (OperatorModel.path, operations)
        routes.on(.post, path + "/{id}/probe", needs: .modelUpdate, leaving: .nothing, Self.modelsTimeout) {
            context, principal in
            let id: ModelID = try context.parameter("id")
            try await operations.modelChanges.probe(id, for: principal)
            return .json(try await operations.models.find(id, for: principal))
        }
        routes.on(.post, path + "/{id}/test-call", needs: .modelUpdate, leaving: .nothing, Self.modelsTimeout) {
            context, principal in
            .json(
                try await operations.trials.ask(
                    context.parameter("id"), try await context.decode(), for: principal))
        }
        routes.on(.post, OperatorServerProbeWish.path, needs: .modelUpdate, leaving: .nothing, Self.modelsTimeout) {
            context, principal in
            .json(try await operations.probes.probe(try await context.decode(), for: principal), status: 201)
        }
    }
}
