import FoundationEssentials
import JSON
import Tenancy

extension ResourceSchema {
    /// What `text` asks of the directory.
    func directoryFilter(_ text: String) throws(SCIMProblem) -> DirectoryFilter {
        try filter(FilterParser.filter(text), within: nil)
    }

    /// What the attribute is sorted by.
    func sortingAttribute(_ text: String) throws(SCIMProblem) -> DirectoryAttribute {
        guard let path = AttributePath(text) else {
            throw SCIMProblem(.invalidPath, "sortBy: “\(text)” is no attribute.")
        }
        switch try term(path, within: nil) {
        case .attribute(let attribute): return attribute
        case .element, nil: throw SCIMProblem(.invalidPath, "sortBy: nothing can be sorted by “\(text)”.")
        }
    }

    /// `collection` is the name of the attribute between whose brackets this stands.
    private func filter(
        _ expression: FilterExpression, within collection: String?
    ) throws(SCIMProblem) -> DirectoryFilter {
        switch expression {
        case .all(let parts): return .all(try filters(parts, within: collection))
        case .any(let parts): return .any(try filters(parts, within: collection))
        case .not(let inner): return .not(try filter(inner, within: collection))
        case .present(let path):
            return placed(try term(path, within: collection), within: collection) { .has($0) }
        case .compares(let path, let comparison, let value):
            return try comparing(path, comparison, value, within: collection)
        case .element(let path, let inner):
            guard collection == nil else {
                throw SCIMProblem(.invalidFilter, "“\(path.spelling)[”: there are no brackets within brackets.")
            }
            switch try term(path, within: nil) {
            case .element(let found, _): return .element(found, try filter(inner, within: path.name))
            case .attribute: throw SCIMProblem(.invalidFilter, "“\(path.spelling)” has one value only.")
            case nil: return .nothing
            }
        }
    }

    private func filters(
        _ parts: [FilterExpression], within collection: String?
    ) throws(SCIMProblem) -> [DirectoryFilter] {
        var filters: [DirectoryFilter] = []
        for part in parts { filters.append(try filter(part, within: collection)) }
        return filters
    }

    private func comparing(
        _ path: AttributePath, _ comparison: FilterExpression.Operator, _ value: FilterValue,
        within collection: String?
    ) throws(SCIMProblem) -> DirectoryFilter {
        let term = try term(path, within: collection)
        if value == .null {
            let isThere = placed(term, within: collection) { .has($0) }
            switch comparison {
            case .equal: return .not(isThere)
            case .notEqual: return isThere
            case .contains, .startsWith, .endsWith, .greater, .greaterOrEqual, .less, .lessOrEqual: return .nothing
            }
        }
        guard let attribute = term?.attribute else { return comparison == .notEqual ? .not(.nothing) : .nothing }
        let wanted = try Self.value(value, of: attribute, path)
        let (found, isNegated) = Self.directoryComparison(comparison)
        if case .flag = wanted, found != .equal {
            throw SCIMProblem(.invalidFilter, "“\(path.spelling)” is true or false, and has no order.")
        }
        let filter = placed(term, within: collection) { .compares($0, found, wanted) }
        return isNegated ? .not(filter) : filter
    }

    private static func directoryComparison(
        _ comparison: FilterExpression.Operator
    ) -> (DirectoryComparison, isNegated: Bool) {
        switch comparison {
        case .equal: (.equal, false)
        case .notEqual: (.equal, true)
        case .contains: (.contains, false)
        case .startsWith: (.startsWith, false)
        case .endsWith: (.endsWith, false)
        case .greater: (.greater, false)
        case .greaterOrEqual: (.greaterOrEqual, false)
        case .less: (.less, false)
        case .lessOrEqual: (.lessOrEqual, false)
        }
    }

    /// Around an attribute of elements goes that one of them has to fulfil it, where that is not said already.
    private func placed(
        _ term: DirectoryTerm?, within collection: String?, _ filter: (DirectoryAttribute) -> DirectoryFilter
    ) -> DirectoryFilter {
        switch term {
        case .attribute(let attribute): filter(attribute)
        case .element(let found, let attribute):
            collection == nil ? .element(found, filter(attribute)) : filter(attribute)
        case nil: .nothing
        }
    }

    /// What a name means; `nil` for what nobody here has a value of.
    private func term(_ path: AttributePath, within collection: String?) throws(SCIMProblem) -> DirectoryTerm? {
        if let schema = path.schema, schema.lowercased() != id.lowercased() { return nil }
        let name = ([collection, path.name, path.subAttribute].compactMap { $0 }).joined(separator: ".").lowercased()
        if let term = terms[name] { return term }
        let meant = collection.flatMap { AttributePath($0) } ?? path
        switch meaning(of: meant, part: collection.map { _ in path.name }) {
        case .disregarded: return nil
        case .attribute, .resource, .unknown:
            throw SCIMProblem(.invalidFilter, "Nothing is found by “\(path.spelling)”.")
        }
    }

    private static func value(
        _ value: FilterValue, of attribute: DirectoryAttribute, _ path: AttributePath
    ) throws(SCIMProblem) -> DirectoryValue {
        switch attribute {
        case .isActive, .isPrimary:
            if case .flag(let flag) = value { return .flag(flag) }
            if case .text(let text) = value, let flag = Bool(text.lowercased()) { return .flag(flag) }
        case .createdAt, .updatedAt:
            if case .text(let text) = value, let moment = ISO8601.date(text) { return .moment(moment) }
        case .id, .externalID, .userName, .displayName, .givenName, .familyName, .formattedName, .value, .type,
            .display:
            if case .text(let text) = value { return .text(text) }
        }
        throw SCIMProblem(.invalidFilter, "“\(path.spelling)” cannot be compared with that.")
    }
}

extension DirectoryTerm {
    fileprivate var attribute: DirectoryAttribute {
        switch self {
        case .attribute(let attribute), .element(_, let attribute): attribute
        }
    }
}
