extension Sequence where Element == Double {
    /// The sum with the rounding errors of all additions made good: Neumaier's form of Kahan's summation (ZAMM 54,
    /// 1974). It does not depend on the order for any practical purpose.
    package var compensatedSum: Double {
        var sum = 0.0
        var compensation = 0.0
        for value in self {
            let next = sum + value
            compensation += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
            sum = next
        }
        return sum + compensation
    }
}

extension Array<Double> {
    /// The arithmetic mean.
    package func mean() throws(Undefined) -> Double {
        guard !isEmpty else { throw .tooFew(needed: 1, given: 0) }
        return compensatedSum / Double(count)
    }

    /// The variance over `count - removed`: 1 estimates that of a population from its sample, 0 is that of the values
    /// themselves.
    package func variance(degreesRemoved removed: Int = 1) throws(Undefined) -> Double {
        guard count > removed else { throw .tooFew(needed: removed + 1, given: count) }
        return try sumOfSquares() / Double(count - removed)
    }

    /// The squared distances from the mean, summed.
    func sumOfSquares() throws(Undefined) -> Double {
        let center = try mean()
        return lazy.map { ($0 - center) * ($0 - center) }.compensatedSum
    }

    /// Whether all values are equal, or there are none.
    var isConstant: Bool { allSatisfy { $0 == first } }

    /// Refuses NaN and infinities.
    func requireFinite() throws(Undefined) {
        guard allSatisfy(\.isFinite) else { throw .notFinite }
    }
}
