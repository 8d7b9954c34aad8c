import Glibc

/// Charts that tell when a series has left its level downwards (NIST/SEMATECH e-Handbook, 6.3.2.3 and 6.3.2.4).
package struct ControlChart: Sendable, Hashable {
    /// The level and the standard deviation of a series that is as it should be.
    package let mean: Double
    package let deviation: Double

    package init(mean: Double, deviation: Double) throws(Undefined) {
        guard mean.isFinite, deviation.isFinite else { throw .notFinite }
        guard deviation > 0 else { throw .noVariance }
        (self.mean, self.deviation) = (mean, deviation)
    }

    /// One place of a chart of moving averages.
    package struct Average: Sendable, Hashable {
        package let value: Double
        /// Below it the series has left its level.
        package let lowerLimit: Double

        package var isAlarm: Bool { value < lowerLimit }
    }

    /// The exponentially weighted moving averages (Roberts, Technometrics 1, 1959), with the exact limits of `width`
    /// standard deviations.
    package func movingAverages(_ values: [Double], weight: Double = 0.2, width: Double = 3) throws(Undefined)
        -> [Average]
    {
        guard weight > 0, weight <= 1 else { throw .outsideRange }
        try values.requireFinite()
        var average = mean
        return values.enumerated().map { place, value in
            average = weight * value + (1 - weight) * average
            let settled = 1 - pow(1 - weight, 2 * Double(place + 1))
            let spread = deviation * (weight / (2 - weight) * settled).squareRoot()
            return Average(value: average, lowerLimit: mean - width * spread)
        }
    }

    /// The cumulative sums of how far values lie below the level, in standard deviations, less `allowance` each (Page,
    /// Biometrika 41, 1954). From about 5 on the series has left its level.
    package func lowerSums(_ values: [Double], allowance: Double = 0.5) throws(Undefined) -> [Double] {
        try values.requireFinite()
        var sum = 0.0
        return values.map { value in
            sum = max(0, sum + (mean - value) / deviation - allowance)
            return sum
        }
    }
}
