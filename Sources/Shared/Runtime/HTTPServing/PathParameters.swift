/// The values of a route's `{name}` segments, percent-decoded.
package struct PathParameters: Sendable {
    private let names: [String]
    private let values: [Substring]

    /// No values.
    package static let none = PathParameters(names: [], values: [])

    /// The raw `values` in the order of the pattern's parameters.
    init(names: [String], values: [Substring]) {
        self.names = names
        self.values = values
    }

    /// Every parameter with its value, in the order of the pattern.
    package var pairs: [(name: String, value: String)] { names.map { ($0, self[$0]) } }

    /// The value of the parameter called `name`, which the pattern must have.
    package subscript(_ name: String) -> String {
        guard let index = names.firstIndex(of: name) else { preconditionFailure("no parameter is called \(name)") }
        return PercentCoding.decode(values[index], plusIsSpace: false)
    }
}
