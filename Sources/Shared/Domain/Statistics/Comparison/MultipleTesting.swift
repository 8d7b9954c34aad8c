/// Probabilities of several tests, raised so that the whole family keeps its level.
package enum MultipleTesting {
    /// Each times their number (Bonferroni, 1936).
    package static func bonferroni(_ probabilities: [Double]) throws(Undefined) -> [Double] {
        try check(probabilities)
        return probabilities.map { min(1, $0 * Double(probabilities.count)) }
    }

    /// Step by step from the smallest (Holm, Scandinavian Journal of Statistics 6, 1979).
    package static func holm(_ probabilities: [Double]) throws(Undefined) -> [Double] {
        try check(probabilities)
        var adjusted = probabilities
        var largest = 0.0
        for (place, index) in order(probabilities).enumerated() {
            largest = max(largest, probabilities[index] * Double(probabilities.count - place))
            adjusted[index] = min(1, largest)
        }
        return adjusted
    }

    /// So that a share of the discoveries is false, and not one of all (Benjamini and Hochberg, JRSS B 57, 1995).
    package static func benjaminiHochberg(_ probabilities: [Double]) throws(Undefined) -> [Double] {
        try check(probabilities)
        var adjusted = probabilities
        var smallest = 1.0
        for (place, index) in order(probabilities).enumerated().reversed() {
            smallest = min(smallest, probabilities[index] * Double(probabilities.count) / Double(place + 1))
            adjusted[index] = smallest
        }
        return adjusted
    }

    private static func check(_ probabilities: [Double]) throws(Undefined) {
        guard probabilities.allSatisfy({ (0...1).contains($0) }) else { throw .outsideRange }
    }

    private static func order(_ probabilities: [Double]) -> [Int] {
        probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    }
}
