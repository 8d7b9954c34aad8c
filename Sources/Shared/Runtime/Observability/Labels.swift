/// The labels of one time series, in the order they are shown.
///
/// Values come from closed sets: a route's pattern, a method, a reason. Never an identifier, a path or a text that a
/// client sent: every new combination is a series that lives as long as the process.
package struct Labels: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One label.
    package struct Pair: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package let pairs: [Pair]

    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Pair(name: $0.0, value: $0.1) })
    }

    /// The labels of `pairs`.
    package init(_ pairs: [Pair]) {
        for pair in pairs { precondition(MetricName.isValidLabel(pair.name), "\(pair.name) is no label name") }
        self.pairs = pairs
    }

    /// The same labels with one more.
    package func adding(_ name: String, _ value: String) -> Labels {
        Labels(pairs + [Pair(name: name, value: value)])
    }
}

/// What names Prometheus and its linter accept.
enum MetricName {
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: ":") }
    }

    static func isValidLabel(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first), !name.hasPrefix("__") else { return false }
        return name.utf8.allSatisfy(isWordByte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
