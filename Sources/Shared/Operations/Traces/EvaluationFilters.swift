internal import FoundationEssentials
internal import Postgres
package import Records
internal import Scoring
package import Stores
package import Tenancy

/// The filters by which an organisation has its traces evaluated.
package struct EvaluationFilters: Sendable {
    private let store: EvaluationFilterStore
    private let candidates: TraceCandidateStore
    private let traces: TraceStore
    private let evaluators: Evaluators
    private let judges: Judges
    private let identifiers: IdentifierSource
    private let audit: ProductAudit

    /// How many of the newest traces a filter is tried on.
    private static let tried = 20
    /// The most bytes of a document.
    private static let largestDocument = 64 << 10

    package init(
        store: EvaluationFilterStore, candidates: TraceCandidateStore, traces: TraceStore, evaluators: Evaluators,
        judges: Judges, identifiers: IdentifierSource, audit: ProductAudit
    ) {
        self.store = store
        self.candidates = candidates
        self.traces = traces
        self.evaluators = evaluators
        self.judges = judges
        self.identifiers = identifiers
        self.audit = audit
    }

    /// The filters, the newest first: all for whoever reads the traces of the whole organisation, and for others those by
    /// which something evaluates that they see.
    package func all(for principal: Principal) async throws -> [EvaluationFilter] {
        let all = try await store.all(in: principal.organizationID)
        guard principal.reach(.traceRead) != .organization else { return all }
        var seen: [EvaluationFilter] = []
        for filter in all where try await sees(filter, principal) { seen.append(filter) }
        return seen
    }

    private func sees(_ filter: EvaluationFilter, _ principal: Principal) async throws -> Bool {
        guard principal.reach(.traceRead) != .organization else { return true }
        do {
            switch filter.content.target {
            case .evaluator(let id): _ = try await evaluators.find(id, to: .evaluatorRead, for: principal)
            case .judge(let id): _ = try await judges.find(id, to: .judgeRead, for: principal)
            }
            return true
        } catch is NotFound {
            return false
        }
    }

    /// The filter.
    /// - Throws: `NotFound`.
    package func find(_ id: EvaluationFilterID, for principal: Principal) async throws -> EvaluationFilter {
        guard let filter = try await store.find(id, in: principal.organizationID), try await sees(filter, principal)
        else { throw NotFound("Evaluation filter") }
        return filter
    }

    /// How many traces have come to what, under each filter; nothing for whoever reads the traces of some projects only.
    package func counts(for principal: Principal) async throws -> [EvaluationFilterID: [CandidateState: Int]] {
        guard principal.reach(.traceRead) == .organization else { return [:] }
        return try await candidates.counts(in: principal.organizationID)
    }

    /// Makes a filter.
    /// - Throws: `InvalidDefinition`.
    package func create(_ content: EvaluationFilter.Content, for principal: Principal) async throws -> EvaluationFilter
    {
        _ = try await check(content, principal)
        let (id, date) = identifiers.nextDated(EvaluationFilter.self)
        let filter = EvaluationFilter(
            id: id, organizationID: principal.organizationID, ownerID: principal.user.id, content: content,
            createdAt: date, updatedAt: date)
        return try await audit.perform("trace_filter.create", on: "trace_filter:\(id)", by: principal) { database in
            guard try await EvaluationFilterStore(database: database).create(filter) else {
                throw InvalidDefinition(problems: [
                    .init(
                        field: "non_field_errors",
                        message: "There are \(EvaluationFilterStore.most) filters already, as many as may be.")
                ])
            }
            return Audit.Change(filter, made: FilterFigures(filter))
        }
    }

    /// Changes a filter: `change` is given what it says.
    /// - Throws: `NotFound`; `InvalidDefinition`.
    package func update(
        _ id: EvaluationFilterID, for principal: Principal,
        _ change: (EvaluationFilter.Content) throws -> EvaluationFilter.Content
    ) async throws -> EvaluationFilter {
        let known = try await find(id, for: principal)
        let content = try change(known.content)
        _ = try await check(content, principal)
        let filter = EvaluationFilter(
            id: id, organizationID: known.organizationID, ownerID: known.ownerID, content: content,
            createdAt: known.createdAt, updatedAt: Date())
        return try await audit.perform("trace_filter.update", on: "trace_filter:\(id)", by: principal) { database in
            guard try await EvaluationFilterStore(database: database).update(filter) else {
                throw NotFound("Evaluation filter")
            }
            return Audit.Change(filter, from: FilterFigures(known), to: FilterFigures(filter))
        }
    }

    /// Deletes a filter. What it has had evaluated stays.
    /// - Throws: `NotFound`.
    package func delete(_ id: EvaluationFilterID, for principal: Principal) async throws {
        let known = try await find(id, for: principal)
        try await audit.perform("trace_filter.delete", on: "trace_filter:\(id)", by: principal) { database in
            let store = EvaluationFilterStore(database: database)
            guard try await store.delete(id, in: principal.organizationID, at: Date()) else {
                throw NotFound("Evaluation filter")
            }
            return Audit.Change((), ending: FilterFigures(known))
        }
    }

    /// Tries what a filter says on the newest traces, and says what its makers will hardly want.
    /// - Throws: `InvalidDefinition`.
    package func warnings(
        about content: EvaluationFilter.Content, for principal: Principal
    ) async throws -> [String] {
        let plan = try await check(content, principal)
        let newest = try await traces.newest(Self.tried, in: principal.organizationID)
        guard !newest.isEmpty else { return ["No trace has come yet to try the filter on."] }
        var fulfilling = 0
        var conversations = 0
        var matched = Set<Int>()
        for id in newest {
            guard try await traces.fulfils(plan.conditions, id, in: principal.organizationID) else { continue }
            fulfilling += 1
            let spans = try await traces.spans(of: id, in: principal.organizationID).map(\.span)
            matched.formUnion(TraceExtraction.matching(plan.rules, in: spans))
            if TraceExtraction.input(of: spans, by: plan.rules) != nil { conversations += 1 }
        }
        let tried = newest.count == 1 ? "the newest trace" : "the \(newest.count) newest traces"
        guard fulfilling > 0 else { return ["None of \(tried) fulfils the criteria."] }
        var warnings = plan.rules.indices.filter { !matched.contains($0) }.map {
            "Rule \($0 + 1) finds nothing in any span of \(tried) that fulfil the criteria."
        }
        if conversations == 0 {
            warnings.append("The rules find no question with an answer in \(tried) that fulfil the criteria.")
        }
        if content.samplingRate == 0 { warnings.append("With a sampling rate of 0 nothing is evaluated.") }
        return warnings
    }

    private func check(
        _ content: EvaluationFilter.Content, _ principal: Principal
    ) async throws -> FilterPlan {
        try InvalidDefinition.check { findings in
            findings.length(of: content.name, in: 1...255, field: "name")
            if !(0...1).contains(content.samplingRate) {
                findings.add("sampling_rate", "Ensure this value is between 0 and 1.")
            }
            if !(0...604_800).contains(content.delaySeconds) {
                findings.add("delay_seconds", "Ensure this value is between 0 and 604800, a week.")
            }
            for (field, document) in [
                ("filter_criteria", content.criteria), ("extractor_rules", content.extractorRules),
            ] where document.text.utf8.count > Self.largestDocument {
                findings.add(field, "Ensure this has at most \(Self.largestDocument) bytes.")
            }
        }
        let plan = try FilterPlan(content)
        do {
            switch content.target {
            case .evaluator(let id): _ = try await evaluators.find(id, to: .evaluatorExecute, for: principal)
            case .judge(let id): _ = try await judges.find(id, to: .judgeExecute, for: principal)
            }
        } catch let missing as NotFound {
            let field = missing.kind == "Judge" ? "judge_id" : "evaluator_id"
            throw InvalidDefinition(problems: [.init(field: field, message: missing.description)])
        }
        return plan
    }
}

/// What the audit keeps of a filter, with digests of its criteria and rules in place of them.
private struct FilterFigures: Encodable, Sendable {
    let name: String
    let target: String
    let criteria: KeptText?
    let extractorRules: KeptText?
    let samplingRate: Double
    let delaySeconds: Int
    let appliesToNewOnly: Bool
    let isActive: Bool

    init(_ filter: EvaluationFilter) {
        let content = filter.content
        name = content.name
        target =
            switch content.target {
            case .evaluator(let id): "evaluator:\(id)"
            case .judge(let id): "judge:\(id)"
            }
        criteria = KeptText(content.criteria.text)
        extractorRules = KeptText(content.extractorRules.text)
        samplingRate = content.samplingRate
        delaySeconds = content.delaySeconds
        appliesToNewOnly = content.appliesToNewOnly
        isActive = content.isActive
    }
}
