import Glibc

/// How many items it takes to see a difference.
package enum Power {
    /// The number of pairs by which Student's paired test finds an effect of `effectSize` standard deviations with the
    /// probability `power`, at the two-sided level `alpha`. By the noncentral t distribution.
    package static func pairs(
        effectSize: Double, alpha: Double = 0.05, power: Double = 0.8
    ) throws(Undefined) -> Double {
        try check(effectSize, alpha, power)
        return try smallest(reaching: power) { (count) throws(Undefined) in
            let degrees = count - 1
            let critical = try StudentT(degrees: degrees).criticalValue(level: 1 - alpha)
            let shift = abs(effectSize) * count.squareRoot()
            return 1 - (try NoncentralT.cumulative(critical, degrees: degrees, shift: shift))
                + (try NoncentralT.cumulative(-critical, degrees: degrees, shift: shift))
        }
    }

    /// The number of items in each of two groups by which shares of `first` and `second` are told apart, by Cohen's h =
    /// 2 arcsin √p (Statistical Power Analysis, 1988).
    package static func itemsPerGroup(
        first: Double, second: Double, alpha: Double = 0.05, power: Double = 0.8
    ) throws(Undefined) -> Double {
        guard (0...1).contains(first), (0...1).contains(second) else { throw .outsideRange }
        let effect = abs(2 * asin(second.squareRoot()) - 2 * asin(first.squareRoot()))
        try check(effect, alpha, power)
        let critical = try Normal.criticalValue(level: 1 - alpha)
        return try smallest(reaching: power) { (count) throws(Undefined) in
            let shift = effect * (count / 2).squareRoot()
            return Normal.cumulative(shift - critical) + Normal.cumulative(-shift - critical)
        }
    }

    private static func check(_ effect: Double, _ alpha: Double, _ power: Double) throws(Undefined) {
        guard effect != 0 else { throw .noVariance }
        guard effect.isFinite, (0.0...1).contains(alpha), (alpha..<1).contains(power), alpha > 0 else {
            throw .outsideRange
        }
    }

    /// The smallest number, whole or not, from which on `power` reaches `goal`.
    private static func smallest(
        reaching goal: Double, _ power: (Double) throws(Undefined) -> Double
    ) throws(Undefined) -> Double {
        var low = 2.0
        var high = 4.0
        while try power(high) < goal {
            (low, high) = (high, high * 2)
            guard high < 1e9 else { throw .tooMuchWork }
        }
        for _ in 0..<200 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if try power(middle) < goal { low = middle } else { high = middle }
        }
        return high
    }
}

/// Student's t of a mean that is not 0.
enum NoncentralT {
    /// The share below `t`: Lenth's AS 243 (Applied Statistics 38, 1989).
    static func cumulative(_ t: Double, degrees: Double, shift: Double) throws(Undefined) -> Double {
        if t < 0 { return 1 - (try cumulative(-t, degrees: degrees, shift: -shift)) }
        let x = t * t / (t * t + degrees)
        let half = shift * shift / 2
        var sum = 0.0
        for step in 0..<5000 {
            let j = Double(step)
            let even = half > 0 ? exp(-half + j * log(half) - LogGamma.of(j + 1)) : step == 0 ? 1 : 0
            let odd =
                half > 0
                ? shift / 2.0.squareRoot() * exp(-half + j * log(half) - LogGamma.of(j + 1.5)) : 0
            let term =
                even * (try Beta(j + 0.5, degrees / 2).cumulative(x))
                + odd * (try Beta(j + 1, degrees / 2).cumulative(x))
            sum += term
            if j > half, abs(term) < 1e-15 { break }
        }
        return min(1, max(0, Normal.cumulative(-shift) + sum / 2))
    }
}
