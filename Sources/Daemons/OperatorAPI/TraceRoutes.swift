package import Access
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

/// Traces and the filters by which they are evaluated.
package struct TraceRoutes: Sendable {
    private let product: TraceProduct
    private let evaluators: Evaluators
    private let judges: Judges

    package init(product: TraceProduct, evaluators: Evaluators, judges: Judges) {
        self.product = product
        self.evaluators = evaluators
        self.judges = judges
    }

    package func add(to routes: inout ProtectedRoutes) {
        let traces = product.traces
        let path = OperatorTracePage.path
        routes.on(.get, path, needs: .traceRead, in: .any, leaving: .content) { context, principal in
            let conditions: [TraceCondition]
            do throws(ConditionProblem) {
                conditions = try TraceFilterText.conditions(of: context.query["filters"] ?? "")
            } catch {
                throw APIProblem.invalid("filters", error.description)
            }
            let page = try await traces.list(conditions, try context.pageRequest(), for: principal)
            return .json(
                OperatorTracePage(
                    results: page.items.map(OperatorTraceRow.init), next: page.next.map { Cursor(.after, $0).token }))
        }
        routes.on(.get, path + "/{id}", needs: .traceRead, in: .any, leaving: .content) { context, principal in
            .json(OperatorTraceDetail(try await traces.details(of: context.parameter("id"), for: principal)))
        }
        routes.on(.get, path + "/of-execution/{id}", needs: .traceRead, in: .any, leaving: .content) {
            context, principal in
            let id = try await traces.trace(of: context.parameter("id"), for: principal)
            return .json(OperatorTraceOfExecution(traceID: id.description))
        }
        routes.on(.get, OperatorTraceFilterList.path, needs: .traceRead, in: .any) { _, principal in
            let counts = try await product.filters.counts(for: principal)
            var rows: [OperatorTraceFilter] = []
            for filter in try await product.filters.all(for: principal) {
                rows.append(
                    OperatorTraceFilter(
                        filter, try await name(of: filter.content.target, principal), counts[filter.id] ?? [:]))
            }
            return .json(OperatorTraceFilterList(results: rows))
        }
    }

    /// What evaluates, by name; what is gone has none.
    private func name(of target: EvaluationFilter.Target, _ principal: Principal) async throws -> String {
        do {
            switch target {
            case .evaluator(let id): return try await evaluators.find(id, for: principal).name
            case .judge(let id): return try await judges.find(id, for: principal).name
            }
        } catch is NotFound {
            return ""
        }
    }
}
