internal import Records
internal import Scoring
package import Stores
internal import Tenancy

/// The worked examples that evaluators show to models.
package struct Demonstrations: Sendable {
    private let labels: CalibrationStore
    private let datasets: DatasetStore
    private let recent = RecentValues<Place, Shown>(lifetime: .seconds(2), limit: 200)

    /// Where a dataset lies, and what is shown of it.
    private struct Shown: Sendable {
        let project: ProjectID
        let examples: [Demonstration]
    }

    private struct Place: Hashable {
        let organization: OrganizationID
        let dataset: DatasetID
    }

    /// How many labelled items of a dataset are looked at, the first ones.
    private static let mostItems = 500

    package init(labels: CalibrationStore, datasets: DatasetStore) {
        self.labels = labels
        self.datasets = datasets
    }

    /// What `evaluator` shows for an evaluation of `input`: of its own examples and those of its dataset the ones that
    /// ``DemonstrationChoice`` takes. Another organisation's dataset is not shown.
    /// - Throws: `InvalidDefinition` for a dataset of another project than the evaluator's where they have no role that may
    ///   read it.
    func shown(
        by evaluator: Evaluator, for input: EvaluationInput, to principal: Principal
    ) async throws -> [Demonstration] {
        let definition = evaluator.version.definition
        var examples = definition.demonstrations
        if let dataset = definition.demonstrationDatasetID, evaluator.organizationID == principal.organizationID {
            let shown = try await self.shown(of: dataset, in: principal.organizationID)
            if let shown, shown.project != evaluator.projectID,
                !principal.roleAllows(.datasetRead, in: shown.project)
            {
                throw InvalidDefinition(
                    "demonstration_dataset_id",
                    "“\(evaluator.name)” shows examples of a dataset in another project, which you may not read. Let "
                        + "somebody who may give it a dataset of its own project.")
            }
            examples += shown?.examples ?? []
        }
        return examples.isEmpty ? [] : DemonstrationChoice.of(examples, for: input)
    }

    /// The items with published labels; what they have is the mean of the labels and the words of the newest.
    private func shown(of dataset: DatasetID, in organization: OrganizationID) async throws -> Shown? {
        try await recent.value(of: Place(organization: organization, dataset: dataset)) {
            guard let known = try await datasets.find(dataset, in: organization) else { return nil }
            let labelled = try await labels.examples(of: dataset, in: organization, limit: Self.mostItems)
            let examples = try labelled.compactMap { example -> Demonstration? in
                let input = example.item.content.input
                guard !input.isEmpty else { return nil }
                return Demonstration(
                    request: input.effectiveRequest ?? "", response: input.effectiveResponse ?? "",
                    score: try Score(min(1, max(0, example.value))), justification: example.rationale)
            }
            return Shown(project: known.projectID, examples: examples)
        }
    }
}
