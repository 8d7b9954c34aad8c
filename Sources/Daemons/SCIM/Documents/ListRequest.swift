import HTTPServing
import JSON
import Tenancy

/// What part of a list is asked for, as in a query or in the body of a search (RFC 7644 §3.4.2, §3.4.3).
struct ListRequest: Decodable {
    var filter: String?
    var sortBy: String?
    var sortOrder: String?
    var startIndex: Int?
    var count: Int?
    var attributes: [String]?
    var excludedAttributes: [String]?

    static let defaultCount = 100
    static let largestCount = 200

    /// By a query.
    init(_ query: QueryParameters) throws {
        filter = query["filter"]
        sortBy = query["sortBy"]
        sortOrder = query["sortOrder"]
        startIndex = try query.int("startIndex", clampedTo: 1...Self.largestStart)
        count = try query.int("count", clampedTo: 0...Self.largestCount)
        attributes = query.list("attributes")
        excludedAttributes = query.list("excludedAttributes")
    }

    private static let largestStart = 10_000_000

    /// How many come before the first one that is shown.
    var offset: Int { min(max(startIndex ?? 1, 1), Self.largestStart) - 1 }

    /// How many are shown at most.
    var limit: Int { min(max(count ?? Self.defaultCount, 0), Self.largestCount) }

    /// What is asked of the directory about resources of a type.
    func query(of schema: ResourceSchema) throws(SCIMProblem) -> DirectoryQuery {
        var query = DirectoryQuery(offset: offset, limit: limit)
        if let filter, !filter.isEmpty { query.filter = try schema.directoryFilter(filter) }
        if let sortBy, !sortBy.isEmpty {
            query.sorting = DirectoryQuery.Sorting(
                attribute: try schema.sortingAttribute(sortBy), descends: try descends())
        }
        return query
    }

    private func descends() throws(SCIMProblem) -> Bool {
        switch (sortOrder ?? "ascending").lowercased() {
        case "ascending": return false
        case "descending": return true
        default: throw SCIMProblem(.invalidValue, "sortOrder: Must be ascending or descending.")
        }
    }

    /// Which attributes are shown.
    func selection() throws(SCIMProblem) -> AttributeSelection {
        try AttributeSelection(attributes: attributes ?? [], excluded: excludedAttributes ?? [])
    }
}

/// A part of a list.
struct ListDocument: Encodable {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
    let totalResults: Int
    let startIndex: Int
    let itemsPerPage: Int
    let resources: [JSONValue]

    enum CodingKeys: String, CodingKey {
        case schemas
        case totalResults
        case startIndex
        case itemsPerPage
        case resources = "Resources"
    }

    init(_ resources: [JSONValue], total: Int, startIndex: Int = 1) {
        totalResults = total
        self.startIndex = startIndex
        itemsPerPage = resources.count
        self.resources = resources
    }
}
