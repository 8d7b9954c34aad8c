internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addDatasets(to routes: inout ProtectedRoutes) {
        // Older clients create datasets without the version in the path.
        routes.on(.post, "/v1/datasets/", needs: .datasetCreate, in: .any, Self.uploads) { context, principal in
            try await create(context, principal)
        }
        routes.on(.get, "/v1/datasets/", needs: .datasetRead, in: .any) { context, principal in
            let found = try await datasets.list(
                in: try context.query.id("project_id", of: Project.self), search: context.query["search"],
                try context.pageRequest(order: context.listOrder), for: principal)
            return context.page(found, at: \.keyset, as: DatasetBody.init)
        }
        routes.on(.get, "/v1/datasets/{id}/", needs: .datasetRead, in: .dataset("id"), leaving: .content) {
            context, principal in
            let found = try await datasets.find(context.parameter("id"), for: principal)
            return try download(found, context) ?? .json(DatasetBody(found))
        }
        routes.on(.patch, "/v1/datasets/{id}/", needs: .datasetUpdate, in: .dataset("id")) { context, principal in
            guard let name = try await context.decode(DatasetRequest.self).name else {
                throw APIProblem.invalid("name", "This field is required.")
            }
            return .json(
                DatasetBody(try await datasets.rename(context.parameter("id"), to: name, for: principal)))
        }
        routes.on(.delete, "/v1/datasets/{id}/", needs: .datasetDelete, in: .dataset("id")) { context, principal in
            try await datasets.delete(context.parameter("id"), for: principal)
            return .noContent
        }
        addDatasetItems(to: &routes)
    }

    private func addDatasetItems(to routes: inout ProtectedRoutes) {
        let (items, place) = ("/v1/datasets/{dataset_id}/items/", ProjectPlace.dataset("dataset_id"))
        routes.on(.get, items, needs: .datasetRead, in: place, leaving: .content) { context, principal in
            let found = try await datasets.items(
                of: context.parameter("dataset_id"), withArchived: try context.query.bool("is_archived") ?? false,
                try context.pageRequest(), for: principal)
            let labels = try await annotations.published(of: found.items, for: principal)
            return try context.page(found, at: \.keyset) {
                try DatasetItemBody($0, annotations: labels[$0.externalID] ?? [])
            }
        }
        routes.on(.post, items, needs: .datasetUpdate, in: place) { context, principal in
            let content = try await context.decode(DatasetItemRequest.self).content()
            let added = try await datasets.add([content], to: context.parameter("dataset_id"), for: principal)
            return .json(try DatasetItemBody(added[0]), status: 201)
        }
        routes.on(.post, items + "bulk/", needs: .datasetUpdate, in: place, Self.uploads) { context, principal in
            let contents = try await context.decode([DatasetItemRequest].self).map { $0.content() }
            let added = try await datasets.add(contents, to: context.parameter("dataset_id"), for: principal)
            return .json(try added.map { try DatasetItemBody($0) }, status: 201)
        }
        let item = items + "{item_id}/"
        routes.on(.get, item, needs: .datasetRead, in: place, leaving: .content) { context, principal in
            let found = try await datasets.item(
                context.parameter("item_id"), of: context.parameter("dataset_id"), for: principal)
            return .json(try await body(of: found, principal))
        }
        for method in [HTTPMethod.put, .patch] {
            routes.on(method, item, needs: .datasetUpdate, in: place) { context, principal in
                let body = try await context.decode(DatasetItemRequest.self)
                let revised = try await datasets.revise(
                    context.parameter("item_id"), of: context.parameter("dataset_id"), for: principal
                ) { method == .put ? body.content() : body.content(over: $0) }
                return .json(try await self.body(of: revised, principal))
            }
        }
        routes.on(.delete, item, needs: .datasetUpdate, in: place) { context, principal in
            try await datasets.archive(
                context.parameter("item_id"), of: context.parameter("dataset_id"), for: principal)
            return .noContent
        }
    }

    private func body(of item: DatasetItem, _ principal: Principal) async throws -> DatasetItemBody {
        let labels = try await annotations.published(of: [item], for: principal)
        return try DatasetItemBody(item, annotations: labels[item.externalID] ?? [])
    }
}

extension Dataset {
    /// Its place in a list of datasets.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}

extension DatasetItem {
    /// Its place in a list of items.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}
