internal import ChatModel
internal import EventLoop
package import FoundationEssentials
package import Logging
package import Records
internal import Synchronization
internal import Tenancy

/// Writes down how deployments do, five minutes at a time, so that it can be seen days later what they did.
///
/// Nothing of it is on the way of a call: every half minute what the minutes that are over came to is taken, and the spans
/// that it belongs to are written again. What cannot be written is kept for an hour.
package final class HealthRecorder: Sendable {
    private let states: DeploymentStates
    private let write: @Sendable ([DeploymentSpan]) async throws -> Void
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let notebook = Mutex(Notebook())

    private static let interval = Duration.seconds(30)
    /// How many spans are written at once.
    private static let most = 500

    /// `write` stores spans in place of what it had stored of them before; `now` is the wall clock.
    package init(
        states: DeploymentStates, logger: Logger, now: @escaping @Sendable () -> Date,
        write: @escaping @Sendable ([DeploymentSpan]) async throws -> Void
    ) {
        self.states = states
        self.write = write
        self.logger = logger
        self.now = now
    }

    /// Writes until the task is cancelled. Call it on a loop.
    package func run() async throws {
        while true {
            // Replicas that were started together are not to write together.
            try await Loop.current?.sleep(for: Self.interval * Double.random(in: 0.8..<1.2))
            await record(withRunning: false)
        }
    }

    /// Writes what is known by now, also of the minute that is not over: nothing comes after it.
    package func finish() async { await record(withRunning: true) }

    func record(withRunning: Bool) async {
        let (moment, date) = (Moment.now, now())
        for state in states.all { note(state, withRunning, at: moment, date) }
        var isWritten = true
        while isWritten {
            let due = notebook.withLock { $0.due(Self.most) }
            guard !due.isEmpty else { break }
            do {
                try await write(due)
                notebook.withLock { $0.written(due) }
            } catch {
                logger.info("how deployments did could not be written down", metadata: ["reason": "\(error)"])
                isWritten = false
            }
        }
        notebook.withLock { $0.forget(at: date) }
    }

    private func note(_ state: DeploymentState, _ withRunning: Bool, at moment: Moment, _ date: Date) {
        // What has no identifier is stored nowhere.
        guard let place = UUID(uuidString: state.name.place) else { return }
        let report = state.report(at: moment)
        let worst = WorstHealth(score: report.health.score, sentence: report.health.sentence)
        let known = notebook.withLock { $0.taken[state.name] }
        let tallies = state.tallies(after: known, withRunning: withRunning, at: moment)
        notebook.withLock { notebook in
            func add(_ sums: DeploymentSums, at moment: Date) {
                notebook.add(
                    sums, worst, place: place, model: state.name.model, start: DeploymentSpan.start(of: moment))
            }
            for (number, age, tally) in tallies {
                add(DeploymentSums(tally), at: date.addingTimeInterval(-60 * Double(age)))
                notebook.taken[state.name] = number
            }
            // Also a deployment that nobody asks for may be unwell.
            if report.health.condition != .unknown { add(DeploymentSums(), at: date) }
        }
    }

    /// Spans that are not over or not written yet.
    private struct Notebook {
        struct Key: Hashable {
            let place: UUID
            let model: String
            let start: Date
        }

        struct Entry {
            var span: DeploymentSpan
            var isDue = true
        }

        var entries: [Key: Entry] = [:]
        /// Which minute of a deployment was taken last.
        var taken: [DeploymentState.Name: Int] = [:]

        private static let kept: TimeInterval = 3600

        mutating func add(_ sums: DeploymentSums, _ worst: WorstHealth, place: UUID, model: String, start: Date) {
            let key = Key(place: place, model: model, start: start)
            guard var entry = entries[key] else {
                entries[key] = Entry(
                    span: DeploymentSpan(place: place, upstreamModel: model, start: start, sums: sums, worst: worst))
                return
            }
            let before = entry.span
            entry.span.sums += sums
            if worst.score < entry.span.worst.score { entry.span.worst = worst }
            entry.isDue = entry.isDue || entry.span != before
            entries[key] = entry
        }

        func due(_ most: Int) -> [DeploymentSpan] {
            Array(entries.values.lazy.filter(\.isDue).map(\.span).prefix(most))
        }

        mutating func written(_ spans: [DeploymentSpan]) {
            for span in spans {
                let key = Key(place: span.place, model: span.upstreamModel, start: span.start)
                if entries[key]?.span == span { entries[key]?.isDue = false }
            }
        }

        /// Forgets what is over and written, and what is too old to wait for the database any more.
        mutating func forget(at moment: Date) {
            // A little longer than the span: the last minute of it is taken up to a minute after its end.
            let over = moment.addingTimeInterval(-DeploymentSpan.length - 180)
            let old = moment.addingTimeInterval(-Self.kept)
            entries = entries.filter { $0.key.start > old && ($0.value.isDue || $0.key.start > over) }
        }
    }
}

extension DeploymentSums {
    fileprivate init(_ tally: CallTally) {
        self.init()
        calls = tally.calls
        abandoned = tally.abandoned
        failures = Dictionary(uniqueKeysWithValues: tally.failures.map { ($0.key.rawValue, $0.value) })
        promptTokens = tally.promptTokens
        completionTokens = tally.completionTokens
        costInNanoDollars = tally.costInNanoDollars
        firstByte = tally.firstByte
        whole = tally.whole
    }
}
