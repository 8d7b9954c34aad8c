import FoundationEssentials
import Postgres
import Records
import Tenancy

extension SearchWalk {
    /// What an operator looks for, with what is known of it.
    init(
        _ search: ExecutionSearch, _ known: KnownNames, _ organization: OrganizationID, _ order: PageRequest.Order,
        now: Date
    ) {
        // How long a call took, what it did not have, and parts of names that too many items have: no index finds those, nor
        // what an evaluator did on its own, which may be nothing among millions of logs within judges.
        let isIndexed =
            search.minimumLatency == nil && search.maximumLatency == nil && search.excludedTags.isEmpty
            && search.excludedNameParts.isEmpty && search.failed != false
            && (search.nameParts.isEmpty || (known.items != nil && !search.leavesOutParts))
        self.init(
            in: organization, along: search.lead(known), asking: search.conditions + known.conditions, of: known.items,
            tags: search.tags, goesOn: isIndexed, from: search.from, to: search.to, order, now: now)
    }
}

extension ExecutionSearch {
    /// The index that leaves least to look at. What it answers is asked of each log as well, at no cost worth naming.
    fileprivate func lead(_ known: KnownNames) -> SearchWalk.Lead {
        if let sessionID { return SearchWalk.Lead(condition: "l.session_id = \(sessionID)") }
        if let userID { return SearchWalk.Lead(condition: "l.user_id = \(userID)") }
        if let batchID { return SearchWalk.Lead(condition: "l.batch_id = \(batchID)") }
        if let item = itemID ?? known.items?.single {
            let judge: [SQL] = judgeID.map { ["l.judge_id = \($0)"] } ?? []
            return SearchWalk.Lead(condition: "l.executed_item_id = \(item)", told: judge + figures)
        }
        if let judgeID { return SearchWalk.Lead(condition: "l.judge_id = \(judgeID)", told: figures) }
        let project = projectID ?? (known.projects?.count == 1 ? known.projects?.first : nil) ?? reach.single
        return SearchWalk.Lead(condition: project.map { "l.project_id = \($0)" }, told: figures)
    }

    /// What the indexes of times tell.
    private var figures: [SQL] {
        [
            minimumScore.map { "l.score >= \($0)" }, maximumScore.map { "l.score <= \($0)" },
            minimumCost.map { "l.cost_nano_dollars >= \($0)" }, maximumCost.map { "l.cost_nano_dollars <= \($0)" },
        ].compactMap { $0 }
    }

    /// What is asked of each log besides its tags.
    fileprivate var conditions: [SQL] {
        let names = nameParts.map { part -> SQL in
            "l.executed_item_name ILIKE \(SearchPattern.containing(part))"
        }
        let excluded = excludedNameParts.map { part -> SQL in
            "l.executed_item_name NOT ILIKE \(SearchPattern.containing(part))"
        }
        let others: [SQL?] = [
            leavesOutParts ? "l.parent_id IS NULL" : nil,
            // The index of scores is by type first.
            types.isEmpty && (minimumScore ?? maximumScore) == nil
                ? nil : "l.type = ANY (\(types.isEmpty ? ExecutionType.allCases : types))",
            projectID.map { "l.project_id = \($0)" },
            SQL.within(reach, "l.project_id"),
            itemID.map { "l.executed_item_id = \($0)" },
            judgeID.map { "l.judge_id = \($0)" },
            batchID.map { "l.batch_id = \($0)" },
            sessionID.map { "l.session_id = \($0)" },
            userID.map { "l.user_id = \($0)" },
            excludedTags.isEmpty ? nil : "NOT l.tags && \(excludedTags)",
            failed.map { $0 ? "l.failure_code IS NOT NULL" : "l.failure_code IS NULL" },
            failureCodes.isEmpty ? nil : "l.failure_code = ANY (\(failureCodes))",
            minimumLatency.map { "l.call_duration_us >= \($0.microseconds)" },
            maximumLatency.map { "l.call_duration_us <= \($0.microseconds)" },
        ]
        return others.compactMap { $0 } + figures + names + excluded
    }
}

extension ProjectReach {
    /// The project, where it is one.
    fileprivate var single: ProjectID? {
        guard case .projects(let projects) = self, projects.count == 1 else { return nil }
        return projects.first
    }
}
