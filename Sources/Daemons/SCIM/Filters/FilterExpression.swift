/// A filter as it was written (RFC 7644 §3.4.2.2): attributes are names still.
indirect enum FilterExpression: Hashable, Sendable {
    case all([FilterExpression])
    case any([FilterExpression])
    case not(FilterExpression)
    /// `pr`
    case present(AttributePath)
    case compares(AttributePath, Operator, FilterValue)
    /// `emails[type eq "work"]`, also with a condition on what one of those has: `emails[type eq "work"].value pr`
    case element(AttributePath, FilterExpression)

    enum Operator: String, CaseIterable, Sendable {
        case equal = "eq"
        case notEqual = "ne"
        case contains = "co"
        case startsWith = "sw"
        case endsWith = "ew"
        case greater = "gt"
        case greaterOrEqual = "ge"
        case less = "lt"
        case lessOrEqual = "le"
    }
}

/// What a filter compares with.
enum FilterValue: Hashable, Sendable {
    case text(String)
    case flag(Bool)
    case number(Double)
    case null
}

/// The name of an attribute: `userName`, `name.givenName`, or either behind the URN of its schema and a colon.
struct AttributePath: Hashable, Sendable {
    /// As it was written.
    let spelling: String
    /// The URN of the schema, where one was named.
    let schema: String?
    let name: String
    let subAttribute: String?

    /// `nil` for what cannot be a name.
    init?(_ spelling: String) {
        self.spelling = spelling
        var rest = spelling[...]
        if spelling.lowercased().hasPrefix("urn:"), let colon = spelling.lastIndex(of: ":") {
            schema = String(spelling[..<colon])
            rest = spelling[spelling.index(after: colon)...]
        } else {
            schema = nil
        }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains(":") }) else { return nil }
        name = String(parts[0])
        subAttribute = parts.count == 2 ? String(parts[1]) : nil
    }
}

/// What an operation of PATCH is done to: an attribute, chosen elements of it, or an attribute of those.
struct PatchPath: Hashable, Sendable {
    let attribute: AttributePath
    /// Which elements, where not all.
    let filter: FilterExpression?
    /// The name behind the filter, or in the attribute's own.
    let subAttribute: String?
}
