package import WireAPI

/// A list of the server that is read whole, page after page up to a bound. What was read before stays until all of it was
/// read anew.
package struct WholeList<Page: Decodable & Sendable, Row: Sendable>: Sendable {
    /// The most rows that are read; nobody looks through more.
    package static var limit: Int { 10_000 }
    /// Changes come in bursts; one reading serves them all.
    private static var patience: Duration { .milliseconds(300) }

    private enum Phase: Sendable {
        case idle
        /// It will be read after a moment.
        case scheduled
        /// Some pages may be read; `isStale` when something changed meanwhile.
        case reading(isStale: Bool)
    }

    private let request: @Sendable (_ cursor: String?) -> OperatorRequest<Page>
    private let content: @Sendable (Page) -> (rows: [Row], next: String?)
    private var awaited = Awaited<Page>()
    private var phase = Phase.idle
    private var gathered: [Row] = []
    private var cursor: String?
    private var failures = 0

    /// What was read last.
    package private(set) var rows: [Row] = []
    /// When it was read whole, `nil` before that.
    package private(set) var loadedAt: Duration?
    /// Whether the server has more than is held.
    package private(set) var isCut = false
    /// Why the last attempt failed, and since when all did.
    package private(set) var failure: ServerFailure?
    package private(set) var failingSince: Duration?

    /// A list by its pages' request, the first for no cursor, and by what a page holds.
    package init(
        _ request: @escaping @Sendable (_ cursor: String?) -> OperatorRequest<Page>,
        content: @escaping @Sendable (Page) -> (rows: [Row], next: String?)
    ) {
        self.request = request
        self.content = content
    }

    /// Whether an answer came, a good or a bad one.
    package var isSettled: Bool { loadedAt != nil || failure != nil }
    package var isReading: Bool { if case .reading = phase { true } else { false } }

    /// Reads it, or reads it anew.
    package mutating func load(_ context: inout ScreenContext) { begin(after: .zero, &context) }

    /// Something in it has changed, or it may be old: reads it after a moment.
    package mutating func loadSoon(_ context: inout ScreenContext) {
        switch phase {
        case .idle: begin(after: Self.patience, &context)
        case .scheduled: break
        case .reading: phase = .reading(isStale: true)
        }
    }

    /// Reads it when it was never read or is older than a span.
    package mutating func loadIfOlder(than age: Duration, _ context: inout ScreenContext) {
        if let loadedAt, failure == nil, context.now - loadedAt < age { return }
        if case .reading = phase { return }
        load(&context)
    }

    /// Takes an answer; says whether it was this one's.
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        guard let result = awaited.take(answer) else { return false }
        switch result {
        case .success(let page): take(page, &context)
        case .failure(let failure):
            self.failure = failure
            failingSince = failingSince ?? context.now
            failures += 1
            phase = .idle
            guard failure.isTransient else { break }
            phase = .reading(isStale: false)
            awaited.ask(request(cursor), delay: Backoff.delay(afterFailures: failures), &context)
        }
        return true
    }

    /// Changes the rows, after an action of which the effect is known.
    package mutating func update(_ change: (inout [Row]) -> Void) { change(&rows) }

    private mutating func begin(after delay: Duration, _ context: inout ScreenContext) {
        phase = delay > .zero ? .scheduled : .reading(isStale: false)
        gathered = []
        cursor = nil
        awaited.ask(request(nil), delay: delay, &context)
    }

    private mutating func take(_ page: Page, _ context: inout ScreenContext) {
        failures = 0
        failure = nil
        failingSince = nil
        let (found, next) = content(page)
        gathered += found
        if let next, gathered.count < Self.limit {
            if case .scheduled = phase { phase = .reading(isStale: false) }
            cursor = next
            // The first time there is nothing better to show.
            if loadedAt == nil { rows = gathered }
            awaited.ask(request(next), &context)
            return
        }
        rows = gathered
        gathered = []
        cursor = nil
        isCut = next != nil
        loadedAt = context.now
        if case .reading(isStale: true) = phase { begin(after: Self.patience, &context) } else { phase = .idle }
    }
}
