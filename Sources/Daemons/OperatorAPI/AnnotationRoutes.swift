internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Tenancy
internal import WireAPI

extension LabelRoutes {
    func addAnnotations(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorScale.path, needs: .scoreConfigRead, in: .shared) { _, principal in
            let found = try await configs.list(PageRequest(limit: 100), for: principal)
            return .json(OperatorScales(results: found.items.map(OperatorScale.init)))
        }
        routes.on(.get, OperatorLabel.path, needs: .annotationRead, in: .any) { context, principal in
            guard let log = context.query["execution"].flatMap({ ExecutionLogID($0) }) else {
                throw APIProblem.invalid("execution", "Must be the identifier of an execution.")
            }
            _ = try await logs.find(log, to: .annotationRead, for: principal)
            var filter = AnnotationFilter()
            filter.log = log
            filter.status = .published
            let found = try await annotations.list(filter, PageRequest(limit: 100), for: principal)
            return .json(OperatorLabels(results: found.items.map(OperatorLabel.init)))
        }
        routes.on(.post, OperatorLabel.path, needs: .annotationCreate, in: .any) { context, principal in
            let body = try await context.decode(OperatorLabelDraft.self)
            let made = try await annotations.create(
                AnnotationDraft(body), of: try body.target, on: body.scaleID.map(ScoreConfigID.init(uuid:)),
                for: principal)
            return .json(OperatorLabel(made), status: 201)
        }
        routes.on(.patch, OperatorLabel.path + "/{id}", needs: .annotationUpdate, in: .any) { context, principal in
            let body = try await context.decode(OperatorLabelDraft.self)
            let changed = try await annotations.update(
                context.parameter("id"), AnnotationDraft(body), for: principal)
            return .json(OperatorLabel(changed))
        }
        routes.on(.delete, OperatorLabel.path + "/{id}", needs: .annotationDelete, in: .any) { context, principal in
            try await annotations.delete(context.parameter("id"), for: principal)
            return .noContent
        }
    }
}

extension OperatorLabelDraft {
    /// What is labelled.
    fileprivate var target: Annotation.Target {
        get throws {
            switch (itemID, executionID) {
            case (let item?, nil): .datasetItem(DatasetItemID(uuid: item))
            case (nil, let execution?): .executionLog(ExecutionLogID(uuid: execution))
            case (nil, nil): throw APIProblem.invalid("item_id", "This field is required, or execution_id.")
            case (_?, _?): throw APIProblem.invalid("execution_id", "Not together with item_id.")
            }
        }
    }
}

extension AnnotationDraft {
    fileprivate init(_ body: OperatorLabelDraft) {
        self.init()
        value = body.value
        rationale = body.rationale
    }
}

extension OperatorLabel {
    init(_ annotation: Annotation) {
        self.init(
            id: annotation.id.uuid, scaleID: annotation.scoreConfigID.uuid, value: annotation.verdict.value,
            category: annotation.verdict.category, rationale: annotation.rationale,
            status: annotation.status.rawValue, author: OperatorPerson(annotation.author),
            createdAt: annotation.createdAt)
    }
}

extension OperatorScale {
    fileprivate init(_ config: ScoreConfig) {
        let kind: Kind =
            switch config.scale.kind {
            case .binary: .binary
            case .continuous: .continuous
            case .categorical: .categorical
            }
        self.init(
            id: config.id.uuid, name: config.name, kind: kind, minimum: config.scale.minimum,
            maximum: config.scale.maximum,
            categories: config.scale.categories.map { Category(label: $0.label, value: $0.value) },
            isGlobal: config.organizationID == nil)
    }
}
