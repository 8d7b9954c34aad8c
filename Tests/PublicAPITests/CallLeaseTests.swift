import Access
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import Idempotency
import Observability
import PublicAPI
import Postgres
import Stores
import Synchronization
import Tenancy
import Testing

/// Whoever makes a call with a key makes it to its end, and says so while it lasts.
@Suite(.serialized) struct CallLeaseTests {
    /// Calls of one person, which last until they are let go.
    private final class Desk: Sendable {
        let server: PublicServer
        let principal: Principal
        let store: IdempotentCallStore
        let lease: Duration
        private let state = Mutex((begun: 0, letGo: Set<String>()))
        private let rules: RepeatedCalls

        init(_ server: PublicServer, lease: Duration) async throws {
            self.server = server
            self.lease = lease
            principal = try await server.caller().principal
            store = IdempotentCallStore(database: server.database)
            rules = RepeatedCalls(
                store: store, identifiers: server.identifiers, lease: lease, mapping: ClientProblems.mapping,
                logger: PublicServer.logger)
        }

        var begun: Int { state.withLock(\.begun) }
        func letGo(_ key: String) { state.withLock { _ = $0.letGo.insert(key) } }

        func call(
            _ key: String, until deadline: Deadline = .never, isResumable: Bool = false,
            _ work: (@Sendable (RequestContext) async throws -> Reply)? = nil
        ) async throws -> Reply {
            let request = HTTPRequest(
                method: .post, path: "/v1/things/", query: nil, headers: [RepeatedCalls.field: key],
                remoteAddress: "127.0.0.1", isSecure: false, body: HTTPRequestBody([]))
            let traces = TraceIdentifiers(seed: 1)
            let context = RequestContext(
                request: request, requestID: "1", trace: TraceContext(startedWith: traces), deadline: deadline,
                isResumable: isResumable, logger: PublicServer.logger, traceIdentifiers: traces)
            let handler = rules.middleware { [self] context, _ in
                state.withLock { $0.begun += 1 }
                if let work { return try await work(context) }
                while !state.withLock({ $0.letGo.contains(key) }) {
                    try await Loop.current?.sleep(for: .milliseconds(5))
                }
                return .text("done")
            }
            return try await handler(context, principal)
        }

        /// A call that goes on beside the test; returns when it has begun.
        func begin(_ key: String) async throws -> Task<Reply, any Error> {
            let before = begun
            let task = Task(executorPreference: Loop.current) { [self] in try await call(key) }
            try await until { begun > before }
            return task
        }

        /// How far into the future a call is held, from its beginning.
        func held(_ key: String) async throws -> Double {
            let rows = try await server.database.query(
                """
                SELECT extract(epoch FROM held_until - claimed_at)::float8 AS held FROM idempotent_calls
                WHERE user_id = \(principal.user.id) AND key = \(key)
                """)
            return try rows.first?.decode("held") ?? 0
        }

        /// Whether a call is held that has no answer; `nil` when there is none.
        func isHeld(_ key: String) async throws -> Bool? {
            let rows = try await server.database.query(
                """
                SELECT held_until > now() AS held FROM idempotent_calls
                WHERE user_id = \(principal.user.id) AND key = \(key) AND status IS NULL
                """)
            return try rows.first?.decode("held")
        }

        func until(_ condition: () async throws -> Bool) async throws {
            let limit = Deadline.after(.seconds(20))
            while try await !condition() {
                try #require(!limit.hasPassed, "it did not come to that")
                try await Loop.current?.sleep(for: .milliseconds(10))
            }
        }
    }

    @Test func aCallThatLastsIsHeldAllTheWhile() async throws {
        try await PublicServer.run { server in
            let desk = try await Desk(server, lease: .seconds(2))
            let first = try await desk.begin("long")
            try await desk.until { try await desk.held("long") > 2.3 }
            desk.letGo("long")
            #expect(try await first.value.status == 200)
            #expect(try await desk.call("long").headers[RepeatedCalls.replayed] == "true")
            #expect(desk.begun == 1)
        }
    }

