internal import Records
internal import Scoring
package import Stores
internal import Tenancy

/// The worked examples that evaluators show to models.
package struct Demonstrations: Sendable {
    private let labels: CalibrationStore
    private let recent = RecentValues<Place, [Demonstration]>(lifetime: .seconds(2), limit: 200)

    private struct Place: Hashable {
        let organization: OrganizationID
        let dataset: DatasetID
    }

    /// How many labelled items of a dataset are looked at, the first ones.
    private static let mostItems = 500

    package init(labels: CalibrationStore) { self.labels = labels }

    /// What `evaluator` shows for an evaluation of `input`: of its own examples and those of its dataset the ones that
    /// ``DemonstrationChoice`` takes. Another organisation's dataset is not shown.
    func shown(
        by evaluator: Evaluator, for input: EvaluationInput, to principal: Principal
    ) async throws -> [Demonstration] {
        let definition = evaluator.version.definition
        var examples = definition.demonstrations
        if let dataset = definition.demonstrationDatasetID, evaluator.organizationID == principal.organizationID {
            examples += try await self.examples(of: dataset, in: principal.organizationID)
        }
        return examples.isEmpty ? [] : DemonstrationChoice.of(examples, for: input)
    }

    /// The items with published labels; what they have is the mean of the labels and the words of the newest.
    private func examples(of dataset: DatasetID, in organization: OrganizationID) async throws -> [Demonstration] {
        let found = try await recent.value(of: Place(organization: organization, dataset: dataset)) {
            try await labels.examples(of: dataset, in: organization, limit: Self.mostItems).compactMap { example in
                let input = example.item.content.input
                guard !input.isEmpty else { return nil }
                return Demonstration(
                    request: input.effectiveRequest ?? "", response: input.effectiveResponse ?? "",
                    score: try Score(min(1, max(0, example.value))), justification: example.rationale)
            }
        }
        return found ?? []
    }
}
