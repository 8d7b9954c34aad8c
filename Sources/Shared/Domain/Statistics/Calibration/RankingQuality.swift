/// How well scores put the positive items before the negative ones.
package enum RankingQuality {
    /// The area under the ROC curve: the share of pairs of a positive and a negative item in which the positive one has
    /// the higher score, ties counting half. By the rank sum of Mann and Whitney (Hanley and McNeil, Radiology 143,
    /// 1982).
    package static func areaUnderCurve(outcomes: [Bool], scores: [Double]) throws(Undefined) -> Double {
        let (positives, negatives) = try counts(outcomes, scores)
        let ranks = Ranks.averaged(scores)
        let sum = zip(ranks, outcomes).lazy.filter(\.1).map(\.0).compensatedSum
        return (sum - positives * (positives + 1) / 2) / (positives * negatives)
    }

    /// The mean precision at each new recall, from the highest score down; equal scores enter together.
    package static func averagePrecision(outcomes: [Bool], scores: [Double]) throws(Undefined) -> Double {
        guard outcomes.contains(true) else { throw .noPositives }
        guard outcomes.count == scores.count else { throw .lengthsDiffer }
        try scores.requireFinite()
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        let positives = Double(outcomes.count { $0 })
        var found = 0
        var parts: [Double] = []
        Ranks.forEachTie(in: order.map { scores[$0] }) { range in
            let here = order[range].count { outcomes[$0] }
            found += here
            parts.append(Double(here) / positives * Double(found) / Double(range.upperBound))
        }
        return parts.compensatedSum
    }

    private static func counts(_ outcomes: [Bool], _ scores: [Double]) throws(Undefined) -> (Double, Double) {
        guard outcomes.count == scores.count else { throw .lengthsDiffer }
        try scores.requireFinite()
        let positives = outcomes.count { $0 }
        guard positives > 0 else { throw .noPositives }
        guard positives < outcomes.count else { throw .noNegatives }
        return (Double(positives), Double(outcomes.count - positives))
    }
}
