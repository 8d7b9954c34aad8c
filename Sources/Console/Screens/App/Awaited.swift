package import WireAPI

/// An answer of the server that is waited for, by its type.
package struct Awaited<Reply: Decodable & Sendable>: Sendable {
    private var ticket: Int?

    package init() {}

    package var isWaiting: Bool { ticket != nil }

    /// Asks; the answer to an earlier question is not waited for any more.
    package mutating func ask(
        _ request: OperatorRequest<Reply>, delay: Duration = .zero, _ context: inout ScreenContext
    ) {
        ticket = context.ask(request, delay: delay)
    }

    /// The answer, when this is the one that is waited for.
    package mutating func take(_ answer: ServerAnswer) -> Result<Reply, ServerFailure>? {
        guard answer.ticket == ticket else { return nil }
        ticket = nil
        switch answer.result {
        case .failure(let failure): return .failure(failure)
        case .success(let reply):
            guard let reply = reply as? Reply else {
                return .failure(ServerFailure(.server, "the answer belongs to another question"))
            }
            return .success(reply)
        }
    }

    /// The answer is not waited for any more.
    package mutating func forget() { ticket = nil }
}

/// Something that is read from the server and kept: what is known, how old it is, and why it could not be read anew.
/// What failed for a passing reason is asked for again by itself.
package struct Loadable<Reply: Decodable & Sendable>: Sendable {
    private var awaited = Awaited<Reply>()
    private var request: OperatorRequest<Reply>?
    private var failures = 0
    private var askedAt: Duration?

    /// What was read last, which stays while it is read anew.
    package private(set) var value: Reply?
    /// When it was read.
    package private(set) var loadedAt: Duration?
    /// Why the last attempt failed, and since when all did.
    package private(set) var failure: ServerFailure?
    package private(set) var failingSince: Duration?

    package init() {}

    package var isLoading: Bool { awaited.isWaiting }
    /// Whether an answer came, a good or a bad one.
    package var isSettled: Bool { value != nil || failure != nil }

    /// Reads it, or reads it anew.
    package mutating func load(
        _ request: OperatorRequest<Reply>, delay: Duration = .zero, _ context: inout ScreenContext
    ) {
        if self.request != nil, self.request != request { failures = 0 }
        self.request = request
        askedAt = context.now
        awaited.ask(request, delay: delay, &context)
    }

    /// Reads it when it was never read or is older than a span.
    package mutating func loadIfOlder(
        than age: Duration, _ request: OperatorRequest<Reply>, _ context: inout ScreenContext
    ) {
        if let loadedAt, context.now - loadedAt < age, self.request == request, failure == nil { return }
        if awaited.isWaiting, self.request == request { return }
        load(request, &context)
    }

    /// Takes an answer; says whether it was this one's.
    @discardableResult
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) -> Bool {
        guard let result = awaited.take(answer) else { return false }
        switch result {
        case .success(let reply):
            value = reply
            loadedAt = context.now
            failures = 0
            failure = nil
            failingSince = nil
        case .failure(let failure):
            self.failure = failure
            failingSince = failingSince ?? context.now
            failures += 1
            if failure.isTransient, let request {
                awaited.ask(request, delay: Backoff.delay(afterFailures: failures), &context)
            }
        }
        return true
    }

    /// Changes what is known, after an action of which the effect is known.
    package mutating func update(_ change: (inout Reply) -> Void) {
        if var known = value {
            change(&known)
            value = known
        }
    }
}
