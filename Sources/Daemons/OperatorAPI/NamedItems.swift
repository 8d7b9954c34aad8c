internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Stores
internal import Tenancy

// What operators name in words, found.

extension Evaluators {
    /// The evaluator of this identifier or exactly this name; `field` is where it was named, for who named none.
    func named(
        _ text: String, field: String = "evaluator", for principal: Principal
    ) async throws -> EvaluatorID {
        if let id = EvaluatorID(text) { return id }
        var filter = EvaluatorFilter()
        filter.name = text
        guard let found = try await list(filter, PageRequest(limit: 1), for: principal).items.first else {
            throw APIProblem.invalid(field, "“\(text)” is the name of no evaluator.")
        }
        return found.id
    }
}

extension Judges {
    /// The judge of this identifier or exactly this name.
    func named(_ text: String, for principal: Principal) async throws -> JudgeID {
        if let id = JudgeID(text) { return id }
        var filter = JudgeFilter()
        filter.name = text
        guard let found = try await list(filter, PageRequest(limit: 1), for: principal).items.first else {
            throw APIProblem.invalid("judge", "“\(text)” is the name of no judge.")
        }
        return found.id
    }
}
