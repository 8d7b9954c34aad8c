import Glibc

/// How strong each of several is, from who won how often against whom (Bradley and Terry, Biometrika 39, 1952).
package enum BradleyTerry {
    private static let mostRounds = 10_000

    /// The logarithms of the strengths, with the mean 0: one wins against another with the probability
    /// 1 / (1 + e^(other − one)). `wins` has the winners as rows. By Hunter's MM (Annals of Statistics 32, 2004). Undefined
    /// when some never lost, or never won, against the others: then no finite strengths fit best.
    package static func logStrengths(wins: [[Double]]) throws(Undefined) -> [Double] {
        let count = wins.count
        guard count >= 2 else { throw .tooFew(needed: 2, given: count) }
        guard wins.allSatisfy({ $0.count == count }) else { throw .lengthsDiffer }
        guard wins.joined().allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw .outsideRange }
        guard isConnected(wins) else { throw .separable }
        var strengths = Array(repeating: 1.0, count: count)
        for _ in 0..<mostRounds {
            let next = normalized(
                strengths.indices.map { one in
                    let won = wins[one].compensatedSum - wins[one][one]
                    let weight = strengths.indices.filter { $0 != one }.map { other in
                        (wins[one][other] + wins[other][one]) / (strengths[one] + strengths[other])
                    }.compensatedSum
                    return won / weight
                })
            let change = zip(strengths, next).map { abs(log($0 / $1)) }.max() ?? 0
            strengths = next
            if change < 1e-13 { return strengths.map { log($0) } }
        }
        throw .notConverged
    }

    private static func normalized(_ strengths: [Double]) -> [Double] {
        let center = strengths.map { log($0) }.compensatedSum / Double(strengths.count)
        return strengths.map { $0 / exp(center) }
    }

    /// Whether everybody has won against everybody, be it by way of others (Ford, 1957).
    private static func isConnected(_ wins: [[Double]]) -> Bool {
        func reach(_ hasEdge: (Int, Int) -> Bool) -> Bool {
            var seen: Set<Int> = [0]
            var pending = [0]
            while let one = pending.popLast() {
                for other in wins.indices where hasEdge(one, other) && seen.insert(other).inserted {
                    pending.append(other)
                }
            }
            return seen.count == wins.count
        }
        return reach { wins[$0][$1] > 0 } && reach { wins[$1][$0] > 0 }
    }
}