    /// As behind an outage of the database, in which nobody could say that they are there.
    @Test func whoeverWasKeptFromSayingSoIsWaitedFor() async throws {
        try await PublicServer.run { server in
            let desk = try await Desk(server, lease: .seconds(6))
            let first = try await desk.begin("kept")
            try await server.database.execute(
                """
                UPDATE idempotent_calls SET held_until = now() - interval '1 minute'
                WHERE user_id = \(desk.principal.user.id) AND key = 'kept'
                """)
            let second = Task(executorPreference: Loop.current) { try await desk.call("kept") }
            try await desk.until { try await desk.isHeld("kept") == true }
            desk.letGo("kept")
            #expect(try await first.value.status == 200)
            #expect(try await second.value.headers[RepeatedCalls.replayed] == "true")
            #expect(desk.begun == 1)
        }
    }

    @Test func aCallIsMadeToItsEndWhenItsCallerLeaves() async throws {
        try await PublicServer.run { server in
            let desk = try await Desk(server, lease: .seconds(30))
            let first = try await desk.begin("left")
            first.cancel()
            desk.letGo("left")
            #expect(try await desk.call("left").headers[RepeatedCalls.replayed] == "true")
            #expect(desk.begun == 1)
        }
    }

    @Test func aCallIsHeldToItsDeadlineAndThenNobodyKnows() async throws {
        try await PublicServer.run { server in
            let desk = try await Desk(server, lease: .seconds(30))
            await #expect(throws: DeadlineExceeded.self) {
                _ = try await desk.call("late", until: .after(.milliseconds(200)))
            }
            desk.letGo("late")
            let again = await #expect(throws: APIProblem.self) { _ = try await desk.call("late") }
            #expect(again?.code == "idempotency_outcome_unknown")
            #expect(desk.begun == 1)
        }
    }

    @Test func whatWasDoneBehindTheDeadlineIsDoneAllTheSame() async throws {
        try await PublicServer.run { server in
            let desk = try await Desk(server, lease: .seconds(30))
            let deadline = Deadline.after(.milliseconds(50))
            let reply = try await desk.call("slow", until: deadline) { _ in
                // As a transaction that is committed when the clock strikes.
                while !deadline.hasPassed { await Task.yield() }
                return .text("done")
            }
            #expect(reply.status == 200)
            #expect(try await desk.call("slow").headers[RepeatedCalls.replayed] == "true")
            #expect(desk.begun == 1)
        }
    }

    @Test func whatCanBeResumedIsTheSameCallAgainUnlessItWasRefused() async throws {
        try await PublicServer.run { server in
            let desk = try await Desk(server, lease: .seconds(30))
            let seen = Mutex<[UUID?]>([])
            func fail(_ problem: APIProblem) async {
                await #expect(throws: APIProblem.self) {
                    _ = try await desk.call("resumed", isResumable: true) { context in
                        seen.withLock { $0.append(context.callID) }
                        throw problem
                    }
                }
            }
            await fail(.invalid("name", "It is wrong."))
            await fail(.internalError)
            await fail(.unavailable("Not now.", retryAfter: RetryAfter(.seconds(1))))
            let ids = seen.withLock(\.self).compactMap(\.self)
            #expect(ids.count == 3 && ids[0] != ids[1] && ids[1] == ids[2])
        }
    }

    /// Others of the same process go on meanwhile.
    @Test func aCallWhoseAnswerCannotBeKeptIsNotTakenForOneUnderWay() async throws {
        try await PublicServer.run { server in
            try await server.database.execute(
                """
                CREATE FUNCTION keep_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF NEW.key = 'unkept' AND NEW.status IS NOT NULL THEN RAISE EXCEPTION 'not kept'; END IF;
                    RETURN NEW;
                END $$
                """)
            try await server.database.execute(
                """
                CREATE TRIGGER keep_nothing BEFORE UPDATE ON idempotent_calls
                FOR EACH ROW EXECUTE FUNCTION keep_nothing()
                """)
            let desk = try await Desk(server, lease: .milliseconds(600))
            let other = try await desk.begin("other")
            let unkept = try await desk.begin("unkept")
            desk.letGo("unkept")
            #expect(try await unkept.value.status == 200)
            try await desk.until { try await desk.isHeld("unkept") == false }
            let problem = await #expect(throws: APIProblem.self) { _ = try await desk.call("unkept") }
            #expect(problem?.code == "idempotency_outcome_unknown")
            #expect(try await desk.isHeld("other") == true)
            desk.letGo("other")
            #expect(try await other.value.status == 200)
        }
    }
}
