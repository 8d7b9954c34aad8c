import FoundationEssentials
import Postgres
import Tenancy

/// How the attributes of a directory are found in the database.
struct DirectoryColumns {
    /// What an attribute is there.
    enum Column {
        /// Compared without regard to case.
        case text(SQL)
        /// Compared as it is.
        case exactText(SQL)
        case flag(SQL)
        case moment(SQL)
        case identifier(SQL)

        /// What the attribute is sorted by.
        var order: SQL {
            switch self {
            case .text(let column): "lower(\(fragment: column))"
            case .exactText(let column), .flag(let column), .moment(let column), .identifier(let column): column
            }
        }

        fileprivate var value: SQL {
            switch self {
            case .text(let column), .exactText(let column), .flag(let column), .moment(let column),
                .identifier(let column):
                column
            }
        }
    }

    /// The rows that stand for the elements of a collection, and what their attributes are there.
    struct Elements {
        /// What follows `FROM`, up to its conditions.
        let source: SQL
        let columns: @Sendable (DirectoryAttribute) -> Column?
    }

    /// `nil` for an attribute that these do not have.
    let column: @Sendable (DirectoryAttribute) -> Column?
    let elements: @Sendable (DirectoryCollection) -> Elements?

    /// The condition that a filter stands for.
    func condition(_ filter: DirectoryFilter) -> SQL {
        switch filter {
        case .all(let parts): "(\(fragment: parts.map(condition).joined(separator: " AND ")))"
        case .any(let parts): "(\(fragment: parts.map(condition).joined(separator: " OR ")))"
        case .not(let inner): "NOT \(fragment: condition(inner))"
        case .has(let attribute):
            column(attribute).map { "(\(fragment: $0.value) IS NOT NULL)" } ?? "false"
        case .compares(let attribute, let comparison, let value):
            // What is not there compares with nothing; NULL would also make the opposite untrue.
            column(attribute).flatMap { Self.condition($0, comparison, value) }.map {
                "coalesce(\(fragment: $0), false)"
            }
                ?? "false"
        case .element(let collection, let inner):
            elements(collection).map { found in
                let part = DirectoryColumns(column: found.columns, elements: { _ in nil })
                return "EXISTS (SELECT FROM \(fragment: found.source) WHERE \(fragment: part.condition(inner)))"
            } ?? "false"
        case .nothing: "false"
        }
    }

    private static func condition(
        _ column: Column, _ comparison: DirectoryComparison, _ value: DirectoryValue
    ) -> SQL? {
        switch (column, value) {
        case (.text(let column), .text(let text)):
            condition("lower(\(fragment: column))", comparison, "lower(\(text))")
        case (.exactText(let column), .text(let text)): condition(column, comparison, "\(text)")
        case (.identifier(let column), .text(let text)):
            if comparison == .equal {
                // What is no identifier is nobody's, and must not make the query fail.
                UUID(uuidString: text).map { "\(fragment: column) = \($0)" }
            } else {
                condition("\(fragment: column)::text", comparison, "\(text)")
            }
        case (.flag(let column), .flag(let flag)):
            comparison == .equal ? "\(fragment: column) = \(flag)" : nil
        case (.moment(let column), .moment(let moment)):
            ordering(comparison).map { "\(fragment: column) \(fragment: $0) \(moment)" }
        case (.text, _), (.exactText, _), (.identifier, _), (.flag, _), (.moment, _): nil
        }
    }

    private static func condition(
        _ column: SQL, _ comparison: DirectoryComparison, _ value: SQL
    ) -> SQL {
        switch comparison {
        case .contains: "position(\(fragment: value) in \(fragment: column)) > 0"
        case .startsWith: "starts_with(\(fragment: column), \(fragment: value))"
        case .endsWith:
            "right(\(fragment: column), length(\(fragment: value))) = \(fragment: value)"
        case .equal, .greater, .greaterOrEqual, .less, .lessOrEqual:
            "\(fragment: column) \(fragment: ordering(comparison) ?? "=") \(fragment: value)"
        }
    }

    /// `nil` for what has nothing to do with an order.
    private static func ordering(_ comparison: DirectoryComparison) -> SQL? {
        switch comparison {
        case .equal: "="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .less: "<"
        case .lessOrEqual: "<="
        case .contains, .startsWith, .endsWith: nil
        }
    }
}
