internal import FoundationEssentials
package import WireAPI

extension OperatorForecast {
    /// When `remaining` jobs will have ended, at the speed of the last `window`.
    ///
    /// `countsArrivals` is whether what comes in has to be done too before it is over: so with queues, not with batches.
    package init(
        of remaining: Int, inPerSecond: Double, outPerSecond: Double, over window: Duration, isPaused: Bool,
        countsArrivals: Bool
    ) {
        let span = SpanWords.text(Double(window.components.seconds))
        let (seconds, basis): (Double?, String)
        let speed = countsArrivals ? outPerSecond - inPerSecond : outPerSecond
        if remaining == 0 {
            (seconds, basis) = (0, "Nothing is left to do.")
        } else if isPaused {
            (seconds, basis) = (nil, "It is paused.")
        } else if outPerSecond <= 0 {
            (seconds, basis) = (nil, "Nothing has ended in the last \(span).")
        } else if speed <= 0 {
            (seconds, basis) = (
                nil,
                "More comes in (\(SpanWords.rate(inPerSecond))/s) than ends (\(SpanWords.rate(outPerSecond))/s) over the "
                    + "last \(span)."
            )
        } else {
            let arrivals = countsArrivals ? " while \(SpanWords.rate(inPerSecond))/s come in" : ""
            (seconds, basis) = (
                Double(remaining) / speed,
                "\(remaining) left; \(SpanWords.rate(outPerSecond))/s ended\(arrivals), over the last \(span)."
            )
        }
        self.init(
            seconds: seconds, basis: basis, remaining: remaining, inPerSecond: inPerSecond,
            outPerSecond: outPerSecond, windowSeconds: Int(window.components.seconds))
    }
}
