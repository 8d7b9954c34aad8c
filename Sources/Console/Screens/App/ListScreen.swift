internal import Terminal

/// A screen that is a list: it can be filtered in the query language, sorted by its columns, and its rows can be marked.
package protocol ListScreen: Screen {
    /// The filter that is applied, as it was typed.
    var query: String { get }
    /// What the filter may ask for, for help, completion and messages.
    var vocabulary: [QueryField] { get }
    /// What is wrong with a filter, `nil` when it can be applied.
    func problem(of query: String) -> String?
    /// Applies a filter that has no problem.
    mutating func apply(query: String, _ context: inout ScreenContext)

    /// What the list can be sorted by.
    var sortChoices: [SortChoice] { get }
    var sorting: Sorting { get }
    mutating func apply(sorting: Sorting, _ context: inout ScreenContext)

    /// How many rows are marked.
    var markCount: Int { get }
    /// What the message line says while some are.
    var markWords: String { get }
    /// Marks or unmarks rows.
    mutating func mark(_ change: MarkChange, _ context: inout ScreenContext)
}

extension ListScreen {
    package var sortChoices: [SortChoice] { [] }
    package var sorting: Sorting { Sorting(column: "", isDescending: false) }
    package mutating func apply(sorting: Sorting, _ context: inout ScreenContext) {}
    package var markCount: Int { 0 }
    package var markWords: String { "\(Formats.count(markCount)) marked: x acts on them, _ takes the marks" }
    package mutating func mark(_ change: MarkChange, _ context: inout ScreenContext) {}
}

/// Which rows get or lose their mark.
package enum MarkChange: Sendable, Hashable {
    /// The row under the cursor, and the cursor goes on.
    case toggle
    /// From the row that was marked last to the cursor.
    case range
    case all
    case none
    case invert
}

/// A column that a list can be sorted by.
package struct SortChoice: Sendable, Hashable {
    /// Its name, as saved views keep it.
    package let column: String
    /// As people read it.
    package let label: String

    package init(_ column: String, _ label: String) {
        self.column = column
        self.label = label
    }
}

/// What a list is sorted by.
package struct Sorting: Sendable, Hashable, Codable {
    package let column: String
    package let isDescending: Bool

    package init(column: String, isDescending: Bool) {
        self.column = column
        self.isDescending = isDescending
    }
}
