internal import FoundationEssentials
internal import JSON
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

/// What plans can do to executions.
package struct ExecutionPlans: Sendable {
    private let logs: ExecutionLogs
    private let tags: ExecutionTags
    private let reruns: Reruns

    /// How many things are shown of a plan.
    private static let samples = 5
    /// How many logs are gathered in one step, and in how many steps at most where few match.
    private static let page = 500
    private static let pages = 200

    package init(logs: ExecutionLogs, tags: ExecutionTags, reruns: Reruns) {
        self.logs = logs
        self.tags = tags
        self.reruns = reruns
    }

    private static let tagging: [Permission] = [.executionLogList, .executionLogTag]
    private static let repeating: [Permission] = [.executionLogRead, .judgeExecute, .evaluatorExecute]

    /// Tagging, untagging, executing again.
    package var actions: [PlannedAction] {
        [
            PlannedAction(
                .tag, needs: Self.tagging, in: .projects, batchSize: 200, concurrency: 1,
                prepare: { try await prepareTags($0, $1, adds: true) },
                perform: { batch in
                    try await change(batch.ids, adding: batch.arguments.tags ?? [], removing: [], batch.principal)
                },
                undo: { try await undo($0, $1.principal, wasAdding: true) }),
            PlannedAction(
                .untag, needs: Self.tagging, in: .projects, batchSize: 200, concurrency: 1,
                prepare: { try await prepareTags($0, $1, adds: false) },
                perform: { batch in
                    try await change(batch.ids, adding: [], removing: batch.arguments.tags ?? [], batch.principal)
                },
                undo: { try await undo($0, $1.principal, wasAdding: false) }),
            PlannedAction(
                .runAgain, needs: Self.repeating, in: .projects, storesMuch: true, batchSize: 1, concurrency: 4,
                prepare: prepareReruns, perform: runAgain),
        ]
    }

    // MARK: Finding the executions

    /// The executions of a draft that lie where all of this may be done, the newest first, and whether there are more.
    private func executions(
        of draft: OperatorPlanDraft, toDo permissions: [Permission], _ principal: Principal
    ) async throws -> (found: [ExecutionLogSummary], isCut: Bool) {
        func isWithinReach(_ log: ExecutionLogSummary) -> Bool {
            permissions.allSatisfy { principal.may($0, in: log.projectID) }
        }
        if let ids = draft.ids {
            let wanted = ids.prefix(Plans.mostThings).map(ExecutionLogID.init(uuid:))
            var found: [ExecutionLogSummary] = []
            for start in stride(from: 0, to: wanted.count, by: Self.page) {
                let page = Array(wanted[start..<min(start + Self.page, wanted.count)])
                found += try await logs.summaries(of: page, for: principal).filter(isWithinReach)
            }
            return (found, ids.count > Plans.mostThings)
        }
        let search: ExecutionSearch
        do throws(OperatorInvalidParameter) {
            search = try ExecutionSearch(
                OperatorExecutionFilter(parameters: (draft.filter ?? []).map { ($0.name, $0.value) }))
        } catch {
            throw PlanProblem(.draft(field: "filter"), "\(error.name) must be \(error.expected).")
        }
        let limit = min(draft.limit ?? Plans.mostThings, Plans.mostThings)
        guard limit > 0 else { throw PlanProblem(.draft(field: "limit"), "Must be at least 1.") }
        var found: [ExecutionLogSummary] = []
        var place: Keyset?
        for _ in 0..<Self.pages {
            let page = try await logs.search(
                search, .newestFirst, behind: place, limit: min(Self.page, limit - found.count),
                to: permissions.last ?? .executionLogList, for: principal)
            found += page.items.filter(isWithinReach)
            place = page.next
            guard place != nil, found.count < limit else { return (found, place != nil) }
        }
        return (found, true)
    }

    private func content(
        _ found: [ExecutionLogSummary], isCut: Bool, effect: String, cost: Money?, undo: String?
    ) -> PlanContent {
        PlanContent(
            things: .named(found.map(\.id.uuid)), isCut: isCut, effect: effect,
            estimatedCostNanodollars: cost?.nanoDollars,
            samples: found.prefix(Self.samples).map { OperatorPlan.Sample(id: $0.id.uuid, name: $0.item.name) },
            confirmation: OperatorPlan.Confirmation(kind: .count, text: "\(found.count)"), undoEffect: undo)
    }

    private static func count(_ found: [ExecutionLogSummary]) -> String {
        found.count == 1 ? "1 execution" : "\(found.count) executions"
    }

    // MARK: Tags

    private func prepareTags(
        _ draft: OperatorPlanDraft, _ principal: Principal, adds: Bool
    ) async throws -> PlanContent {
        let wanted = draft.arguments.tags ?? []
        try ExecutionTags.check(adding: adds ? wanted : [], removing: adds ? [] : wanted)
        let (found, isCut) = try await executions(of: draft, toDo: Self.tagging, principal)
        let names = wanted.map { "“\($0)”" }.joined(separator: ", ")
        let kind = wanted.count == 1 ? "tag" : "tags"
        return content(
            found, isCut: isCut,
            effect: adds
                ? "\(Self.count(found)) will have the \(kind) \(names)."
                : "\(Self.count(found)) will not have the \(kind) \(names) any more.",
            cost: nil,
            undo: adds
                ? "Takes the tags away where the plan gave them." : "Gives the tags back where the plan took them.")
    }

    /// The outcome notes which tags were given or taken: only those are undone.
    private func change(
        _ ids: [UUID], adding added: [String], removing removed: [String], _ principal: Principal
    ) async throws -> [PlanOutcome] {
        let edits = try await tags.change(
            ids.map(ExecutionLogID.init(uuid:)), adding: added, removing: removed, for: principal)
        let byID = Dictionary(edits.map { ($0.id.uuid, $0) }) { first, _ in first }
        return ids.map { id in
            guard let edit = byID[id] else { return .failed("The execution is not there any more.") }
            guard !edit.isRefused(adding: added) else { return .failed(ExecutionTags.tooMany) }
            let given = edit.after.filter { !edit.before.contains($0) }
            let taken = edit.before.filter { !edit.after.contains($0) }
            let changed = given + taken
            return .done(
                undo: changed.isEmpty ? nil : String(decoding: JSONCodec.encode(changed), as: UTF8.self))
        }
    }

    private func undo(
        _ traces: [PlanTrace], _ principal: Principal, wasAdding: Bool
    ) async throws -> [PlanOutcome] {
        var outcomes: [UUID: PlanOutcome] = [:]
        for (text, alike) in Dictionary(grouping: traces, by: \.undo) {
            let changed = try JSONCodec.decode([String].self, from: Array(text.utf8))
            let ids = alike.map(\.id)
            let made = try await change(
                ids, adding: wasAdding ? [] : changed, removing: wasAdding ? changed : [], principal)
            for (id, outcome) in zip(ids, made) { outcomes[id] = outcome }
        }
        return traces.map { outcomes[$0.id] ?? .failed("The execution is not there any more.") }
    }

    // MARK: Executing again

    private func prepareReruns(_ draft: OperatorPlanDraft, _ principal: Principal) async throws -> PlanContent {
        let (all, isCut) = try await executions(of: draft, toDo: Self.repeating, principal)
        let found = all.filter { $0.type == .evaluator || $0.type == .judge }
        // Those that failed early cost less than they will when they work; there is nothing better to go by.
        let cost = found.compactMap(\.cost).reduce(Money.zero, +)
        let version = draft.arguments.version == .same ? "the versions that were executed" : "their current versions"
        let left = all.count - found.count
        let rest = left == 0 ? "" : " \(left) of other kinds are left out."
        return content(
            found, isCut: isCut,
            effect: "\(Self.count(found)) will be made again, with \(version), and be recorded as new ones.\(rest)",
            cost: cost, undo: nil)
    }

    private func runAgain(_ batch: PlanBatch) async throws -> [PlanOutcome] {
        var outcomes: [PlanOutcome] = []
        for id in batch.ids {
            do {
                let receipt = try await reruns.runAgain(
                    ExecutionLogID(uuid: id), sameVersion: batch.arguments.version == .same, as: batch.principal,
                    batch.context)
                outcomes.append(receipt.failure.map { .failed("No score: \($0.summary)") } ?? .done(undo: nil))
            } catch let problem as NotRepeatable {
                outcomes.append(.failed(problem.description))
            } catch is NotFound {
                outcomes.append(.failed("The execution is not there any more."))
            } catch is PermissionDenied {
                outcomes.append(.failed("You may not execute what was executed, or not there."))
            }
        }
        return outcomes
    }
}
