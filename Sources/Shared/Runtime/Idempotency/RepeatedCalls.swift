package import Access
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
package import HTTPServing
package import Logging
package import Stores
package import Tenancy

/// Makes calls that carry an idempotency key once, however often they come: while one is made others wait for it, and those
/// that come later get its answer. PostgreSQL holds who makes what, so that it is the same in every replica and after a
/// crash: then a call of a route that can be resumed is made again, and of others it is said that nobody knows.
///
/// A call with a key is made to its end or its deadline also when its caller leaves: it is about to ask again. Success is
/// kept, and what was refused may be asked again with another body.
package final class RepeatedCalls: Sendable {
    /// The header field of a call.
    package static let field = "idempotency-key"
    /// The header field of an answer that was given before.
    package static let replayed = "idempotent-replayed"
    /// Longer answers are not kept, and none that carry a secret.
    private static let longestAnswer = 8 << 20
    /// How long a call waits for the same call, where it has no deadline.
    private static let patience = Duration.seconds(120)

    private let store: IdempotentCallStore
    private let identifiers: IdentifierSource
    private let lease: Duration
    private let mapping: ProblemMapping
    private let logger: Logger

    /// Whoever makes a call and does not say so for as long as `lease`, and not while another waits for half as long again, is
    /// taken to be gone. `mapping` tells what callers are told of errors.
    package init(
        store: IdempotentCallStore, identifiers: IdentifierSource, lease: Duration = .seconds(4),
        mapping: @escaping ProblemMapping, logger: Logger
    ) {
        self.store = store
        self.identifiers = identifiers
        self.lease = lease
        self.mapping = mapping
        self.logger = logger
    }

    /// Wraps handlers: those of `POST` are called once for a key.
    package var middleware: PrincipalMiddleware {
        { next in
            { [self] context, principal in
                guard context.method == .post, let key = context.header(Self.field) else {
                    return try await next(context, principal)
                }
                let accepted = try Self.accepted(key)
                let reading = try await CallReading(context)
                let call = IdempotentCall(
                    organizationID: principal.organizationID, userID: principal.user.id, key: accepted,
                    fingerprint: reading.fingerprint)
                return try await once(call, reading.context) { try await next($0, principal) }
            }
        }
    }

    private func once(
        _ call: IdempotentCall, _ context: RequestContext,
        _ make: @escaping @Sendable (RequestContext) async throws -> Reply
    ) async throws -> Reply {
        let limit = context.deadline.earlier(.after(Self.patience))
        var pause = Duration.milliseconds(20)
        var silentSince: ContinuousClock.Instant?
        while true {
            // A database that was away let nobody say that they are there: they get a moment for it.
            let isGone = silentSince.map { $0.duration(to: .now) >= lease / 2 } ?? false
            // ok: awaited in the next lines; what is claimed is made or given back, also when the caller leaves
            let trial = Task(executorPreference: Loop.current) { [self] in
                try await attempt(call, context, whenSilent: isGone, make)
            }
            switch try await trial.value {
            case .answered(let reply): return reply
            case .underWay: silentSince = nil
            case .silent: silentSince = silentSince ?? .now
            }
            guard !limit.hasPassed else { throw APIProblem.stillRunning }
            try await Loop.current?.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    /// What came of trying to make a call.
    private enum Trial: Sendable {
        /// It was made, now or before.
        case answered(Reply)
        /// Somebody else makes it.
        case underWay
        /// Somebody else does, who has not said so for a while.
        case silent
    }

    private func attempt(
        _ call: IdempotentCall, _ context: RequestContext, whenSilent isGone: Bool,
        _ make: @escaping @Sendable (RequestContext) async throws -> Reply
    ) async throws -> Trial {
        let holder = identifiers.uuid()
        switch try await store.claim(call, for: holder, lease: lease) {
        case .claimed(let id):
            return .answered(try await perform(call, as: holder, context.known(as: id, isResumed: false), make))
        case .running: return .underWay
        case .answered(let answer): return .answered(try Self.reply(answer))
        case .different: throw APIProblem.keyStandsForAnotherCall
        case .silent: return isGone ? try await resume(call, as: holder, context, make) : .silent
        case .abandoned: return try await resume(call, as: holder, context, make)
        }
    }

    private func resume(
        _ call: IdempotentCall, as holder: UUID, _ context: RequestContext,
        _ make: @escaping @Sendable (RequestContext) async throws -> Reply
    ) async throws -> Trial {
        guard context.isResumable else { throw APIProblem.outcomeUnknown }
        guard let id = try await store.resume(call, for: holder, lease: lease) else { return .underWay }
        return .answered(try await perform(call, as: holder, context.known(as: id, isResumed: true), make))
    }

    private func perform(
        _ call: IdempotentCall, as holder: UUID, _ context: RequestContext,
        _ make: @escaping @Sendable (RequestContext) async throws -> Reply
    ) async throws -> Reply {
        // Ends with the call.
        async let _ = prolong(call, for: holder)
        do {
            // Nobody else holds it to its deadline: it is not cancelled with its caller.
            let reply = try await HandlerDeadline.run(until: context.deadline) { try await make(context) }
            await settle(call, for: holder, with: reply)
            return reply
        } catch {
            await giveBack(call, for: holder, isOpen: mayHaveBeenDone(error, context))
            throw error
        }
    }

    /// Whether a call that failed may have had its effect. What is refused has none. What a route that can be resumed has
    /// made is found again; elsewhere a problem that was told of is taken for the whole truth, so that it can be asked again.
    private func mayHaveBeenDone(_ error: any Error, _ context: RequestContext) -> Bool {
        guard let problem = APIProblem.told(of: error, mapping) else { return true }
        return context.isResumable ? problem.status >= 500 && !problem.isOutcome : error is DeadlineExceeded
    }

    /// Says now and then that the call is being made, until it is cancelled.
    private func prolong(_ call: IdempotentCall, for holder: UUID) async {
        var pause = lease / 3
        while !Task.isCancelled {
            do {
                try await Loop.current?.sleep(for: pause)
                pause = lease / 3
                try await store.prolong(call, by: holder, lease: lease)
            } catch is CancellationError {
                return
            } catch {
                guard !Task.isCancelled else { return }
                // It is to be said as soon as the database is back.
                pause = lease / 12
                logger.debug("an idempotent call could not be prolonged", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func settle(_ call: IdempotentCall, for holder: UUID, with reply: Reply) async {
        guard let parts = reply.parts, (200..<300).contains(parts.status) else {
            return await giveBack(call, for: holder, isOpen: false)
        }
        let answer = KeptAnswer(
            status: parts.status, contentType: parts.contentType,
            body: parts.isSecret || parts.body.count > Self.longestAnswer ? nil : parts.body)
        do {
            try await store.keep(answer, of: call, by: holder)
        } catch {
            // The call was made, and is answered. Whoever repeats it when the lease has ended finds it abandoned.
            logger.warning("the answer of an idempotent call could not be kept", metadata: ["reason": "\(error)"])
        }
    }

    /// Leaves a call to whoever makes it again: as a new one, or as the same one while its outcome is open.
    private func giveBack(_ call: IdempotentCall, for holder: UUID, isOpen: Bool) async {
        do {
            if isOpen { try await store.abandon(call, by: holder) } else { try await store.release(call, by: holder) }
        } catch {
            logger.warning("an idempotent call could not be given back", metadata: ["reason": "\(error)"])
        }
    }

    private static func accepted(_ key: String) throws(APIProblem) -> String {
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .invalid("Idempotency-Key", "Give 1 to 255 printable ASCII characters.")
        }
        return key
    }

    private static func reply(_ answer: KeptAnswer) throws(APIProblem) -> Reply {
        guard let body = answer.body else { throw .answerNotKept }
        guard let type = answer.contentType else { return Reply.noContent.adding(replayed, "true") }
        return .bytes(body, type: type, status: answer.status, headers: [replayed: "true"])
    }
}
