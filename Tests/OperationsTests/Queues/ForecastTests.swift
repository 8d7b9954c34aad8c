import FoundationEssentials
import Queueing
import Testing
import WireAPI

@testable import Operations

/// What is told of a queue's future and past.
@Suite struct ForecastTests {
    private func forecast(
        _ remaining: Int, in arriving: Double = 0, out leaving: Double = 0, isPaused: Bool = false,
        countsArrivals: Bool = true
    ) -> OperatorForecast {
        OperatorForecast(
            of: remaining, inPerSecond: arriving, outPerSecond: leaving, over: .seconds(300), isPaused: isPaused,
            countsArrivals: countsArrivals)
    }

    @Test func aQueueIsEmptyWhenWhatLeavesHasCaughtUpWithWhatComes() {
        let found = forecast(120, in: 1, out: 3)
        #expect(found.seconds == 60 && found.remaining == 120 && found.windowSeconds == 300)
        #expect(found.basis == "120 left; 3/s ended while 1/s come in, over the last 5 min.")
    }

    @Test func aBatchDoesNotWaitForOthers() {
        #expect(forecast(120, in: 10, out: 3, countsArrivals: false).seconds == 40)
    }

    @Test func whatCannotBeSaidIsNotSaid() {
        #expect(forecast(5, in: 3, out: 3).seconds == nil)
        #expect(forecast(5, in: 3.5, out: 3).basis == "More comes in (3.5/s) than ends (3/s) over the last 5 min.")
        #expect(forecast(5).basis == "Nothing has ended in the last 5 min.")
        #expect(forecast(5, out: 3, isPaused: true).basis == "It is paused.")
        #expect(forecast(0).seconds == 0 && forecast(0, isPaused: true).seconds == 0)
    }

    @Test func whatHasNotBegunIsReckonedFromHowLongSuchJobsTake() {
        func forecast(_ remaining: Int, _ places: Int?, _ each: Duration?, isPaused: Bool = false) -> OperatorForecast {
            OperatorForecast(ofUnbegun: remaining, QueuePace(places: places, each: each, isPaused: isPaused))
        }
        let found = forecast(1000, 16, .milliseconds(3200))
        #expect(found.seconds == 200 && found.remaining == 1000)
        #expect(found.basis == "1000 left; 16 run at once, and such jobs took 3 s each over the last 24 h.")
        #expect(forecast(5, 0, .seconds(1)).seconds == nil && forecast(5, 4, nil).seconds == nil)
        #expect(forecast(5, 0, nil).basis == "None of its jobs has begun, and no worker is there to do them.")
        let unknown = forecast(5, nil, .seconds(1))
        #expect(unknown.seconds == nil && unknown.basis.hasSuffix("how many workers are there is not known now."))
        #expect(forecast(5, 4, .seconds(1), isPaused: true).basis == "It is paused.")
        #expect(forecast(0, 0, nil).seconds == 0)
    }

    @Test func spansAreSaidInTheUnitThatFits() {
        #expect(
            [0, 0.25, 1, 89, 90, 600, 5400, 86_400, 864_000].map(SpanWords.text) == [
                "0 ms", "250 ms", "1 s", "89 s", "1.5 min", "10 min", "1.5 h", "24 h", "10 d",
            ])
    }

    private func minute(_ number: Int, _ finished: Int, depth: Int? = nil) -> QueueMinute {
        var minute = QueueMinute(queue: .evaluations, minute: Date(timeIntervalSince1970: Double(number) * 60))
        minute.finished = finished
        minute.depth = depth
        minute.run = TimeBuckets(counts: [0, 0, 0, finished], milliseconds: 8 * finished)
        return minute
    }

    @Test func minutesFallIntoTheBucketsOfTheWindow() {
        let now = Date(timeIntervalSince1970: 100 * 60 + 30)
        let figures = QueueFigures([minute(100, 5, depth: 7), minute(97, 2), minute(90, 9, depth: 3), minute(98, 1)])
        let minutes = figures.series(bucket: .seconds(60), count: 4, now: now)
        #expect(minutes.from == Date(timeIntervalSince1970: 97 * 60))
        #expect(minutes.finished == [2, 1, 0, 5] && minutes.depth == [nil, nil, nil, 7])
        #expect(minutes.runP50Ms[2] == nil && (4...8).contains(minutes.runP50Ms[3] ?? 0))
        let quarters = figures.series(bucket: .seconds(900), count: 2, now: now)
        #expect(quarters.finished == [0, 17] && quarters.depth == [nil, 7])
        #expect(quarters.from == Date(timeIntervalSince1970: 75 * 60))
    }

    @Test func ratesAreOverTheTimeThatWasCounted() {
        let now = Date(timeIntervalSince1970: 100 * 60 + 30)
        let figures = QueueFigures([minute(100, 30), minute(99, 60), minute(90, 1000)])
        #expect(figures.rate(\.finished, over: .seconds(60), now: now) == 1)
        #expect(figures.sum(from: Date(timeIntervalSince1970: 99 * 60))?.finished == 90)
        #expect(QueueFigures([]).sum(from: now) == nil)
    }
}
