import Glibc

/// The beta distribution with the shapes `a` and `b`, both above 0.
package struct Beta: Sendable, Hashable {
    package let a: Double
    package let b: Double

    package init(_ a: Double, _ b: Double) throws(Undefined) {
        guard a > 0, b > 0, a.isFinite, b.isFinite else { throw .outsideRange }
        (self.a, self.b) = (a, b)
    }

    /// The share below `x`: the regularised incomplete beta function by its continued fraction, evaluated by Lentz's
    /// method (Didonato and Morris, ACM TOMS 18, 1992; Press et al., Numerical Recipes, 6.4).
    package func cumulative(_ x: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        let front = exp(LogGamma.of(a + b) - LogGamma.of(a) - LogGamma.of(b) + a * log(x) + b * log1p(-x))
        // Each fraction converges fast on its side of the mean.
        return x < (a + 1) / (a + b + 2)
            ? front * Self.fraction(a, b, x) / a : 1 - front * Self.fraction(b, a, 1 - x) / b
    }

    /// The value below which the share `p` lies, by bisection to the last digit: the distribution is steep at its ends,
    /// where Newton's steps leave the range.
    package func quantile(_ p: Double) throws(Undefined) -> Double {
        guard (0...1).contains(p) else { throw .outsideRange }
        if p == 0 { return 0 }
        if p == 1 { return 1 }
        var low = 0.0
        var high = 1.0
        while true {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { return middle }
            if cumulative(middle) < p { low = middle } else { high = middle }
            if high - low < 1e-17 { return middle }
        }
    }

    private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / guarded(1 - (a + b) * x / (a + 1))
        var value = d
        // It needs about √max(a, b) terms.
        for step in 1...100_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / guarded(1 + even * d)
            c = guarded(1 + even / c)
            value *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / guarded(1 + odd * d)
            c = guarded(1 + odd / c)
            value *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return value
    }
}

/// The logarithm of the gamma function of positive numbers. Our own, since the C library's keeps a sign in a global
/// variable.
enum LogGamma {
    /// Stirling's series from 15 on, and the recurrence below (Abramowitz and Stegun, 6.1.41).
    static func of(_ x: Double) -> Double {
        var shifted = x
        var product = 1.0
        while shifted < 15 {
            product *= shifted
            shifted += 1
        }
        let inverse = 1 / shifted
        let square = inverse * inverse
        let series =
            inverse
            * (1.0 / 12
                - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188)))))
        return (shifted - 0.5) * log(shifted) - shifted + 0.5 * log(2 * Double.pi) + series - log(product)
    }
}
