internal import EventLoop
internal import Records

/// What the calls of a deployment came to, minute by minute over the last hour.
///
/// A plain value that is told the time.
struct CallHistory: Sendable {
    /// How many minutes back percentiles and error mix look.
    static let recentMinutes = 5
    private static let keptMinutes = 60

    /// A minute that is over, in a few numbers: histograms for an hour would be large.
    struct Minute: Sendable, Hashable {
        /// How many minutes ago it was; 0 is the one that runs.
        var age = 0
        var calls = 0
        var failed = 0
        var tokens = 0
        var costInNanoDollars: Int64 = 0
        var medianFirstByte: Duration?
        var slowFirstByte: Duration?

        init(_ tally: CallTally, age: Int) {
            self.age = age
            calls = tally.calls
            failed = tally.failed
            tokens = tally.promptTokens + tally.completionTokens
            costInNanoDollars = tally.costInNanoDollars
            medianFirstByte = tally.firstByte.duration(0.5)
            slowFirstByte = tally.firstByte.duration(0.95)
        }
    }

    private let start: Moment
    /// The minutes with calls, by their number since `start`, oldest first; the last few of them in full.
    private var recent: [(number: Int, tally: CallTally)] = []
    private var older: [(number: Int, minute: Minute)] = []

    init(since start: Moment) { self.start = start }

    /// Counts a call that ended at `now`.
    mutating func add(_ outcome: CallOutcome, at now: Moment) {
        let number = number(of: now)
        // Looked at where it is: a tally has many parts to be copied.
        if recent.isEmpty || recent[recent.count - 1].number != number { begin(number) }
        recent[recent.count - 1].tally.add(outcome)
    }

    /// The sum of the last few minutes.
    func recentTally(at now: Moment) -> CallTally {
        let oldest = number(of: now) - Self.recentMinutes
        return recent.reduce(into: CallTally()) { sum, entry in
            if entry.number > oldest { sum.add(entry.tally) }
        }
    }

    /// The last few minutes with calls after the one of that number, each with how long ago it was.
    func tallies(
        after number: Int?, withRunning: Bool, at now: Moment
    ) -> [(number: Int, age: Int, tally: CallTally)] {
        let current = self.number(of: now)
        return recent.filter { $0.number > number ?? -1 && ($0.number < current || withRunning) }
            .map { ($0.number, current - $0.number, $0.tally) }
    }

    /// The minutes with calls of the last hour, oldest first.
    func minutes(at now: Moment) -> [Minute] {
        let current = number(of: now)
        let old = older.map { entry in
            var minute = entry.minute
            minute.age = current - entry.number
            return minute
        }
        return (old + recent.map { Minute($0.tally, age: current - $0.number) }).filter { $0.age < Self.keptMinutes }
    }

    /// What half of the first bytes of a usual minute took, over the hour before the last few minutes.
    var usualFirstByte: Duration? {
        let times = older.compactMap(\.minute.medianFirstByte).sorted()
        return times.isEmpty ? nil : times[times.count / 2]
    }

    /// In nanoseconds: to divide a `Duration` is a matter of 128 bits.
    private func number(of moment: Moment) -> Int {
        Int((moment.nanoseconds - start.nanoseconds) / Self.minute)
    }

    private static let minute: Int64 = 60_000_000_000

    private mutating func begin(_ number: Int) {
        while let first = recent.first, first.number <= number - Self.recentMinutes {
            older.append((first.number, Minute(first.tally, age: 0)))
            recent.removeFirst()
        }
        older.removeAll { $0.number <= number - Self.keptMinutes }
        recent.append((number, CallTally()))
    }
}
