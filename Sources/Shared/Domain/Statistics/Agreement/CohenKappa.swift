/// How bad a disagreement is, by the distance of the categories.
package enum KappaWeighting: Sendable, Hashable, CaseIterable {
    /// All the same.
    case unweighted
    /// As far as they are apart.
    case linear
    /// As the square of how far they are apart.
    case quadratic

    func weight(_ row: Int, _ column: Int) -> Double {
        let distance = Double(abs(row - column))
        return switch self {
        case .unweighted: row == column ? 0 : 1
        case .linear: distance
        case .quadratic: distance * distance
        }
    }
}

extension ContingencyTable {
    /// Cohen's κ: agreement beyond what chance gives, 1 - Σ w·observed / Σ w·expected (Cohen, 1960; weighted: Cohen,
    /// Psychological Bulletin 70, 1968). Undefined when both raters use one and the same category only: 0/0.
    package func kappa(_ weighting: KappaWeighting = .unweighted) throws(Undefined) -> Double {
        let rows = rowShares
        let columns = columnShares
        var observed: [Double] = []
        var expected: [Double] = []
        for row in counts.indices {
            for column in counts.indices {
                let weight = weighting.weight(row, column)
                observed.append(weight * counts[row][column] / total)
                expected.append(weight * rows[row] * columns[column])
            }
        }
        let chance = expected.compensatedSum
        guard chance > 0 else { throw .noChanceOfDisagreement }
        return 1 - observed.compensatedSum / chance
    }

    /// A range for the unweighted κ by its asymptotic standard error (Fleiss, Cohen and Everitt, Psychological
    /// Bulletin 72, 1969). For large samples; see ``Bootstrap`` for others.
    package func kappaInterval(level: Double = 0.95) throws(Undefined) -> Interval {
        let kappa = try kappa()
        let rows = rowShares
        let columns = columnShares
        let chance = zip(rows, columns).map(*).compensatedSum
        var agreeing: [Double] = []
        var disagreeing: [Double] = []
        for row in counts.indices {
            for column in counts.indices {
                let share = counts[row][column] / total
                if row == column {
                    let term = 1 - (rows[row] + columns[row]) * (1 - kappa)
                    agreeing.append(share * term * term)
                } else {
                    let term = columns[row] + rows[column]
                    disagreeing.append(share * term * term)
                }
            }
        }
        let correction = kappa - chance * (1 - kappa)
        let spread =
            agreeing.compensatedSum + (1 - kappa) * (1 - kappa) * disagreeing.compensatedSum - correction * correction
        let error = (max(0, spread) / total).squareRoot() / (1 - chance)
        let margin = try Normal.criticalValue(level: level) * error
        return Interval(lower: kappa - margin, upper: kappa + margin)
    }
}
