import EventLoop
import FoundationEssentials
import HTTPMessages
import JSON
import Postgres
import Stores
import Tenancy
import Testing

/// Calls with an idempotency key are done once, whoever serves them.
@Suite(.serialized) struct RepeatedCallTests {
    private static let path = "/v1/objectives/"

    @Test func aRepeatedCallIsAnsweredAlikeAndNotDoneAgain() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let first = try await caller.once("one", Self.path, ["intent": "To be made once"])
            let again = try await caller.once("one", Self.path, ["intent": "To be made once"], replica: 1)
            #expect(first.status == 201 && again.status == 201 && first.bytes == again.bytes)
            #expect(first.headers["idempotent-replayed"] == nil && again.headers["idempotent-replayed"] == "true")
            #expect(again.headers["content-type"] == first.headers["content-type"])
            #expect(try await caller.get(Self.path).results.count == 1)
        }
    }

    @Test func callsAtTheSameTimeAreOneCall() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let evaluator = try await caller.get("/v1/evaluators/?name=Clarity").results[0]["id"]?.stringValue ?? ""
            server.evaluations.open(false)
            defer { server.evaluations.open(true) }
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await caller.once(
                            "together", "/v1/evaluators/execute/\(evaluator)/", ["response": "said together"],
                            replica: number % 2)
                    }
                }
                group.addTask {
                    // Until one of them is under way.
                    while server.evaluations.calls(about: "said together") == 0 {
                        try await Loop.current?.sleep(for: .milliseconds(5))
                    }
                    server.evaluations.open(true)
                    return Answer(status: 0, headers: [:], bytes: [])
                }
                return try await group.reduce(into: [Answer]()) { if $1.status != 0 { $0.append($1) } }
            }
            #expect(answers.count == 12 && Set(answers.map(\.bytes)).count == 1)
            #expect(answers.allSatisfy { $0.status == 200 }, "\(answers.map(\.text))")
            #expect(server.evaluations.calls(about: "said together") == 1)
            #expect(try await caller.get("/v1/execution-logs/").results.count == 1)
        }
    }

    @Test func aKeyStandsForOneCall() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            _ = try await caller.once("mine", Self.path, ["intent": "One"])
            for (path, body) in [(Self.path, ["intent": "Another"]), ("/v1/score-configs/", ["intent": "One"])] {
                let other = try await caller.once(
                    "mine", path, .object(JSONObject(body.map { ($0.key, .string($0.value)) })))
                #expect(other.status == 422 && other["code"] == "idempotency_key_reused", "\(other.text)")
            }
            #expect(try await caller.get(Self.path).results.count == 1)
        }
    }

    @Test func twoPeopleMayChooseTheSameKey() async throws {
        try await PublicServer.run { server in
            let (one, other) = (try await server.caller(), try await server.caller())
            let first = try await one.once("shared", Self.path, ["intent": "One"])
            let second = try await other.once("shared", Self.path, ["intent": "Two"])
            #expect(first.status == 201 && second.status == 201 && first.id != second.id)
        }
    }

    @Test func aCallThatCameToNothingMayBeMadeAgain() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let refused = try await caller.once("again", Self.path, ["intent": 7])
            #expect(refused.status == 400)
            let made = try await caller.once("again", Self.path, ["intent": "Better"])
            #expect(made.status == 201 && made.headers["idempotent-replayed"] == nil)
        }
    }

    /// The process that claimed it says nothing any more.
    @Test func aCallThatBrokeOffIsNotDoneTwice() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let store = IdempotentCallStore(database: server.database)
            _ = try await caller.once("broken", Self.path, ["intent": "One"])
            // As it is when the process ends between the call and its answer.
            try await server.database.execute(
                """
                UPDATE idempotent_calls SET status = NULL, content_type = NULL, body = NULL, \
                held_until = now() - interval '1 second' WHERE organization_id = \(caller.principal.organizationID)
                """)
            let repeated = try await caller.once("broken", Self.path, ["intent": "One"], replica: 1)
            #expect(repeated.status == 409 && repeated["code"] == "idempotency_outcome_unknown")
            #expect(try await caller.get(Self.path).results.count == 1)
            #expect(try await store.delete(before: Date().addingTimeInterval(60), limit: 1000) >= 1)
            #expect(try await caller.once("broken", Self.path, ["intent": "One"]).status == 201)
        }
    }

    @Test func aLivingProcessKeepsWhatItClaimed() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let store = IdempotentCallStore(database: server.database)
            let holder = server.identifiers.uuid()
            let call = IdempotentCall(
                organizationID: caller.principal.organizationID, userID: caller.principal.user.id, key: "held",
                fingerprint: Array(repeating: 1, count: 32))
            #expect(try await store.claim(call, for: holder, lease: .zero) == .claimed)
            #expect(try await store.claim(call, for: holder, lease: .zero) == .abandoned)
            try await store.prolong(holder, lease: .seconds(60))
            #expect(try await store.claim(call, for: server.identifiers.uuid(), lease: .zero) == .running)
            try await store.release(call, by: server.identifiers.uuid())
            #expect(try await store.claim(call, for: holder, lease: .zero) == .running, "only its holder gives it back")
            try await store.release(call, by: holder)
            #expect(try await store.claim(call, for: holder, lease: .zero) == .claimed)
        }
    }

    @Test func afterADayAKeyIsNewAgain() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let first = try await caller.once("daily", Self.path, ["intent": "One"])
            try await server.database.execute(
                """
                UPDATE idempotent_calls SET claimed_at = now() - interval '24 hours 1 second'
                WHERE organization_id = \(caller.principal.organizationID)
                """)
            let second = try await caller.once("daily", Self.path, ["intent": "One"])
            #expect(second.status == 201 && second.id != first.id)
        }
    }

    @Test(arguments: ["", String(repeating: "x", count: 256), "caf\u{e9}"])
    func aKeyThatIsNoneIsRefused(key: String) async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let answer = try await caller.once(key, Self.path, ["intent": "One"])
            #expect(answer.status == 400 && answer["Idempotency-Key"] != .null, "\(answer.text)")
        }
    }

    @Test func whatIsStreamedIsRefusedWithAKey() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let answer = try await caller.once(
                "stream", "/v1/openai/chat/completions", ["model": "x", "messages": [], "stream": true])
            #expect(answer.status == 400 && answer.text.contains("stream"), "\(answer.text)")
        }
    }
}
