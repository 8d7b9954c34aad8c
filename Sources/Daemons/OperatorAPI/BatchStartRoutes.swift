internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Queueing
internal import Records
internal import Scoring
internal import Stores
internal import Tenancy
internal import WireAPI

/// How operators start batches over datasets. Whether they may execute what they name is the operation's to say.
package struct BatchStartRoutes: Sendable {
    private let batches: Batches
    private let evaluators: Evaluators
    private let judges: Judges

    /// Of the operations of `product`.
    package init(_ product: Product) {
        batches = product.batches
        evaluators = product.evaluators
        judges = product.judges
    }

    func add(to routes: inout ProtectedRoutes) {
        routes.on(
            .post, OperatorDataset.path + "/{id}/batches", needs: .datasetRead, in: .dataset("id"),
            leaving: .change("batch.create")
        ) { context, principal in
            let body = try await context.decode(OperatorBatchDraft.self)
            let dataset = try context.parameter("id", as: DatasetID.self)
            let draft = BatchDraft(
                target: try await target(of: body, principal),
                source: .dataset(dataset, try body.places), tags: body.tags)
            let batch = try await batches.start(
                draft, for: principal, traceParent: context.propagation["traceparent"])
            return .json(
                OperatorStartedBatch(id: batch.id.uuid, name: batch.name, total: batch.counts.total), status: 201)
        }
    }

    private func target(of body: OperatorBatchDraft, _ principal: Principal) async throws -> BatchDraft.Target {
        if let judge = body.judge, body.evaluators.isEmpty {
            return .judge(try await judges.named(judge, for: principal), nil)
        }
        guard body.judge == nil, !body.evaluators.isEmpty else {
            throw APIProblem.invalid("evaluators", "Name evaluators, or a judge.")
        }
        var ids: [EvaluatorID] = []
        for text in body.evaluators {
            ids.append(try await evaluators.named(text, field: "evaluators", for: principal))
        }
        return .evaluators(ids)
    }
}

extension OperatorBatchDraft {
    /// The places of the items, counted from 0; `nil` for all.
    fileprivate var places: ClosedRange<Int>? {
        get throws {
            guard first != nil || last != nil else { return nil }
            let (first, last) = (first ?? 1, last ?? Int(Int32.max))
            guard first >= 1, last >= first else {
                throw APIProblem.invalid("last", "Items are counted from 1, and the last is not before the first.")
            }
            return first - 1...last - 1
        }
    }
}
