package import Terminal

/// Arithmetic of series.
enum Series {
    /// A series of another length: neighbours are averaged, or repeated. What is not known is left out of an average.
    static func fitted(_ values: [Double?], to count: Int) -> [Double?] {
        guard count > 0, !values.isEmpty else { return [] }
        guard count != values.count else { return values }
        return (0..<count).map { index in
            let start = index * values.count / count
            let end = max(start + 1, (index + 1) * values.count / count)
            let known = values[start..<min(end, values.count)].compactMap { $0 }.filter(\.isFinite)
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
    }

    /// What is known of a series; numbers that are none are not.
    static func known(_ values: [Double?]) -> [Double] { values.compactMap { $0 }.filter(\.isFinite) }

    /// The next number of the kind 1, 2, 5, 10, … that a value fits below, for the end of an axis.
    static func axisEnd(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        var unit = 1.0
        while unit * 10 <= value { unit *= 10 }
        while unit > value { unit /= 10 }
        for factor in [1.0, 2, 5] where unit * factor >= value { return unit * factor }
        return unit * 10
    }

    /// The heights of values in levels from the ground, where the last level is `top`; what is above 0 is at least
    /// `least`.
    static func heights(_ values: [Double?], top: Double, levels: Int, least: Int = 1) -> [Int?] {
        values.map { value in
            guard let value, value.isFinite else { return nil }
            guard value > 0, top > 0 else { return 0 }
            return min(levels, max(least, Int((min(1, value / top) * Double(levels)).rounded())))
        }
    }
}

/// A series of a chart that has several.
package struct ChartSeries: Sendable, Hashable {
    package let name: String
    /// What is not known is `nil`; it is not 0, and not drawn.
    package let values: [Double?]
    package let ink: Ink

    package init(_ name: String, _ values: [Double?], _ ink: Ink) {
        self.name = name
        self.values = values
        self.ink = ink
    }
}

/// Something that happened in the time of a chart, such as a deployment.
package struct ChartMark: Sendable, Hashable {
    /// When, from 0 at the start of the window to 1 at its end.
    package let place: Double
    package let label: String

    package init(at place: Double, _ label: String) {
        self.place = place
        self.label = label
    }
}
