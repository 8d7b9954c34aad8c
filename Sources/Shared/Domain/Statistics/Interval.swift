/// A range that a figure is said to lie in.
package struct Interval: Sendable, Hashable {
    package let lower: Double
    package let upper: Double

    package init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }
}
