/// Why a figure does not exist for these values. It is said and never replaced by 0 or NaN.
package enum Undefined: Error, Sendable, Hashable {
    /// Fewer values than the figure needs.
    case tooFew(needed: Int, given: Int)
    /// All values of one side are equal.
    case noVariance
    /// What is compared does not differ.
    case noDifference
    /// What is compared was measured on different scales.
    case scalesDiffer
    /// The raters use one category only, so that chance alone would make them agree.
    case noChanceOfDisagreement
    /// No item is positive, or none was predicted to be.
    case noPositives
    /// No item is negative, or none was predicted to be.
    case noNegatives
    /// Two lists that belong together are of different lengths.
    case lengthsDiffer
    /// A value that the figure does not take: a category beyond the last, a probability beyond 1, a negative ratio.
    case outsideRange
    /// NaN or an infinity.
    case notFinite
    /// The outcomes are separated perfectly, so that no finite curve fits best.
    case separable
    /// The judge is right no more often than chance, so that its errors cannot be corrected for.
    case noBetterThanChance
    /// The iteration did not come to rest.
    case notConverged
    /// The figure would take longer than is allowed.
    case tooMuchWork
}

extension Undefined {
    /// The reason as interfaces name it.
    package var code: String {
        switch self {
        case .tooFew: "too_few_values"
        case .noVariance: "no_variance"
        case .noDifference: "no_difference"
        case .scalesDiffer: "scales_differ"
        case .noChanceOfDisagreement: "no_chance_of_disagreement"
        case .noPositives: "no_positives"
        case .noNegatives: "no_negatives"
        case .lengthsDiffer: "lengths_differ"
        case .outsideRange: "outside_range"
        case .notFinite: "not_finite"
        case .separable: "separable"
        case .noBetterThanChance: "no_better_than_chance"
        case .notConverged: "not_converged"
        case .tooMuchWork: "too_much_work"
        }
    }
}

extension Undefined: CustomStringConvertible {
    /// One sentence for a person.
    package var description: String {
        switch self {
        case .tooFew(let needed, let given):
            "At least \(needed) values are needed, and \(given == 1 ? "one is" : "\(given) are") there."
        case .noVariance: "All values are equal."
        case .noDifference: "The two do not differ."
        case .scalesDiffer: "The two are by labels on different scales."
        case .noChanceOfDisagreement: "Everybody used the same category only, so nobody could have disagreed."
        case .noPositives: "There is no positive item."
        case .noNegatives: "There is no negative item."
        case .lengthsDiffer: "The lists are of different lengths."
        case .outsideRange: "A value is outside of the range."
        case .notFinite: "A value is not a finite number."
        case .separable: "The outcomes are separated perfectly."
        case .noBetterThanChance: "The judge is right no more often than chance."
        case .notConverged: "The iteration did not come to rest."
        case .tooMuchWork: "There are too many values."
        }
    }
}

/// A figure, or the reason why there is none.
package typealias Figure = Result<Double, Undefined>

extension Result where Failure == Undefined {
    /// What there is; `nil` when it is undefined.
    package var value: Success? {
        switch self {
        case .success(let value): value
        case .failure: nil
        }
    }

    /// Why it is undefined; `nil` when it is there.
    package var reason: Undefined? {
        switch self {
        case .success: nil
        case .failure(let reason): reason
        }
    }
}
