internal import FoundationEssentials
package import WireAPI

extension OperatorForecast {
    /// When `remaining` jobs of which none has begun will have ended, if they need not wait for others.
    init(ofUnbegun remaining: Int, _ pace: QueuePace) {
        let span = SpanWords.text(QueuePace.window / .seconds(1))
        let (speed, basis): (Double, String)
        if remaining == 0 {
            (speed, basis) = (0, "Nothing is left to do.")
        } else if pace.isPaused {
            (speed, basis) = (0, "It is paused.")
        } else if pace.places == nil {
            (speed, basis) = (0, "None of its jobs has begun, and how many workers are there is not known now.")
        } else if pace.places == 0 {
            (speed, basis) = (0, "None of its jobs has begun, and no worker is there to do them.")
        } else if let each = pace.each, let places = pace.places {
            speed = Double(places) / max(each / .seconds(1), 0.001)
            basis =
                "\(remaining) left; \(places) run at once, and such jobs took \(SpanWords.text(each / .seconds(1))) each "
                + "over the last \(span)."
        } else {
            (speed, basis) = (0, "None of its jobs has begun, and no such job has ended in the last \(span).")
        }
        self.init(
            seconds: remaining == 0 ? 0 : speed > 0 ? Double(remaining) / speed : nil, basis: basis,
            remaining: remaining, inPerSecond: 0, outPerSecond: 0,
            windowSeconds: Int(QueuePace.window.components.seconds))
    }

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
