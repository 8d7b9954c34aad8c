internal import Terminal

/// A list screen that has all its rows: filter, order and cursor are those of its listing.
package protocol ListingScreen: ListScreen {
    associatedtype Row: Sendable & Identifiable where Row.ID: Sendable

    var list: Listing<Row> { get set }
    /// The filter may show another number of rows now.
    mutating func rowsChanged()
}

extension ListingScreen {
    package mutating func rowsChanged() {}

    package var query: String { list.queryText }
    package func problem(of query: String) -> String? { Query.problem(of: query, vocabulary) }
    package mutating func apply(query: String, _ context: inout ScreenContext) {
        do { list.filter(query, try Query.parse(query, vocabulary)) } catch { context.say(error.message, .bad) }
        rowsChanged()
    }

    package var sortChoices: [SortChoice] { list.sortChoices }
    package var sorting: Sorting { list.sorting }
    package mutating func apply(sorting: Sorting, _ context: inout ScreenContext) { list.sort(sorting) }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { list.move(move) }
}
