/// Student's t distribution (Student, Biometrika 6, 1908).
package struct StudentT: Sendable, Hashable {
    package let degrees: Double

    package init(degrees: Double) throws(Undefined) {
        guard degrees > 0, degrees.isFinite else { throw .outsideRange }
        self.degrees = degrees
    }

    /// The share beyond ±`t`, on both sides together.
    package func twoSided(_ t: Double) throws(Undefined) -> Double {
        try Beta(degrees / 2, 0.5).cumulative(degrees / (degrees + t * t))
    }

    /// How many standard errors on either side hold the share `level`.
    package func criticalValue(level: Double) throws(Undefined) -> Double {
        guard level > 0, level < 1 else { throw .outsideRange }
        let x = try Beta(degrees / 2, 0.5).quantile(1 - level)
        return (degrees * (1 - x) / x).squareRoot()
    }
}
