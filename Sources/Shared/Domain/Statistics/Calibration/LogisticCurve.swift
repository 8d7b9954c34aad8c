import Glibc

/// The S-shaped curve 1 / (1 + e^-(slope · x + offset)) that makes the outcomes most likely.
package struct LogisticCurve: Sendable, Hashable {
    package let slope: Double
    package let offset: Double

    /// The probability at `x`.
    package func probability(at x: Double) -> Double { Self.logistic(slope * x + offset) }

    /// The plain fit. Undefined when a border separates the outcomes: then the steepest curve would be best.
    package static func unregularized(_ x: [Double], _ outcomes: [Bool]) throws(Undefined) -> LogisticCurve {
        let (positives, negatives) = try check(x, outcomes)
        guard positives > 0 else { throw .noPositives }
        guard negatives > 0 else { throw .noNegatives }
        guard !isSeparable(x, outcomes) else { throw .separable }
        return try fit(x, targets: outcomes.map { $0 ? 1 : 0 })
    }

    /// Platt's fit, whose targets are drawn towards the middle by as much as there are few of them, so that it exists
    /// also for separated outcomes (Platt, Advances in Large Margin Classifiers, 1999; Lin, Lin and Weng, Machine
    /// Learning 68, 2007). Its published form 1 / (1 + e^(A·x + B)) has A = −slope and B = −offset.
    package static func platt(_ x: [Double], _ outcomes: [Bool]) throws(Undefined) -> LogisticCurve {
        let (positives, negatives) = try check(x, outcomes)
        let high = (positives + 1) / (positives + 2)
        let low = 1 / (negatives + 2)
        return try fit(x, targets: outcomes.map { $0 ? high : low })
    }

    private static func check(_ x: [Double], _ outcomes: [Bool]) throws(Undefined) -> (Double, Double) {
        guard x.count == outcomes.count else { throw .lengthsDiffer }
        guard x.count >= 2 else { throw .tooFew(needed: 2, given: x.count) }
        try x.requireFinite()
        guard !x.isConstant else { throw .noVariance }
        let positives = outcomes.count { $0 }
        return (Double(positives), Double(x.count - positives))
    }

    private static func isSeparable(_ x: [Double], _ outcomes: [Bool]) -> Bool {
        let pairs = zip(x, outcomes)
        let positives = pairs.filter(\.1).map(\.0)
        let negatives = pairs.filter { !$0.1 }.map(\.0)
        guard let lowPositive = positives.min(), let highPositive = positives.max(),
            let lowNegative = negatives.min(), let highNegative = negatives.max()
        else { return true }
        return lowPositive >= highNegative || lowNegative >= highPositive
    }

    /// Newton's method on the log-likelihood with halved steps where a whole one would go too far (Nocedal and Wright,
    /// Numerical Optimization, 3.1); in standard units, so that any scale of `x` will do.
    private static func fit(_ x: [Double], targets: [Double]) throws(Undefined) -> LogisticCurve {
        let center = try x.mean()
        let spread = try x.variance(degreesRemoved: 0).squareRoot()
        let units = x.map { ($0 - center) / spread }
        var slope = 0.0
        var offset = 0.0
        var loss = loss(units, targets, slope, offset)
        for _ in 0..<200 {
            let step = newtonStep(units, targets, slope, offset)
            guard step.slope.isFinite, step.offset.isFinite else { throw .notConverged }
            var share = 1.0
            var next = Self.loss(units, targets, slope - step.slope, offset - step.offset)
            while next > loss, share > 1e-10 {
                share /= 2
                next = Self.loss(units, targets, slope - share * step.slope, offset - share * step.offset)
            }
            if next <= loss {
                slope -= share * step.slope
                offset -= share * step.offset
                loss = next
            }
            if max(abs(step.slope), abs(step.offset)) < 1e-12 || share <= 1e-10 {
                return LogisticCurve(slope: slope / spread, offset: offset - slope * center / spread)
            }
        }
        throw .notConverged
    }

    private static func newtonStep(
        _ x: [Double], _ targets: [Double], _ slope: Double, _ offset: Double
    ) -> (slope: Double, offset: Double) {
        var gradient = (slope: 0.0, offset: 0.0)
        var curvature = (slope: 0.0, mixed: 0.0, offset: 0.0)
        for (value, target) in zip(x, targets) {
            let probability = logistic(slope * value + offset)
            let weight = probability * (1 - probability)
            gradient.slope += (probability - target) * value
            gradient.offset += probability - target
            curvature.slope += weight * value * value
            curvature.mixed += weight * value
            curvature.offset += weight
        }
        let determinant = curvature.slope * curvature.offset - curvature.mixed * curvature.mixed
        return (
            (curvature.offset * gradient.slope - curvature.mixed * gradient.offset) / determinant,
            (curvature.slope * gradient.offset - curvature.mixed * gradient.slope) / determinant
        )
    }

    private static func loss(_ x: [Double], _ targets: [Double], _ slope: Double, _ offset: Double) -> Double {
        zip(x, targets).lazy.map { value, target in
            let z = slope * value + offset
            // ln(1 + e^z) − target · z, without overflow.
            return max(z, 0) + log1p(exp(-abs(z))) - target * z
        }.compensatedSum
    }

    private static func logistic(_ z: Double) -> Double {
        z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z))
    }
}
