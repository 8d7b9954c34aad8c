internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addObjectives(to routes: inout ProtectedRoutes) {
        routes.on(.get, "/v1/objectives/", needs: .objectiveRead, in: .any) { context, principal in
            let page = try context.pageRequest(order: context.listOrder)
            let filter = try ObjectiveFilter(context.query)
            return context.page(
                try await objectives.list(filter, page, for: principal), at: \.keyset, as: ObjectiveRow.init)
        }
        routes.on(.post, "/v1/objectives/", needs: .objectiveCreate, in: .body) { context, principal in
            let body = try await context.decode(ObjectiveRequest.self)
            guard let intent = body.intent else { throw APIProblem.invalid("intent", "This field is required.") }
            let id = try await objectives.create(
                ObjectiveDefinition(intent: intent, testDatasetID: body.testDatasetId.map(DatasetID.init(uuid:))),
                in: body.projectId.map(ProjectID.init(uuid:)), for: principal)
            return .json(CreatedID(id: id.uuid), status: 201)
        }
        routes.on(.get, "/v1/objectives/{id}/", needs: .objectiveRead, in: .objective("id")) { context, principal in
            .json(ObjectiveBody(try await objectives.find(context.parameter("id"), for: principal)))
        }
        for method in [HTTPMethod.put, .patch] {
            routes.on(method, "/v1/objectives/{id}/", needs: .objectiveUpdate, in: .objective("id")) {
                context, principal in
                let body = try await context.decode(ObjectiveRequest.self)
                let changed = try await objectives.update(
                    context.parameter("id"), intent: body.intent,
                    testDataset: body.testDatasetId.map(DatasetID.init(uuid:)),
                    movedTo: body.projectId.map(ProjectID.init(uuid:)), for: principal)
                return .json(ObjectiveBody(changed))
            }
        }
        routes.on(.delete, "/v1/objectives/{id}/", needs: .objectiveDelete, in: .objective("id")) {
            context, principal in
            try await objectives.delete(context.parameter("id"), for: principal)
            return .noContent
        }
        let versions = "/v1/objectives/versions/{id}/"
        routes.on(.get, versions, needs: .objectiveRead, in: .objective("id")) { context, principal in
            // Clients read the first page only, so it is a long one.
            let page = try context.pageRequest(defaultSize: 100)
            let versions = try await objectives.versions(of: context.parameter("id"), page, for: principal)
            return context.page(versions, at: \.versionKeyset, as: ObjectiveBody.init)
        }
    }
}

extension ObjectiveFilter {
    fileprivate init(_ query: QueryParameters) throws {
        self.init()
        projectID = try query.id("project_id", of: Project.self)
        includesPublic = try query.bool("include_public") ?? false
        intent = query["intent"]
        search = query["search"]
    }
}

extension Objective {
    /// Its place in a list of objectives.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
    /// Its place in the list of its versions.
    fileprivate var versionKeyset: Keyset { Keyset(createdAt: version.createdAt, id: version.id.uuid) }
}
