internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension CatalogueRoutes {
    /// Texts travel as JSON, which may double a character.
    private static let options = RouteOptions(bodyLimit: 10 << 20)

    func addDocuments(_ kind: OperatorItemKind, to routes: inout ProtectedRoutes) {
        routes.on(.get, kind.path + "/document", needs: kind.creation, in: .any) { context, principal in
            .json(OperatorDocument(kind: kind, id: nil, version: nil, text: documents.form(kind.item)))
        }
        routes.on(.get, kind.path + "/{id}/document", needs: kind.reading, in: .any) { context, principal in
            let written = try await documents.write(
                kind.item, context.uuid("id"), version: context.query.uuid("version_id"), for: principal)
            return .json(
                OperatorDocument(
                    kind: kind, id: written.item.id, version: OperatorVersionReference(written.version),
                    text: written.text))
        }
        // What is needed beyond reading depends on whether it makes an item or changes one.
        routes.on(
            .post, kind.path + "/documents", needs: kind.reading, in: .any,
            leaving: .change("\(kind.rawValue).submit"), Self.options
        ) { context, principal in
            let body = try await context.decode(OperatorDocumentSubmission.self)
            let receipt = try await documents.submit(
                DocumentSubmission(
                    kind: kind.item, text: body.text, id: body.id, expectedVersionID: body.expectedVersionID,
                    changeNote: body.changeNote, isDryRun: body.dryRun), for: principal)
            if receipt.saved == nil { AccessTrail.leaveNothing() }
            var saved: OperatorItem?
            if let item = receipt.saved { saved = try await self.body(of: item, for: principal) }
            return .json(
                OperatorDocumentReceipt(
                    problems: receipt.problems.map(OperatorDocumentProblem.init), changedFields: receipt.changedFields,
                    saved: saved))
        }
    }

    /// Several documents at once.
    func addExchange(to routes: inout ProtectedRoutes) {
        routes.on(.post, OperatorExport.path, needs: .evaluatorRead, in: .any, leaving: .export, Self.options) {
            context, principal in
            try principal.requireAnywhere(.judgeRead)
            let body = try await context.decode(OperatorExport.self)
            let exported = try await documents.export(
                evaluators: body.evaluatorIDs.map(EvaluatorID.init(uuid:)),
                judges: body.judgeIDs.map(JudgeID.init(uuid:)),
                withEvaluatorsOfJudges: body.includesEvaluatorsOfJudges, for: principal)
            return .json(
                OperatorExportedDocuments(
                    text: exported.text, items: exported.items.map(OperatorItemReference.init)))
        }
        // What is needed beyond reading depends on the documents.
        routes.on(
            .post, OperatorImport.path, needs: .evaluatorRead, in: .any, leaving: .change("evaluator.import"),
            Self.options
        ) { context, principal in
            try principal.requireAnywhere(.judgeRead)
            let body = try await context.decode(OperatorImport.self)
            let project = body.projectID.map(ProjectID.init(uuid:))
            let plan =
                if let token = body.planToken {
                    try await documents.carryOut(planOf: token, importing: body.text, to: project, for: principal)
                } else {
                    try await documents.plan(importing: body.text, to: project, for: principal)
                }
            if !plan.isDone { AccessTrail.leaveNothing() }
            return .json(OperatorImportPlan(plan))
        }
    }
}

extension OperatorDocumentProblem {
    fileprivate init(_ problem: DocumentProblem) {
        self.init(line: problem.line, column: problem.column, field: problem.field, message: problem.message)
    }
}

extension OperatorImportPlan {
    fileprivate init(_ plan: ImportPlan) {
        self.init(entries: plan.entries.map(Entry.init), token: plan.token, isDone: plan.isDone)
    }
}

extension OperatorImportPlan.Entry {
    fileprivate init(_ entry: ImportPlan.Entry) {
        self.init(
            line: entry.line, kind: entry.kind.map(OperatorItemKind.init), name: entry.name,
            action: OperatorImportPlan.Action(entry.action), id: entry.id,
            version: entry.version.map(OperatorVersionReference.init), changedFields: entry.changedFields,
            problems: entry.problems.map(OperatorDocumentProblem.init))
    }
}

extension OperatorImportPlan.Action {
    fileprivate init(_ action: ImportPlan.Action) {
        switch action {
        case .create: self = .create
        case .update: self = .update
        case .unchanged: self = .unchanged
        case .refused: self = .refused
        }
    }
}
