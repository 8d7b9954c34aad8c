internal import Access
internal import CodeScoring
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addEvaluators(to routes: inout ProtectedRoutes) {
        routes.on(.get, "/v1/evaluators/", needs: .evaluatorRead, in: .any) { context, principal in
            let page = try context.pageRequest(order: context.listOrder)
            let filter = try EvaluatorFilter(context.query)
            return context.page(try await evaluators.list(filter, page, for: principal), at: \.keyset) {
                EvaluatorRow($0, for: principal)
            }
        }
        routes.on(.post, "/v1/evaluators/", needs: .evaluatorCreate, in: .body) { context, principal in
            let body = try await context.decode(EvaluatorRequest.self)
            let made = try await evaluators.create(
                try EvaluatorDraft(body), overwrite: body.overwrite ?? false, for: principal)
            return .json(EvaluatorBody(made, for: principal), status: 201)
        }
        routes.on(.get, "/v1/evaluators/{id}/", needs: .evaluatorRead, in: .evaluator("id")) { context, principal in
            let version = try context.query.id("version_id", of: EvaluatorVersion.self)
            let found = try await evaluators.find(context.parameter("id"), version: version, for: principal)
            return .json(EvaluatorBody(found, for: principal))
        }
        for method in [HTTPMethod.put, .patch] {
            routes.on(method, "/v1/evaluators/{id}/", needs: .evaluatorUpdate, in: .evaluator("id")) {
                context, principal in
                let body = try await context.decode(EvaluatorRequest.self)
                let changed = try await evaluators.update(
                    context.parameter("id"), try EvaluatorDraft(body), for: principal)
                return .json(EvaluatorBody(changed, for: principal))
            }
        }
        routes.on(.delete, "/v1/evaluators/{id}/", needs: .evaluatorDelete, in: .evaluator("id")) {
            context, principal in
            try await evaluators.delete(context.parameter("id"), for: principal)
            return .noContent
        }
        routes.on(.get, "/v1/evaluators/versions/{id}/", needs: .evaluatorRead, in: .evaluator("id")) {
            context, principal in
            // Clients read the first page only, so it is a long one.
            let page = try context.pageRequest(defaultSize: 100)
            let versions = try await evaluators.versions(of: context.parameter("id"), page, for: principal)
            return context.page(versions, at: \.versionKeyset) { EvaluatorBody($0, for: principal) }
        }
        routes.on(.post, "/v1/evaluators/duplicate/{id}/", needs: .evaluatorCreate, in: .any) { context, principal in
            let body = try await context.decode(DuplicateRequest.self)
            let copy = try await evaluators.duplicate(
                context.parameter("id"), to: body.projectId.map(ProjectID.init(uuid:)), for: principal)
            return .json(EvaluatorBody(copy, for: principal), status: 201)
        }
    }
}

extension EvaluatorDraft {
    init(_ body: EvaluatorRequest) throws {
        self.init()
        name = body.name
        criteria = body.criteria
        code = try body.code.map(CodeEvaluation.init(json:))
        models = body.models
        if let word = body.behavior {
            guard let known = EvaluatorBehavior(rawValue: word) else {
                throw APIProblem.invalid("behavior", "“\(word)” is not one of thorough, fast, balanced.")
            }
            behavior = known
        }
        if let id = body.objectiveId {
            objective = .existing(
                ObjectiveID(uuid: id), body.objectiveVersionId.map(ObjectiveVersionID.init(uuid:)))
        } else if let intent = body.objective?.intent {
            objective = .new(intent: intent)
        } else if let version = body.objectiveVersionId {
            objective = .version(ObjectiveVersionID(uuid: version))
        }
        inputVariables = body.inputVariables?.map(\.name)
        demonstrations = try body.evaluatorDemonstrations.map(Demonstration.list)
        demonstrationDatasetID = body.demonstrationDatasetId.map(DatasetID.init(uuid:))
        changeNote = body.changeNote
        projectID = body.projectId.map(ProjectID.init(uuid:))
    }
}

extension Demonstration {
    fileprivate static func list(_ bodies: [EvaluatorRequest.Demonstration]) throws -> [Demonstration] {
        try bodies.map { body in
            do {
                return Demonstration(
                    request: body.request ?? "", response: body.response ?? "", score: try Score(body.score),
                    justification: body.justification ?? "")
            } catch {
                throw APIProblem.invalid("evaluator_demonstrations", "A score has to be from 0 to 1: \(error).")
            }
        }
    }
}

extension EvaluatorFilter {
    init(_ query: QueryParameters) throws {
        self.init()
        if let word = query["evaluator_type"] {
            guard let known = Method(rawValue: word) else {
                throw APIProblem.invalid("evaluator_type", "“\(word)” is not one of managed, native.")
            }
            method = known
        }
        projectID = try query.id("project_id", of: Project.self)
        includesPublic = try query.bool("include_public") ?? false
        rootOnly = try query.bool("is_root_evaluator") ?? false
        name = query["name"]
        objectiveIntent = query["objective__intent"]
        ownerEmail = query["owner__email"]
        ownerFirstName = query["owner__first_name"]
        ownerLastName = query["owner__last_name"]
        search = query["search"]
    }
}

extension Evaluator {
    /// Its place in a list of evaluators.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
    /// Its place in the list of its versions.
    fileprivate var versionKeyset: Keyset { Keyset(createdAt: version.createdAt, id: version.id.uuid) }
}

extension EvaluatorBody {
    init(_ evaluator: Evaluator, for principal: Principal) {
        self.init(
            evaluator, defaultModel: PublicRoutes.defaultModel,
            hidesProject: evaluator.organizationID != principal.organizationID)
    }
}

extension EvaluatorRow {
    init(_ evaluator: Evaluator, for principal: Principal) {
        self.init(
            evaluator, defaultModel: PublicRoutes.defaultModel,
            hidesProject: evaluator.organizationID != principal.organizationID)
    }
}
