internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addScoreConfigs(to routes: inout ProtectedRoutes) {
        let one = "/v1/score-configs/{id}/"
        routes.on(.get, "/v1/score-configs/", needs: .scoreConfigRead, in: .shared) { context, principal in
            let page = try context.pageRequest()
            return context.page(
                try await scoreConfigs.list(page, for: principal), at: \.keyset, as: ScoreConfigBody.init)
        }
        routes.on(.post, "/v1/score-configs/", needs: .scoreConfigCreate) { context, principal in
            let draft = try ScoreConfigDraft(try await context.decode(ScoreConfigRequest.self))
            return .json(ScoreConfigBody(try await scoreConfigs.create(draft, for: principal)), status: 201)
        }
        routes.on(.get, one, needs: .scoreConfigRead, in: .shared) { context, principal in
            .json(ScoreConfigBody(try await scoreConfigs.find(context.parameter("id"), for: principal)))
        }
        for method in [HTTPMethod.put, .patch] {
            routes.on(method, one, needs: .scoreConfigUpdate) { context, principal in
                let draft = try ScoreConfigDraft(try await context.decode(ScoreConfigRequest.self))
                return .json(
                    ScoreConfigBody(
                        try await scoreConfigs.update(context.parameter("id"), draft, for: principal)))
            }
        }
        routes.on(.delete, one, needs: .scoreConfigDelete) { context, principal in
            try await scoreConfigs.delete(context.parameter("id"), for: principal)
            return .noContent
        }
    }
}

extension ScoreConfigDraft {
    fileprivate init(_ body: ScoreConfigRequest) throws {
        self.init()
        name = body.name
        kind = try body.type.map { try $0.choice(of: ScoreScale.Kind.self, field: "type") }
        minimum = body.minValue
        maximum = body.maxValue
        categories = body.categories?.map { ScoreScale.Category(label: $0.label, value: $0.value) }
    }
}

extension String {
    /// One of an enumeration's names; another text is the client's mistake, and named.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        of _: Choice.Type, field: String
    ) throws(APIProblem) -> Choice {
        guard let choice = Choice(rawValue: self) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(field, "“\(self)” is not one of \(known).")
        }
        return choice
    }
}

extension ScoreConfig {
    /// Its place in a list of score configs.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}
