package import Terminal

/// A series in one row: eight levels of block characters, or eight characters of ASCII. It starts at 0, so that a small
/// change does not look like a large one; what is not known is a blank, which 0 is not, and what is above 0 is higher
/// than that.
package enum Sparkline {
    /// How much goes into a column.
    package enum Resolution: Sendable, Hashable {
        /// One value, in eight levels.
        case single
        /// Two values, in four levels, where the charset has them: for long series in a narrow place.
        case double
    }

    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let ascii = Array(".:-=+*%#")

    /// The series for a width; `maximum` is the value of the highest level, by default the largest one.
    package static func text(
        _ values: [Double?], width: Int, _ charset: Charset, maximum: Double? = nil, _ resolution: Resolution = .single
    ) -> String {
        guard width > 0, !values.isEmpty else { return "" }
        let isFine = resolution == .double && charset == .unicode
        let values = Series.fitted(values, to: min(width * (isFine ? 2 : 1), values.count))
        let top = maximum ?? Series.known(values).max() ?? 0
        return isFine ? fine(values, top) : coarse(values, top, charset == .unicode ? blocks : ascii)
    }

    private static func coarse(_ values: [Double?], _ top: Double, _ levels: [Character]) -> String {
        let heights = Series.heights(values, top: top, levels: levels.count - 1)
        return String(heights.map { $0.map { levels[$0] } ?? " " })
    }

    private static func fine(_ values: [Double?], _ top: Double) -> String {
        let heights = Series.heights(values, top: top, levels: 4)
        var grid = DotGrid(columns: (heights.count + 1) / 2, rows: 1, .unicode)
        for (x, height) in heights.enumerated() {
            guard let height else { continue }
            grid.fill(x, to: max(1, height), .plain)
        }
        return (0..<grid.columns).map { String(grid.character(0, $0)) }.joined()
    }
}
