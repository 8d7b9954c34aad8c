import FoundationEssentials
import Postgres
import Records
import Tenancy

/// A way along one index of the logs' times, and what is asked of each log on it.
struct SearchWalk {
    /// The logs that an index has in the order of time.
    struct Lead {
        /// What they have in common; `nil` for all of the organisation.
        var condition: SQL?
        /// What is asked that the index tells as well: a log that does not fulfil it is not read.
        var told: [SQL] = []
    }

    let organization: OrganizationID
    let direction: PageRequest.Order
    private let lead: Lead
    /// What each log is asked besides its tags; what leads to it and what the index tells is among it.
    private(set) var asked: [SQL]
    /// Each log is of what was executed so; `nil` when that is not asked.
    private let items: SQL?
    /// Each log has all of these.
    let tags: [String]
    /// Whether a page goes on behind the logs that one statement looks at, by ``LogWindows``.
    let goesOn: Bool
    /// Where it lies in time.
    private(set) var earliest: Date?
    private(set) var latest: Date
    private var start: Keyset?
    private var end: Keyset?
    /// Whether the index of tags is asked for them. It is of all organisations, and no help for what many logs have.
    var looksTagsUp = true

    /// A walk along `lead`, past logs that are asked `conditions`.
    init(
        in organization: OrganizationID, along lead: Lead, asking conditions: [SQL], of items: ExecutedItems?,
        tags: [String], goesOn: Bool, from earliest: Date?, to latest: Date?, _ order: PageRequest.Order, now: Date
    ) {
        self.organization = organization
        self.lead = lead
        asked = conditions
        self.items = items?.condition
        self.tags = tags
        self.goesOn = goesOn
        self.earliest = earliest
        // Planning for every empty partition ahead takes longer than reading a page.
        let soon = now.addingTimeInterval(86_400)
        self.latest = latest.map { min(soon, $0) } ?? soon
        direction = order
    }

    /// The same way, with one more condition on each log.
    func asking(_ condition: SQL) -> SearchWalk {
        var walk = self
        walk.asked.append(condition)
        return walk
    }

    /// The part of it that lies behind a place.
    func behind(_ place: Keyset?) -> SearchWalk {
        guard let place else { return self }
        var walk = self
        walk.start = place
        // Bounds of the time as well: the comparison of pairs does not tell the planner which partitions are out of it.
        switch direction {
        case .newestFirst: walk.latest = min(latest, place.createdAt)
        case .oldestFirst: walk.earliest = max(earliest ?? place.createdAt, place.createdAt)
        }
        return walk
    }

    /// The part of it up to a place, with the log there.
    func through(_ place: Keyset) -> SearchWalk {
        var walk = self
        walk.end = place
        switch direction {
        case .newestFirst: walk.earliest = max(earliest ?? place.createdAt, place.createdAt)
        case .oldestFirst: walk.latest = min(latest, place.createdAt)
        }
        return walk
    }

    /// The part of it in a range of time; `nil` is no bound.
    func within(_ from: Date?, _ to: Date?) -> SearchWalk {
        var walk = self
        walk.earliest = [earliest, from].compactMap { $0 }.max()
        walk.latest = to.map { min(latest, $0) } ?? latest
        return walk
    }

    var order: SQL {
        switch direction {
        case .newestFirst: "ORDER BY l.created_at DESC, l.id DESC"
        case .oldestFirst: "ORDER BY l.created_at, l.id"
        }
    }

    /// Where it lies, for a way that is not along an index of times.
    var place: SQL {
        let bounds: [SQL?] = [
            "l.organization_id = \(organization)",
            earliest.map { "l.created_at >= \($0)" },
            "l.created_at <= \(latest)",
            start.map {
                switch direction {
                case .newestFirst: "(l.created_at, l.id) < (\($0.createdAt), \($0.id))"
                case .oldestFirst: "(l.created_at, l.id) > (\($0.createdAt), \($0.id))"
                }
            },
            end.map {
                switch direction {
                case .newestFirst: "(l.created_at, l.id) >= (\($0.createdAt), \($0.id))"
                case .oldestFirst: "(l.created_at, l.id) <= (\($0.createdAt), \($0.id))"
                }
            },
        ]
        return bounds.compactMap { $0 }.joined(separator: " AND ")
    }

    /// Conditions that the index answers, with its order: `WHERE … ORDER BY …`.
    var path: SQL { path(telling: []) }

    private func path(telling told: [SQL]) -> SQL {
        """
        WHERE \(fragment: ([place] + [lead.condition].compactMap { $0 } + told).joined(separator: " AND ")) \
        \(fragment: order)
        """
    }

    /// Whether the index tells some of what is asked.
    var isTold: Bool { !lead.told.isEmpty }

    /// What each log is asked; its tags first, which are compared faster than names.
    var filter: SQL {
        guard !tags.isEmpty else { return (["true"] + [items].compactMap { $0 } + asked).joined(separator: " AND ") }
        // Where the index of tags finds a few logs, what the index of items has of many items is no help.
        let ofItems = items.map { looksTagsUp ? "(\(fragment: $0)) IS TRUE" : $0 }
        return ([Self.condition(on: tags, looksThemUp: looksTagsUp)] + [ofItems].compactMap { $0 } + asked)
            .joined(separator: " AND ")
    }

    static func condition(on tags: [String], looksThemUp: Bool = true) -> SQL {
        // The index is of those that have some.
        looksThemUp ? "l.tags @> \(tags) AND l.tags <> '{}'" : "(l.tags @> \(tags)) IS TRUE"
    }

    /// The logs on the way that match, of the first `reach` for which the index does not tell that they do not; all of
    /// them where there is no limit.
    func matching(limit: Int? = nil, reach: Int? = nil) -> SQL {
        """
        SELECT l.* FROM (SELECT l.* FROM execution_logs l \(fragment: path(telling: lead.told)) LIMIT \(reach)) AS l
        WHERE \(fragment: filter) \(fragment: order) LIMIT \(limit)
        """
    }
}
