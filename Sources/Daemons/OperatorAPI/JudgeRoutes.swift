internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension CatalogueRoutes {
    func addJudges(to routes: inout ProtectedRoutes) {
        let path = OperatorItemKind.judge.path
        routes.on(.get, path + "/{id}", needs: .judgeRead, in: .any) { context, principal in
            .json(try await judge(context.parameter("id"), nil, for: principal))
        }
        routes.on(.get, path + "/{id}/versions/{version}", needs: .judgeRead, in: .any) { context, principal in
            .json(try await judge(context.parameter("id"), context.parameter("version"), for: principal))
        }
    }

    private func judge(
        _ id: JudgeID, _ version: JudgeVersionID?, for principal: Principal
    ) async throws -> OperatorJudge {
        let item = try await items.find(.judge, id.uuid, for: principal)
        let judge = try await judges.find(id, version: version, for: principal)
        return OperatorJudge(
            judge, item: try await body(of: item, for: principal),
            version: OperatorVersion(
                try await items.version(judge.version.id.uuid, of: item),
                isCurrent: judge.version.id.uuid == item.version.id),
            members: try await members(of: judge, for: principal))
    }

    private func members(of judge: Judge, for principal: Principal) async throws -> [OperatorJudge.Member] {
        let latest = try await items.members(of: judge, for: principal)
        return zip(judge.version.definition.evaluators, judge.evaluators).compactMap { reference, evaluator in
            // One that was deleted since the judge was read is left out like those before.
            guard let current = latest[evaluator.id] else { return nil }
            return OperatorJudge.Member(
                id: evaluator.id.uuid, name: evaluator.name,
                origin: OperatorItem.Origin(current.origin(for: principal.organizationID)),
                isPinned: reference.pinned != nil,
                version: OperatorVersionReference(
                    id: evaluator.version.id.uuid, number: evaluator.version.number),
                latest: OperatorVersionReference(current.version), models: evaluator.version.definition.models,
                code: evaluator.version.definition.code?.rule.kind.rawValue)
        }
    }
}

extension OperatorJudge {
    fileprivate init(_ judge: Judge, item: OperatorItem, version: OperatorVersion, members: [Member]) {
        let definition = judge.version.definition
        self.init(
            item: item, version: version, name: definition.name, visibility: judge.visibility.rawValue,
            intent: definition.intent, stage: definition.stage, members: members,
            inputs: OperatorInput.all(of: judge.inputs))
    }
}
