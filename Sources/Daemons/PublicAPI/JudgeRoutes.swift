internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addJudges(to routes: inout ProtectedRoutes) {
        routes.on(.get, "/v1/judges/", needs: .judgeRead, in: .any) { context, principal in
            let page = try context.pageRequest(order: context.listOrder)
            let filter = try JudgeFilter(context.query)
            return context.page(try await judges.list(filter, page, for: principal), at: \.keyset) {
                JudgeBody($0, for: principal)
            }
        }
        routes.on(.post, "/v1/judges/", needs: .judgeCreate, in: .body) { context, principal in
            let draft = try JudgeDraft(try await context.decode(JudgeRequest.self))
            return .json(JudgeBody(try await judges.create(draft, for: principal), for: principal), status: 201)
        }
        routes.on(.get, "/v1/judges/{id}/", needs: .judgeRead, in: .judge("id")) { context, principal in
            .json(JudgeBody(try await judges.find(context.parameter("id"), for: principal), for: principal))
        }
        for method in [HTTPMethod.put, .patch] {
            routes.on(method, "/v1/judges/{id}/", needs: .judgeUpdate, in: .judge("id")) { context, principal in
                let draft = try JudgeDraft(try await context.decode(JudgeRequest.self))
                let changed = try await judges.update(context.parameter("id"), draft, for: principal)
                return .json(JudgeBody(changed, for: principal))
            }
        }
        routes.on(.delete, "/v1/judges/{id}/", needs: .judgeDelete, in: .judge("id")) { context, principal in
            try await judges.delete(context.parameter("id"), for: principal)
            return .noContent
        }
    }
}

extension JudgeDraft {
    init(_ body: JudgeRequest) throws {
        self.init()
        name = body.name
        intent = body.intent
        stage = body.stage
        evaluators = body.evaluatorReferences?.map {
            EvaluatorReference(
                id: EvaluatorID(uuid: $0.id), pinned: $0.versionId.map(EvaluatorVersionID.init(uuid:)))
        }
        file =
            switch body.file {
            case .keep: .keep
            case .remove: .remove
            case .attach(let id): .attach(FileID(uuid: id))
            }
        visibility = try Visibility(judge: body.visibility)
        projectID = body.projectId.map(ProjectID.init(uuid:))
    }
}

extension Visibility {
    /// What a client says of a judge. Older clients say `unlisted` and `global`: what nobody else lists is private here.
    init?(judge word: String?) throws {
        guard let word else { return nil }
        guard let known = ["unlisted": .private, "global": .public][word] ?? Visibility(rawValue: word) else {
            throw APIProblem.invalid("visibility", "“\(word)” is not one of private, public.")
        }
        self = known
    }
}

extension JudgeFilter {
    fileprivate init(_ query: QueryParameters) throws {
        self.init()
        projectID = try query.id("project_id", of: Project.self)
        includesPublic = try query.bool("include_public") ?? false
        name = query["name"]
        search = query["search"]
        executedSince = try query.date("executed_at_gte")
        // There are no featured judges here, none that are built in, and nobody rates intents.
        let featured = try query.bool("featured")
        let preset = try query.bool("is_preset")
        matchesNothing = featured == true || preset == true || query["intent_evaluability_score_gte"] != nil
    }
}

extension Judge {
    /// Its place in a list of judges.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}

extension JudgeBody {
    init(_ judge: Judge, for principal: Principal) {
        self.init(
            judge, defaultModel: PublicRoutes.defaultModel,
            hidesProject: judge.organizationID != principal.organizationID
        ) { principal.may(.evaluatorRead, with: $0.organizationID, in: $0.projectID) }
    }
}
