/// Spans of time in words.
package enum SpanWords {
    /// Such as `850 ms`, `12 s`, `3 min`, `2 h` or `5 d`: two figures are enough to know what to expect.
    package static func text(_ seconds: Double) -> String {
        let seconds = max(0, seconds)
        if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
        for (unit, length, limit) in units where seconds < limit {
            let amount = seconds / length
            return amount < 10 && unit != "s" ? "\(tenths(amount)) \(unit)" : "\(Int(amount.rounded())) \(unit)"
        }
        return "\(Int((seconds / 86_400).rounded())) d"
    }

    /// Such as `0.5`, `3` or `120`, for rates.
    package static func rate(_ perSecond: Double) -> String {
        perSecond < 10 ? tenths(perSecond) : "\(Int(perSecond.rounded()))"
    }

    private static let units: [(name: String, length: Double, limit: Double)] = [
        ("s", 1, 90), ("min", 60, 5400), ("h", 3600, 172_800),
    ]

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
