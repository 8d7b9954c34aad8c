import Glibc

/// The standard normal distribution.
package enum Normal {
    /// The share below `x`.
    package static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    /// The value below which the share `p` lies: infinite at 0 and 1. Wichura's AS 241 (Applied Statistics 37, 1988),
    /// exact to about 16 digits.
    package static func quantile(_ p: Double) throws(Undefined) -> Double {
        guard (0...1).contains(p) else { throw .outsideRange }
        if p == 0 { return -.infinity }
        if p == 1 { return .infinity }
        let distance = p - 0.5
        if abs(distance) <= 0.425 {
            let r = 0.180625 - distance * distance
            return distance * polynomial(r, centralNumerator) / polynomial(r, centralDenominator)
        }
        let r = (-log(distance < 0 ? p : 1 - p)).squareRoot()
        let size =
            r <= 5
            ? polynomial(r - 1.6, middleNumerator) / polynomial(r - 1.6, middleDenominator)
            : polynomial(r - 5, tailNumerator) / polynomial(r - 5, tailDenominator)
        return distance < 0 ? -size : size
    }

    /// How many standard errors on either side hold the share `level`.
    static func criticalValue(level: Double) throws(Undefined) -> Double {
        guard level > 0, level < 1 else { throw .outsideRange }
        return try quantile(0.5 + level / 2)
    }

    private static func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
        coefficients.reversed().reduce(0) { $0 * x + $1 }
    }

    private static let centralNumerator = [
        3.3871328727963666080, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
        4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3,
    ]
    private static let centralDenominator = [
        1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3, 2.1213794301586595867e+4,
        3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3,
    ]
    private static let middleNumerator = [
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ]
    private static let middleDenominator = [
        1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
        1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ]
    private static let tailNumerator = [
        6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ]
    private static let tailDenominator = [
        1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ]
}
