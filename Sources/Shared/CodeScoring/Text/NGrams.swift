/// How often each run of elements occurs.
struct NGrams<Element: Hashable & Sendable>: Sendable {
    let counts: [ArraySlice<Element>: Int]
    let total: Int

    /// Counts the runs of `length` elements.
    init(_ elements: [Element], length: Int) {
        var counts: [ArraySlice<Element>: Int] = [:]
        total = max(0, elements.count - length + 1)
        for start in 0..<total { counts[elements[start..<start + length], default: 0] += 1 }
        self.counts = counts
    }

    /// How many occurrences both have.
    func common(with other: NGrams) -> Int {
        counts.reduce(0) { $0 + min($1.value, other.counts[$1.key] ?? 0) }
    }
}
