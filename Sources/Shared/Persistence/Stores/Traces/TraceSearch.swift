import FoundationEssentials
import Postgres
package import Records
package import Tenancy

// Listing traces.
extension TraceStore {
    /// How many statements a page may take.
    private static let rounds = 20
    /// How many spans with an attribute are few: their traces are looked up without a walk.
    static let fewSpans = 5000

    /// One page of the organisation's traces that fulfil all conditions, by when the first of their spans came.
    ///
    /// A statement looks at a limited number of traces, because most conditions ask something of each span. Where few traces
    /// fulfil them and one says what an attribute is, the attribute's index finds them. Elsewhere a page may be short, or
    /// empty, although more follows: it is read up to a place behind a large number of traces.
    package func list(
        _ conditions: [TraceCondition], in organization: OrganizationID, within reach: ProjectReach = .organization,
        page: PageRequest
    ) async throws -> FoundPage<TraceSummary> {
        var walk = TraceWalk(conditions, organization, page)
        walk.bound = SQL.within(reach, "t.project_id")
        var found: [TraceSummary] = []
        var end: Keyset?
        for round in 0..<Self.rounds {
            let rows = try await database.query(walk.statement(limit: page.limit + 1 - found.count, reach: self.reach))
            found += try rows.map(TraceSummary.init(row:))
            end = found.count > page.limit ? found[page.limit - 1].keyset : try await self.end(of: walk)
            guard found.count <= page.limit, let place = end else { break }
            walk = walk.behind(place)
            if round == 0, let few = try await few(conditions, in: organization) {
                let rows = try await database.query(walk.statement(of: few, limit: page.limit + 1 - found.count))
                found += try rows.map(TraceSummary.init(row:))
                end = found.count > page.limit ? found[page.limit - 1].keyset : nil
                break
            }
        }
        return FoundPage(Array(found.prefix(page.limit)), next: end, of: page, at: \.keyset)
    }

    /// The place of the last trace that a walk looks at; `nil` when it comes to the end of all traces.
    private func end(of walk: TraceWalk) async throws -> Keyset? {
        let rows = try await database.query(
            "SELECT t.created_at, t.trace_id FROM traces t \(fragment: walk.path) OFFSET \(reach - 1) LIMIT 1")
        return try rows.first.map { Keyset(createdAt: try $0.decode(0), id: try $0.decode(1)) }
    }

    /// The traces of the spans that have an attribute which is asked for; `nil` when they are many, or none is.
    private func few(_ conditions: [TraceCondition], in organization: OrganizationID) async throws -> [UUID]? {
        for condition in conditions {
            guard let attribute = TraceConditionQuery.indexed(condition) else { continue }
            let rows = try await database.query(Self.tracesOfSpans(attribute, in: organization))
            if rows.count <= Self.fewSpans { return Array(Set(try rows.map { try $0.decode(0, as: UUID.self) })) }
        }
        return nil
    }

    /// Materialized, the planner takes the index and not what it believes to come upon some of them early.
    static func tracesOfSpans(_ attribute: SQL, in organization: OrganizationID) -> SQL {
        """
        WITH matching AS MATERIALIZED (
            SELECT s.trace_id FROM trace_spans s
            WHERE \(fragment: attribute) AND (s.organization_id = \(organization)) IS TRUE
        ) SELECT trace_id FROM matching LIMIT \(fewSpans + 1)
        """
    }
}

/// A way along the traces, and what is asked of each.
struct TraceWalk {
    private let conditions: [TraceCondition]
    private let organization: OrganizationID
    private let descends: Bool
    private var place: Keyset?
    /// Where the traces lie that may be seen.
    var bound: SQL?

    init(_ conditions: [TraceCondition], _ organization: OrganizationID, _ page: PageRequest) {
        self.conditions = conditions
        self.organization = organization
        let (order, place) = page.walk
        descends = order == .newestFirst
        self.place = place
    }

    /// The rest of the way.
    func behind(_ place: Keyset) -> TraceWalk {
        var rest = self
        rest.place = place
        return rest
    }

    /// `WHERE … ORDER BY …`: where the walk lies.
    var path: SQL { "WHERE \(fragment: places) \(fragment: order)" }

    private var places: SQL {
        // Those with errors have an index of their own.
        let leading: SQL? = conditions.contains(.hasError(true)) ? "t.error_count > 0" : nil
        let behind: SQL? = place.map {
            descends
                ? "(t.created_at, t.trace_id) < (\($0.createdAt), \($0.id))"
                : "(t.created_at, t.trace_id) > (\($0.createdAt), \($0.id))"
        }
        let all = ["t.organization_id = \(organization)"] + conditions.flatMap(TraceConditionQuery.bounds)
        return (all + [leading, behind].compactMap { $0 }).joined(separator: " AND ")
    }

    private var order: SQL {
        descends ? "ORDER BY t.created_at DESC, t.trace_id DESC" : "ORDER BY t.created_at, t.trace_id"
    }

    private var filter: SQL {
        let all = ["true", bound].compactMap { $0 } + conditions.map(TraceConditionQuery.condition)
        return all.joined(separator: " AND ")
    }

    /// The traces on the way that fulfil the conditions, of the first `reach`.
    func statement(limit: Int, reach: Int) -> SQL {
        """
        SELECT \(fragment: TraceStore.columns)
        FROM (SELECT t.* FROM traces t \(fragment: path) LIMIT \(reach)) AS t
        WHERE \(fragment: filter) \(fragment: order) LIMIT \(limit)
        """
    }

    /// Those of some traces that lie on the way and fulfil the conditions.
    func statement(of traces: [UUID], limit: Int) -> SQL {
        """
        SELECT \(fragment: TraceStore.columns) FROM traces t
        WHERE t.trace_id = ANY (\(traces)) AND \(fragment: places) AND \(fragment: filter) \(fragment: order)
        LIMIT \(limit)
        """
    }
}

extension TraceSummary {
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}
