/// The values of a route's `{name}` segments, percent-decoded.
package struct PathParameters: Sendable {
    private let pattern: String
    private let values: [Substring]

    /// No values.
    package static let none = PathParameters(pattern: "", values: [])

    /// The raw `values` in the order of the pattern's parameters.
    init(pattern: String, values: [Substring]) {
        self.pattern = pattern
        self.values = values
    }

    /// The value of the parameter called `name`, which the pattern must have.
    package subscript(_ name: String) -> String {
        // Few segments, and most handlers ask once: searching costs less than a dictionary for every request.
        var index = 0
        for part in pattern.split(separator: "/") where part.first == "{" {
            if part.dropFirst().dropLast() == name, index < values.count {
                return PercentCoding.decode(values[index], plusIsSpace: false)
            }
            index += 1
        }
        preconditionFailure("\(pattern) has no parameter \(name)")
    }
}
