/// How fast something grows: the median of the slopes between every two readings (Theil–Sen), which a single jump, such as
/// a month that was dropped, does not move, with the interval that Kendall's statistic gives it.
package struct GrowthTrend: Sendable, Hashable {
    /// By how much it grows in a unit of time.
    package let slope: Double
    /// The lower and the upper bound of ``slope``, 95 %; `nil` of fewer than five readings.
    package let interval: ClosedRange<Double>?

    /// One reading: when, and how much.
    package struct Reading: Sendable, Hashable {
        package let time: Double
        package let value: Double

        package init(time: Double, value: Double) {
            self.time = time
            self.value = value
        }
    }

    /// The fewest readings that say how sure a slope is.
    private static let fewest = 5
    private static let quantile = 1.959964

    /// `nil` of fewer than two readings at different times. Two that are not `apart` are not compared: what is between them
    /// would be taken for what goes on for long. Works in the square of their number.
    package init?(_ readings: [Reading], apart: Double = 0) {
        var slopes: [Double] = []
        for (index, one) in readings.enumerated() {
            for other in readings[(index + 1)...] where other.time != one.time && abs(other.time - one.time) >= apart {
                slopes.append((other.value - one.value) / (other.time - one.time))
            }
        }
        guard !slopes.isEmpty else { return nil }
        slopes.sort()
        let middle = slopes.count / 2
        slope = slopes.count.isMultiple(of: 2) ? (slopes[middle - 1] + slopes[middle]) / 2 : slopes[middle]
        guard readings.count >= Self.fewest else {
            interval = nil
            return
        }
        let count = Double(readings.count)
        let spread = Self.quantile * (count * (count - 1) * (2 * count + 5) / 18).squareRoot()
        let below = ((Double(slopes.count) - spread) / 2).rounded(.down)
        let lowest = min(max(Int(below), 0), slopes.count - 1)
        let highest = min(max(slopes.count - 1 - Int(below), 0), slopes.count - 1)
        interval = slopes[min(lowest, highest)]...slopes[max(lowest, highest)]
    }

    /// For how many units of time room lasts; `nil` where it does not grow.
    package func timeLeft(of room: Double) -> Double? { Self.time(room, slope) }

    /// The earliest and the latest that ``timeLeft(of:)`` may be; the latest is `nil` where it may as well not grow.
    package func timeLeftInterval(of room: Double) -> (earliest: Double, latest: Double?)? {
        guard let interval, let earliest = Self.time(room, interval.upperBound) else { return nil }
        return (earliest, Self.time(room, interval.lowerBound))
    }

    private static func time(_ room: Double, _ slope: Double) -> Double? {
        slope > 0 ? max(0, room) / slope : nil
    }
}
