internal import FoundationEssentials
internal import HTTPMessages
internal import Records
package import Stores
internal import Tenancy
internal import WireAPI

/// Exporting what a filter shows, by a plan that says first how much that is.
package struct ExportPlans: Sendable {
    private let exports: Exports
    private let searches: ExecutionSearchStore

    /// How long is counted: somebody waits for it.
    private static let patience = Duration.seconds(2)

    package init(exports: Exports, searches: ExecutionSearchStore) {
        self.exports = exports
        self.searches = searches
    }

    /// The action; its one step begins the export.
    package var action: PlannedAction {
        PlannedAction(
            .exportExecutions, needs: [.executionLogList, .executionLogRead], storesMuch: true, batchSize: 1,
            concurrency: 1, prepare: prepare,
            perform: { batch in batch.ids.map { _ in .failed("Exports are made of a filter.") } },
            sweep: start,
            whenRefused: { error, caller in
                await exports.audit.note(
                    .refused, Audit.Deed("export.create", on: "executions"),
                    by: AuditActor(caller.principal, from: caller.address, requestID: nil),
                    because: error.description)
            })
    }

    private func prepare(_ draft: OperatorPlanDraft, _ principal: Principal) async throws -> PlanContent {
        guard let filter = draft.filter else {
            throw PlanProblem(.draft(field: "filter"), "Exports are made of a filter, not of single executions.")
        }
        let moment = Date()
        var search = try Self.search(filter)
        search.to = search.to.map { min($0, moment) } ?? moment
        let (count, isWhole) = try await self.count(search, in: principal.organizationID)
        let format = draft.arguments.format ?? .jsonl
        let amount = count == 1 ? "1 execution" : "\(count) executions"
        let effect =
            "\(isWhole ? amount : "More than \(amount)") will be written to a file in the background, as "
            + "\(format == .csv ? "a CSV table" : "JSON lines"), with what was asked and answered."
        return PlanContent(
            things: .matching(PlanSelection(filter: filter, count: count, moment: moment)), isCut: false,
            effect: effect, estimatedCostNanodollars: nil, samples: [],
            confirmation: OperatorPlan.Confirmation(kind: .count, text: "\(count)"), undoEffect: nil)
    }

    /// Counts as far as there is time.
    private func count(
        _ search: ExecutionSearch, in organization: OrganizationID
    ) async throws -> (count: Int, isWhole: Bool) {
        let start = ContinuousClock.now
        var count = 0
        var place: Keyset?
        repeat {
            let step = try await searches.count(search, in: organization, behind: place)
            count += step.count
            place = step.next
        } while place != nil && (count == 0 || start.duration(to: .now) < Self.patience)
        return (count, place == nil)
    }

    private func start(_ sweep: PlanSweep) async throws -> PlanStride {
        let format: ExportFormat =
            switch sweep.arguments.format ?? .jsonl {
            case .jsonl: .jsonl
            case .csv: .csv
            }
        let filter = try Self.filter(sweep.selection.filter)
        do {
            _ = try await exports.start(
                ExportDraft(filter, format: format, expectedRows: sweep.selection.count),
                in: sweep.caller.principal.organizationID,
                by: AuditActor(
                    sweep.caller.principal, from: sweep.caller.address, requestID: sweep.context.requestID),
                traceParent: sweep.context.propagation["traceparent"])
        } catch let error as TooManyExports {
            throw PlanProblem(.state, error.description)
        }
        return PlanStride(done: sweep.selection.count, place: nil)
    }

    private static func search(_ parameters: [OperatorPlanDraft.Parameter]) throws -> ExecutionSearch {
        do throws(OperatorInvalidParameter) {
            return try ExecutionSearch(filter(parameters))
        } catch {
            throw PlanProblem(.draft(field: "filter"), "\(error.name) must be \(error.expected).")
        }
    }

    private static func filter(
        _ parameters: [OperatorPlanDraft.Parameter]
    ) throws(OperatorInvalidParameter) -> OperatorExecutionFilter {
        try OperatorExecutionFilter(parameters: parameters.map { ($0.name, $0.value) })
    }
}
