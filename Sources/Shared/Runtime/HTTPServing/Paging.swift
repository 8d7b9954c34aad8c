package import HTTPServer
package import Tenancy

/// One page of a list as clients see it.
package struct PageBody<Item: Encodable>: Encodable {
    /// The absolute URL of the page that follows, `nil` on the last.
    package let next: String?
    /// The absolute URL of the page before, `nil` on the first.
    package let previous: String?
    package let results: [Item]
}

extension RequestContext {
    /// Which page the query asks for: `cursor`, and `page_size` moved into 1 to `largestSize`.
    /// - Throws: a problem when the cursor is none: starting over would make clients loop.
    package func pageRequest(
        defaultSize: Int = 20, largestSize: Int = 100, order: PageRequest.Order = .newestFirst
    ) throws -> PageRequest {
        let size = try query.int("page_size", clampedTo: 1...largestSize) ?? defaultSize
        guard let text = query["cursor"] else { return PageRequest(limit: size, order: order) }
        guard let cursor = Cursor(text) else { throw APIProblem.invalid("cursor", "Invalid cursor.") }
        return PageRequest(limit: size, order: order, position: cursor.position)
    }

    /// Answers with a page whose links lead on, every other parameter of the query kept; `keyset` is the place of an
    /// item in the list's order.
    package func page<Item>(_ slice: Slice<Item>, at keyset: (Item) -> Keyset) -> HTTPResponse
    where Item: Encodable & Sendable {
        page(slice, at: keyset) { $0 }
    }

    /// Answers with a page of what `shape` makes of the items.
    package func page<Item: Sendable, Shape: Encodable>(
        _ slice: Slice<Item>, at keyset: (Item) -> Keyset, as shape: (Item) throws -> Shape
    ) rethrows -> HTTPResponse {
        try page(
            slice.items, before: slice.hasPrevious ? slice.items.first.map(keyset) : nil,
            behind: slice.hasNext ? slice.items.last.map(keyset) : nil, as: shape)
    }

    /// Answers with a page of what `shape` makes of the items; others lie before and behind these places, none where there
    /// is no place.
    package func page<Item: Sendable, Shape: Encodable>(
        _ items: [Item], before previous: Keyset?, behind next: Keyset?, as shape: (Item) throws -> Shape
    ) rethrows -> HTTPResponse {
        let body = PageBody(
            next: next.map { link(Cursor(.after, $0)) }, previous: previous.map { link(Cursor(.before, $0)) },
            results: try items.map(shape))
        return .json(body)
    }

    /// This request's URL with another cursor, which comes last: clients cut the token off after `cursor=`.
    private func link(_ cursor: Cursor) -> String {
        let kept = query.pairs.filter { $0.name != "cursor" }.map { "\($0.raw)&" }.joined()
        let path = path.split(separator: "/").map { "/\($0)" }.joined()
        return "\(address.base)\(path)/?\(kept)cursor=\(cursor.token)"
    }
}
