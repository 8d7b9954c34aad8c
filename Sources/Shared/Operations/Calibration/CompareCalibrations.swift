internal import EventLoop
package import Queueing
internal import Records
package import Statistics
internal import Stores
package import Tenancy

/// How the completed runs of a comparison group differ from one of them, on the examples that both have scored.
package struct CalibrationComparison: Sendable {
    /// One run beside the baseline.
    package struct Row: Sendable {
        package let run: BatchID
        /// How many examples both have scored, and how many one of them only.
        package let common: Int
        package let onlyBaseline: Int
        package let onlyRun: Int
        package let differences: [AgreementDifference]
        /// The probabilities of the differences, raised for the number of runs that are compared (Holm).
        package fileprivate(set) var adjusted: [AgreementDifference.Subject: Double]
    }

    package let group: String
    /// `nil` when no run of the group is completed.
    package let baseline: BatchID?
    /// The other runs, the oldest first.
    package let rows: [Row]
}

extension Calibrations {
    /// The most runs that are compared with a baseline at once, the newest ones.
    package static let mostCompared = 20
    /// The same for every pair of runs, so that the same numbers have the same ranges.
    private static let bootstrap = Bootstrap(resamples: 2000, seed: 20_260_101)

    /// Compares the completed runs of a group that the caller may see with `baseline`, else with the first of them. All figures of a run by labels on
    /// another scale are undefined.
    /// - Throws: `InvalidDefinition` naming the field `baseline` when it is no completed run of the group;
    ///   `WorkerThreads.Overloaded`.
    package func compare(
        _ group: String, with baseline: BatchID?, for principal: Principal
    ) async throws -> CalibrationComparison {
        guard let first = try await self.baseline(baseline, of: group, principal) else {
            return CalibrationComparison(group: group, baseline: nil, rows: [])
        }
        var rows: [CalibrationComparison.Row] = []
        let others = try await store.newestCompleted(
            of: group, besides: first.id, in: principal.organizationID, within: principal.reach(.calibrationRead),
            limit: Self.mostCompared)
        for run in others { rows.append(try await row(run, beside: first)) }
        return CalibrationComparison(group: group, baseline: first.id, rows: Self.adjusted(rows))
    }

    private func baseline(
        _ id: BatchID?, of group: String, _ principal: Principal
    ) async throws -> CalibrationRun? {
        let reach = principal.reach(.calibrationRead)
        guard let id else {
            return try await store.firstCompleted(of: group, in: principal.organizationID, within: reach)
        }
        guard let run = try await store.find(id, in: principal.organizationID),
            run.comparisonGroup == group, run.status == .completed, reach.contains(run.projectID)
        else { throw InvalidDefinition("baseline", "The group has no completed run \(id).") }
        return run
    }

    private func row(
        _ run: CalibrationRun, beside baseline: CalibrationRun
    ) async throws -> CalibrationComparison.Row {
        let examples = try await items.scores(of: baseline.id, and: run.id, in: run.organizationID)
        let common = examples.compactMap { example in
            example.first.flatMap { first in example.second.map { (human: example.humanValue, first, second: $0) } }
        }
        let differences = try await threads.run {
            // People's values on different scales are not the same thing, and only one run's would be taken for right.
            guard run.scoreConfigID == baseline.scoreConfigID else {
                return AgreementDifference.undefined(because: .scalesDiffer)
            }
            return try ComparedRuns(
                reference: common.map(\.human), first: common.map(\.1), second: common.map(\.second),
                firstThreshold: baseline.threshold, secondThreshold: run.threshold, bootstrap: Self.bootstrap
            ).differences()
        }
        return CalibrationComparison.Row(
            run: run.id, common: common.count, onlyBaseline: examples.count { $0.second == nil },
            onlyRun: examples.count { $0.first == nil }, differences: differences, adjusted: [:])
    }

    /// Every figure is one family of tests: who looks at several runs finds a difference by chance sooner.
    private static func adjusted(_ rows: [CalibrationComparison.Row]) -> [CalibrationComparison.Row] {
        var rows = rows
        for subject in AgreementDifference.Subject.allCases {
            let known = rows.indices.compactMap { index in
                rows[index].differences.first { $0.subject == subject }?.probability.value.map { (index, $0) }
            }
            let raised = Result { () throws(Undefined) in try MultipleTesting.holm(known.map(\.1)) }
            guard case .success(let probabilities) = raised else { continue }
            for (place, probability) in zip(known, probabilities) { rows[place.0].adjusted[subject] = probability }
        }
        return rows
    }
}
