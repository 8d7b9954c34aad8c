internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addAnnotations(to routes: inout ProtectedRoutes) {
        let one = "/v1/annotations/{id}/"
        routes.on(.get, "/v1/annotations/", needs: .annotationRead, in: .any) { context, principal in
            let found = try await annotations.list(
                try AnnotationFilter(context.query), try context.pageRequest(), for: principal)
            return context.page(found, at: \.keyset, as: AnnotationBody.init)
        }
        routes.on(.post, "/v1/annotations/", needs: .annotationCreate, in: .any) { context, principal in
            let body = try await context.decode(AnnotationRequest.self)
            let made = try await annotations.create(
                try AnnotationDraft(body), of: try Annotation.Target(body),
                on: body.scoreConfig.map(ScoreConfigID.init(uuid:)), for: principal)
            return .json(AnnotationBody(made), status: 201)
        }
        routes.on(.get, one, needs: .annotationRead, in: .any) { context, principal in
            .json(AnnotationBody(try await annotations.find(context.parameter("id"), for: principal)))
        }
        for method in [HTTPMethod.put, .patch] {
            routes.on(method, one, needs: .annotationUpdate, in: .any) { context, principal in
                let draft = try AnnotationDraft(try await context.decode(AnnotationRequest.self))
                return .json(
                    AnnotationBody(try await annotations.update(context.parameter("id"), draft, for: principal)))
            }
        }
        routes.on(.delete, one, needs: .annotationDelete, in: .any) { context, principal in
            try await annotations.delete(context.parameter("id"), for: principal)
            return .noContent
        }
    }
}

extension AnnotationDraft {
    fileprivate init(_ body: AnnotationRequest) throws {
        self.init()
        value = body.value
        category = body.category
        rationale = body.rationale
        status = try body.status.map { try $0.choice(of: Annotation.Status.self, field: "status") }
    }
}

extension Annotation.Target {
    fileprivate init(_ body: AnnotationRequest) throws(APIProblem) {
        switch (body.datasetItem, body.executionLog) {
        case (let item?, nil): self = .datasetItem(DatasetItemID(uuid: item))
        case (nil, let log?): self = .executionLog(ExecutionLogID(uuid: log))
        case (nil, nil), (.some, .some):
            throw .invalid("dataset_item", "Give exactly one of dataset_item and execution_log.")
        }
    }
}

extension AnnotationFilter {
    fileprivate init(_ query: QueryParameters) throws {
        self.init()
        dataset = try query.id("dataset", of: DatasetMarker.self)
        item = try query.id("dataset_item", of: DatasetItem.self)
        log = try query.id("execution_log", of: ExecutionLog.self)
        scoreConfig = try query.id("score_config", of: ScoreConfig.self)
        status = try query.choice("status")
    }
}

extension Annotation {
    /// Its place in a list of annotations.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}
