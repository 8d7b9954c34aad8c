import Postgres
import Records
import Tenancy

/// Turns a page request into SQL and the fetched rows into a page. One row more than wanted is fetched: whether it
/// exists says whether there is a next page.
struct KeysetQuery {
    private let request: PageRequest
    private let createdAt: SQL
    private let id: SQL

    /// A query whose rows have these columns, qualified, as their place.
    init(_ request: PageRequest, createdAt: SQL, id: SQL) {
        self.request = request
        self.createdAt = createdAt
        self.id = id
    }

    /// The rows are fetched backwards when those right before a place are wanted, and turned round afterwards.
    private var isBackward: Bool {
        guard case .before = request.position else { return false }
        return true
    }

    private var descends: Bool { (request.order == .newestFirst) != isBackward }

    /// The condition that starts the page; `nil` at the start of the list.
    var condition: SQL? {
        switch request.position {
        case .start: nil
        case .after(let place), .before(let place):
            descends
                ? "(\(fragment: createdAt), \(fragment: id)) < (\(place.createdAt), \(place.id))"
                : "(\(fragment: createdAt), \(fragment: id)) > (\(place.createdAt), \(place.id))"
        }
    }

    /// `ORDER BY … LIMIT …`.
    var orderAndLimit: SQL {
        descends
            ? " ORDER BY \(fragment: createdAt) DESC, \(fragment: id) DESC LIMIT \(request.limit + 1)"
            : " ORDER BY \(fragment: createdAt), \(fragment: id) LIMIT \(request.limit + 1)"
    }

    /// The page made of the fetched rows.
    func slice<Item: Sendable>(_ rows: PostgresRows, _ item: (PostgresRow) throws -> Item) throws -> Slice<Item> {
        let hasMore = rows.count > request.limit
        var items = try rows.prefix(request.limit).map(item)
        switch request.position {
        case .start: return Slice(items: items, hasPrevious: false, hasNext: hasMore)
        case .after: return Slice(items: items, hasPrevious: true, hasNext: hasMore)
        case .before:
            items.reverse()
            return Slice(items: items, hasPrevious: hasMore, hasNext: true)
        }
    }
}

extension SQL {
    /// `WHERE` with all of the conditions.
    static func matching(all conditions: [SQL]) -> SQL { " WHERE \(fragment: conditions.joined(separator: " AND "))" }

    /// That a row lies where somebody may see it; `nil`, and so no part of the query, where they see everything.
    static func within(_ reach: ProjectReach, _ project: SQL) -> SQL? {
        switch reach {
        case .organization: nil
        case .projects(let projects): "\(fragment: project) = ANY (\(projects))"
        }
    }

    /// The same of a row that another organisation may share.
    static func within(
        _ reach: ProjectReach, _ project: SQL, orOutside organization: OrganizationID, _ owner: SQL
    ) -> SQL? {
        within(reach, project).map { "(\(fragment: owner) <> \(organization) OR \(fragment: $0))" }
    }
}

extension PageRequest {
    /// The way along the list to the page, and behind which place it begins. The rows right before a place are looked for
    /// backwards.
    var walk: (order: Order, place: Keyset?) {
        switch position {
        case .start: (order, nil)
        case .after(let place): (order, place)
        case .before(let place): (order == .newestFirst ? .oldestFirst : .newestFirst, place)
        }
    }
}

extension FoundPage {
    /// A page that the walk to it has found; `next` is where the walk goes on.
    init(_ found: [Item], next: Keyset?, of page: PageRequest, at keyset: (Item) -> Keyset) {
        switch page.position {
        case .start: self.init(items: found, previous: nil, next: next)
        case .after: self.init(items: found, previous: found.first.map(keyset), next: next)
        case .before:
            let items = Array(found.reversed())
            self.init(items: items, previous: next, next: items.last.map(keyset))
        }
    }
}
