import FoundationEssentials
import Postgres
import Records
import Tenancy

/// A way along one index of the logs, and what is asked of each log on it.
struct SearchWalk {
    /// Conditions that the index answers, with its order: `WHERE … ORDER BY …`.
    let path: SQL
    let order: SQL
    let direction: PageRequest.Order
    /// What each log is asked.
    let filter: SQL
    /// Where the walk lies, for a way that is not along an index of times.
    let place: SQL
    /// Whether indexes find the logs that match, however few they are. ``LogWindows`` does not look at every log then.
    let isIndexed: Bool

    /// A walk along the index that answers `leading`, past logs that are asked `filter`.
    init(
        in organization: OrganizationID, along leading: SQL?, asking filter: [SQL], isIndexed: Bool,
        from earliest: Date?, to latest: Date?, _ order: PageRequest.Order, behind keyset: Keyset?, now: Date
    ) {
        let places = Self.place(from: earliest, to: latest, order, behind: keyset, now: now)
        place = (["l.organization_id = \(organization)"] + places).joined(separator: " AND ")
        direction = order
        self.order =
            switch order {
            case .newestFirst: "ORDER BY l.created_at DESC, l.id DESC"
            case .oldestFirst: "ORDER BY l.created_at, l.id"
            }
        path = """
            WHERE \(fragment: ([place] + [leading].compactMap { $0 }).joined(separator: " AND ")) \(fragment: self.order)
            """
        self.filter = (["true"] + filter).joined(separator: " AND ")
        self.isIndexed = isIndexed
    }

    /// What an operator looks for, with what is known of it.
    init(
        _ search: ExecutionSearch, _ known: KnownNames, _ organization: OrganizationID, _ order: PageRequest.Order,
        behind keyset: Keyset?, now: Date
    ) {
        let projectID = search.projectID ?? (known.projects?.count == 1 ? known.projects?.first : nil)
        // The index that leaves least to look at. What it answers is asked of each log as well, at no cost worth naming.
        let leading: SQL? =
            if let session = search.sessionID { "l.session_id = \(session)" } else if let user = search.userID {
                "l.user_id = \(user)"
            } else if let batch = search.batchID {
                "l.batch_id = \(batch)"
            } else if let item = search.itemID ?? known.items?.single {
                "l.executed_item_id = \(item)"
            } else if let judge = search.judgeID {
                "l.judge_id = \(judge)"
            } else if let projectID { "l.project_id = \(projectID)" } else { nil }
        // How long a call took has no index.
        let isIndexed = search.minimumLatency == nil && search.maximumLatency == nil
        self.init(
            in: organization, along: leading, asking: Self.conditions(of: search) + known.conditions,
            isIndexed: isIndexed, from: search.from, to: search.to, order, behind: keyset, now: now)
    }

    /// The logs on the way that match, of the first `reach`.
    func matching(limit: Int, reach: Int) -> SQL {
        """
        SELECT l.* FROM (SELECT l.* FROM execution_logs l \(fragment: path) LIMIT \(reach)) AS l
        WHERE \(fragment: filter) \(fragment: order) LIMIT \(limit)
        """
    }

    /// Where the walk lies in time.
    private static func place(
        from earliest: Date?, to end: Date?, _ order: PageRequest.Order, behind keyset: Keyset?, now: Date
    ) -> [SQL] {
        // Planning for every empty partition ahead takes longer than reading a page.
        let soon = now.addingTimeInterval(86_400)
        let latest = end.map { min(soon, $0) } ?? soon
        guard let keyset else { return bounds(earliest, latest) }
        // Bounds of the time as well: the comparison of pairs does not tell the planner which partitions are out of it.
        switch order {
        case .newestFirst:
            return bounds(earliest, min(latest, keyset.createdAt)) + [
                "(l.created_at, l.id) < (\(keyset.createdAt), \(keyset.id))"
            ]
        case .oldestFirst:
            return bounds(max(earliest ?? keyset.createdAt, keyset.createdAt), latest) + [
                "(l.created_at, l.id) > (\(keyset.createdAt), \(keyset.id))"
            ]
        }
    }

    private static func bounds(_ earliest: Date?, _ latest: Date) -> [SQL] {
        [earliest.map { "l.created_at >= \($0)" }, "l.created_at <= \(latest)"].compactMap { $0 }
    }

    private static func conditions(of search: ExecutionSearch) -> [SQL] {
        let names = search.nameParts.map { part -> SQL in
            "l.executed_item_name ILIKE \(SearchPattern.containing(part))"
        }
        let excluded = search.excludedNameParts.map { part -> SQL in
            "l.executed_item_name NOT ILIKE \(SearchPattern.containing(part))"
        }
        let others: [SQL?] = [
            search.leavesOutParts ? "l.parent_id IS NULL" : nil,
            // The index of scores is by type first.
            search.types.isEmpty && (search.minimumScore ?? search.maximumScore) == nil
                ? nil : "l.type = ANY (\(search.types.isEmpty ? ExecutionType.allCases : search.types))",
            search.projectID.map { "l.project_id = \($0)" },
            search.itemID.map { "l.executed_item_id = \($0)" },
            search.judgeID.map { "l.judge_id = \($0)" },
            search.batchID.map { "l.batch_id = \($0)" },
            search.sessionID.map { "l.session_id = \($0)" },
            search.userID.map { "l.user_id = \($0)" },
            // The index is of those that have some.
            search.tags.isEmpty ? nil : "l.tags @> \(search.tags) AND l.tags <> '{}'",
            search.excludedTags.isEmpty ? nil : "NOT l.tags && \(search.excludedTags)",
            search.failed.map { $0 ? "l.failure_code IS NOT NULL" : "l.failure_code IS NULL" },
            search.failureCodes.isEmpty ? nil : "l.failure_code = ANY (\(search.failureCodes))",
            search.minimumScore.map { "l.score >= \($0)" },
            search.maximumScore.map { "l.score <= \($0)" },
            search.minimumLatency.map { "l.call_duration_us >= \($0.microseconds)" },
            search.maximumLatency.map { "l.call_duration_us <= \($0.microseconds)" },
            search.minimumCost.map { "l.cost_nano_dollars >= \($0)" },
            search.maximumCost.map { "l.cost_nano_dollars <= \($0)" },
        ]
        return others.compactMap { $0 } + names + excluded
    }
}
