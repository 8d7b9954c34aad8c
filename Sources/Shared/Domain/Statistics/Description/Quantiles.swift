/// Values below which a given share of a sample lies: type 7 of Hyndman and Fan (The American Statistician 50, 1996),
/// linear between neighbours, which is the default of numpy and R.
package enum Quantiles {
    /// The value at the share `p`, from 0 to 1.
    package static func value(_ p: Double, of values: [Double]) throws(Undefined) -> Double {
        try self.values([p], of: values)[0]
    }

    /// The values at several shares, in their order, for one sorting.
    package static func values(_ shares: [Double], of values: [Double]) throws(Undefined) -> [Double] {
        guard !values.isEmpty else { throw .tooFew(needed: 1, given: 0) }
        guard shares.allSatisfy({ (0...1).contains($0) }) else { throw .outsideRange }
        try values.requireFinite()
        let sorted = values.sorted()
        return shares.map { value($0, ofSorted: sorted) }
    }

    /// The value at a share of values that are in order and not none.
    static func value(_ p: Double, ofSorted sorted: [Double]) -> Double {
        let position = p * Double(sorted.count - 1)
        let below = Int(position)
        guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
        let share = position - Double(below)
        let step = sorted[below + 1] - sorted[below]
        // From the nearer neighbour, so that a share of 1 gives the upper one exactly.
        return share < 0.5 ? sorted[below] + step * share : sorted[below + 1] - step * (1 - share)
    }
}
