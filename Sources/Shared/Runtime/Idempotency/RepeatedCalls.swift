package import Access
internal import EventLoop
package import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
package import Logging
package import Stores
internal import Synchronization
internal import Tenancy

/// Makes calls that carry an idempotency key once, however often they come: while one is made others wait for it, and those
/// that come later get its answer. PostgreSQL holds who makes what, so that it is the same in every replica and after a
/// crash.
///
/// A call with a key is made to its end also when its caller leaves: it is about to ask again. Only success is kept.
package final class RepeatedCalls: Sendable {
    /// The header field of a call.
    package static let field = "idempotency-key"
    /// The header field of an answer that was given before.
    package static let replayed = "idempotent-replayed"
    /// Longer answers are not kept.
    private static let longestAnswer = 8 << 20
    /// How long this process is taken to be alive when it says nothing.
    private static let lease = Duration.seconds(30)
    /// How long a call waits for the same call, where it has no deadline.
    private static let patience = Duration.seconds(120)

    private let store: IdempotentCallStore
    private let holder: UUID
    private let logger: Logger
    private let underWay = Atomic<Int>(0)

    /// `holder` is this process, new with each start.
    package init(store: IdempotentCallStore, holder: UUID, logger: Logger) {
        self.store = store
        self.holder = holder
        self.logger = logger
    }

    /// Wraps handlers: calls that create or execute, with a key.
    package var middleware: PrincipalMiddleware {
        { next in
            { [self] context, principal in
                guard context.method == .post, let key = context.header(Self.field) else {
                    return try await next(context, principal)
                }
                let reading = try await CallReading(context)
                let call = IdempotentCall(
                    organizationID: principal.organizationID, userID: principal.user.id,
                    key: try Self.accepted(key), fingerprint: reading.fingerprint)
                return try await once(call, until: context.deadline) { try await next(reading.context, principal) }
            }
        }
    }

    /// Says now and then that this process is alive, while it makes such calls. Ends when it is cancelled.
    package func run() async throws {
        while true {
            try await Loop.current?.sleep(for: Self.lease / 5)
            guard underWay.load(ordering: .relaxed) > 0 else { continue }
            do {
                try await store.prolong(holder, lease: Self.lease)
            } catch let error as CancellationError {
                throw error
            } catch {
                logger.warning("idempotent calls could not be prolonged", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func once(
        _ call: IdempotentCall, until deadline: Deadline, _ make: @escaping @Sendable () async throws -> Reply
    ) async throws -> Reply {
        let limit = deadline.earlier(.after(Self.patience))
        var pause = Duration.milliseconds(20)
        while true {
            switch try await store.claim(call, for: holder, lease: Self.lease) {
            case .claimed: return try await perform(call, make)
            case .answered(let answer): return try Self.reply(answer)
            case .different: throw APIProblem.keyStandsForAnotherCall
            case .abandoned: throw APIProblem.outcomeUnknown
            case .running:
                guard !limit.hasPassed else { throw APIProblem.stillRunning }
                try await Loop.current?.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(500))
            }
        }
    }

    /// Makes the call in a task of its own, so that it comes to its end also when the caller's is cancelled.
    private func perform(
        _ call: IdempotentCall, _ make: @escaping @Sendable () async throws -> Reply
    ) async throws -> Reply {
        underWay.wrappingAdd(1, ordering: .relaxed)
        // ok: awaited in the next line; it must not be cancelled with the caller
        let task = Task(executorPreference: Loop.current) { [self] in
            defer { underWay.wrappingSubtract(1, ordering: .relaxed) }
            do {
                let reply = try await make()
                await settle(call, with: reply)
                return reply
            } catch {
                await release(call)
                throw error
            }
        }
        return try await task.value
    }

    private func settle(_ call: IdempotentCall, with reply: Reply) async {
        guard let parts = reply.parts, (200..<300).contains(parts.status) else { return await release(call) }
        let answer = KeptAnswer(
            status: parts.status, contentType: parts.contentType,
            body: parts.body.count <= Self.longestAnswer ? parts.body : nil)
        do {
            try await store.keep(answer, of: call, by: holder)
        } catch {
            // The call was made, and is answered. Whoever repeats it is told that nobody knows.
            logger.warning("the answer of an idempotent call could not be kept", metadata: ["reason": "\(error)"])
        }
    }

    private func release(_ call: IdempotentCall) async {
        do {
            try await store.release(call, by: holder)
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
