internal import Records
package import Scoring
internal import Stores
package import Tenancy

/// Carries evaluators from one organisation to another, as documents.
package struct EvaluatorCarriage: Sendable {
    private let evaluators: Evaluators
    private let datasets: Datasets
    private let annotations: Annotations

    package init(evaluators: Evaluators, datasets: Datasets, annotations: Annotations) {
        self.evaluators = evaluators
        self.datasets = datasets
        self.annotations = annotations
    }

    /// The document of an evaluator. Of a dataset that the caller may not read it has no examples.
    /// - Throws: `NotFound`.
    package func export(_ id: EvaluatorID, for principal: Principal) async throws -> PortableEvaluator {
        let evaluator = try await evaluators.find(id, to: .evaluatorRead, for: principal)
        let definition = evaluator.version.definition
        var document = PortableEvaluator()
        document.name = definition.name
        document.intent = evaluator.objective.version.intent
        document.criteria = definition.code == nil ? definition.criteria.text : nil
        document.code = definition.code
        document.models = definition.models
        document.behavior = definition.behavior
        document.demonstrations = definition.demonstrations.map(DocumentExample.init)
        if let dataset = definition.demonstrationDatasetID, evaluator.organizationID == principal.organizationID {
            document.demonstrations += try await examples(of: dataset, for: principal)
            document.demonstrations = Array(document.demonstrations.prefix(PortableEvaluator.mostExamples))
        }
        return document
    }

    /// Makes the evaluator that a document describes, with datasets of its examples; with `overwrite` a new version of the
    /// caller's newest one of that name.
    /// - Throws: `InvalidDefinition`; `PermissionDenied`.
    package func load(
        _ document: PortableEvaluator, overwrite: Bool, into project: ProjectID?, for principal: Principal
    ) async throws -> Evaluator {
        var draft = EvaluatorDraft()
        draft.name = document.name
        draft.criteria = document.criteria
        draft.code = document.code
        draft.models = document.code == nil ? document.models : nil
        draft.behavior = document.behavior
        draft.objective = .new(intent: document.intent)
        draft.projectID = project
        if !document.demonstrations.isEmpty {
            draft.demonstrationDatasetID = try await dataset(
                of: document.demonstrations, named: "\(document.name) demonstrations", in: project, for: principal)
        }
        let evaluator = try await evaluators.create(draft, overwrite: overwrite, for: principal)
        if !document.calibration.isEmpty {
            _ = try await dataset(
                of: document.calibration, named: "\(document.name) calibration", in: project, for: principal)
        }
        return evaluator
    }

    private func dataset(
        of examples: [DocumentExample], named name: String, in project: ProjectID?, for principal: Principal
    ) async throws -> DatasetID {
        var draft = DatasetDraft()
        draft.name = name
        draft.projectID = project
        let dataset = try await datasets.create(draft, for: principal)
        _ = try await datasets.add(examples.map(\.item), to: dataset.id, for: principal)
        return dataset.id
    }

    /// The items of a dataset that have a published score, as examples; none of one that is gone, as it is when it was
    /// left behind by an evaluator that was claimed.
    private func examples(
        of dataset: DatasetID, for principal: Principal
    ) async throws -> [DocumentExample] {
        let known = try await datasets.store.find(dataset, in: principal.organizationID)
        guard let known, principal.may(.datasetRead, with: known.organizationID, in: known.projectID) else {
            return []
        }
        var examples: [DocumentExample] = []
        var position = PageRequest.Position.start
        while examples.count < PortableEvaluator.mostExamples {
            let page = try await datasets.items(
                of: dataset, withArchived: false, PageRequest(limit: 100, order: .oldestFirst, position: position),
                for: principal)
            let labels = try await annotations.published(of: page.items, for: principal)
            for item in page.items {
                guard let label = labels[item.externalID]?.first else { continue }
                examples.append(
                    DocumentExample(
                        request: item.content.request, response: item.content.response, score: label.verdict.value,
                        justification: label.rationale))
            }
            guard page.hasNext, let last = page.items.last else { break }
            position = .after(Keyset(createdAt: last.createdAt, id: last.id.uuid))
        }
        return Array(examples.prefix(PortableEvaluator.mostExamples))
    }
}
