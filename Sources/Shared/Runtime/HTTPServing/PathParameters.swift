/// The values of a route's `{name}` segments, percent-decoded.
package struct PathParameters: Sendable {
    /// The values as they stand in the path, in the order of the pattern.
    private let raw: [(name: String, value: Substring)]

    /// No values.
    package static var none: PathParameters { PathParameters(raw: []) }

    private init(raw: [(name: String, value: Substring)]) { self.raw = raw }

    /// The raw `values` in the order of the pattern's parameters.
    init(names: [String], values: [Substring]) { raw = zip(names, values).map { ($0, $1) } }

    /// Every parameter with its value, in the order of the pattern.
    package var pairs: [(name: String, value: String)] { raw.map { ($0.name, Self.decoded($0.value)) } }

    /// The value of the parameter called `name`, which the pattern must have.
    package subscript(_ name: String) -> String {
        guard let found = raw.first(where: { $0.name == name }) else {
            preconditionFailure("no parameter is called \(name)")
        }
        return Self.decoded(found.value)
    }

    private static func decoded(_ value: Substring) -> String { PercentCoding.decode(value, plusIsSpace: false) }
}
