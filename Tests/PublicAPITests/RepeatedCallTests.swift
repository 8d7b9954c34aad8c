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
            let one = try await server.caller()
            let colleague = try await server.caller(in: one)
            _ = try await one.make("/v1/models/", ["name": "ours", "model": "openai/x"])
            let evaluator = try await one.get("/v1/evaluators/?name=Clarity").results[0]["id"] ?? .null
            let starts: [(path: String, identifier: String, body: JSONValue)] = [
                (Self.path, "id", ["intent": "One"]),
                ("/v1/prompt-tests/", "id", ["prompt": "One", "model": "ours"]),
                (
                    "/v1/batch-executions/", "batch_execution_id",
                    ["evaluator_ids": [evaluator], "inputs": [["response": "One"]]]
                ),
            ]
            for (key, start) in zip(["1", "2", "3"], starts) {
                let first = try await one.once(key, start.path, start.body)
                let second = try await colleague.once(key, start.path, start.body)
                #expect((200..<300).contains(first.status) && second.status == first.status, "\(second.text)")
                #expect(first[start.identifier] != .null && second[start.identifier] != .null, "\(second.text)")
                #expect(first[start.identifier] != second[start.identifier], "\(start.path)")
                let again = try await colleague.once(key, start.path, start.body, replica: 1)
                #expect(again.bytes == second.bytes && again.headers["idempotent-replayed"] == "true")
            }
        }
    }

    /// What one person has started under a key is nothing to the other kinds of calls of a colleague.
    @Test func aColleaguesKeyOfABatchStartsAPromptTest() async throws {
        try await PublicServer.run { server in
            let one = try await server.caller()
            let colleague = try await server.caller(in: one)
            _ = try await one.make("/v1/models/", ["name": "ours", "model": "openai/x"])
            let evaluator = try await one.get("/v1/evaluators/?name=Clarity").results[0]["id"] ?? .null
            let batch = try await one.once(
                "1", "/v1/batch-executions/", ["evaluator_ids": [evaluator], "inputs": [["response": "One"]]])
            #expect(batch.status == 202, "\(batch.text)")
            let test = try await colleague.once("1", "/v1/prompt-tests/", ["prompt": "One", "model": "ours"])
            #expect(test.status == 201, "\(test.text)")
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
            // Only old ones: other tests make calls meanwhile.
            try await server.database.execute(
                """
                UPDATE idempotent_calls SET claimed_at = now() - interval '23 hours'
                WHERE organization_id = \(caller.principal.organizationID)
                """)
            #expect(try await store.delete(before: Date().addingTimeInterval(-22 * 3600), limit: 1000) >= 1)
            #expect(try await caller.once("broken", Self.path, ["intent": "One"]).status == 201)
        }
    }

    /// The process ended after it had started them, before it could say so.
    @Test func whatWasStartedByACallThatBrokeOffIsFoundAgain() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            _ = try await caller.make("/v1/models/", ["name": "ours", "model": "openai/x"])
            let evaluator = try await caller.get("/v1/evaluators/?name=Clarity").results[0]["id"] ?? .null
            let starts: [(path: String, identifier: String, body: JSONValue)] = [
                ("/v1/prompt-tests/", "id", ["prompt": "One", "model": "ours"]),
                (
                    "/v1/batch-executions/", "batch_execution_id",
                    ["evaluator_ids": [evaluator], "inputs": [["response": "One"]]]
                ),
            ]
            for (key, start) in zip(["1", "2"], starts) {
                let first = try await caller.once(key, start.path, start.body)
                try await breakOff(caller, server)
                let again = try await caller.once(key, start.path, start.body, replica: 1)
                #expect(again.status == first.status, "\(again.text)")
                #expect(again[start.identifier] == first[start.identifier] && first[start.identifier] != .null)
            }
            let batches = try await server.database.query(
                "SELECT FROM batches WHERE organization_id = \(caller.principal.organizationID)")
            #expect(batches.count == 2)
        }
    }

    /// As it is when the process ends between the call and its answer, and somebody has said so.
    private func breakOff(_ caller: Caller, _ server: PublicServer) async throws {
        try await server.database.execute(
            """
            UPDATE idempotent_calls SET status = NULL, content_type = NULL, body = NULL, held_until = '-infinity'
            WHERE organization_id = \(caller.principal.organizationID)
            """)
    }

    @Test func anExecutionThatBrokeOffIsRecordedOnceAndAnswered() async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let evaluator = try await caller.get("/v1/evaluators/?name=Clarity").results[0]["id"] ?? .null
            let judge = try await caller.make(
                "/v1/judges/", ["name": "Both", "intent": "Clear", "evaluator_references": [["id": evaluator]]])
            for (path, logs) in [
                ("/v1/evaluators/execute/\(evaluator.stringValue ?? "")/", 1), ("/v1/judges/\(judge)/execute/", 3),
            ] {
                let said = "broke off at \(path)"
                let first = try await caller.once(path, path, ["response": .string(said)])
                #expect(first.status == 200 && first["execution_log_id"] != .null, "\(first.text)")

                try await breakOff(caller, server)
                let found = try await caller.once(path, path, ["response": .string(said)], replica: 1)
                #expect(found.bytes == first.bytes, "\(found.text)")
                #expect(server.evaluations.calls(about: said) == 1, "what is recorded is not executed again")

                // The process ended before it had recorded anything.
                try await server.database.execute(
                    """
                    DELETE FROM execution_logs
                    WHERE organization_id = \(caller.principal.organizationID) AND response = \(said)
                    """)
                try await breakOff(caller, server)
                let again = try await caller.once(path, path, ["response": .string(said)], replica: 1)
                #expect(again.bytes == first.bytes, "\(again.text)")
                #expect(server.evaluations.calls(about: said) == 2)
                let rows = try await server.database.query(
                    "SELECT FROM execution_logs WHERE organization_id = \(caller.principal.organizationID)")
                #expect(rows.count == logs)
            }
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
            guard case .claimed(let first) = try await store.claim(call, for: holder, lease: .zero) else {
                Issue.record("nobody else has claimed it")
                return
            }
            #expect(try await store.claim(call, for: holder, lease: .zero) == .silent)
            try await store.prolong(call, by: holder, lease: .seconds(60))
            #expect(try await store.claim(call, for: server.identifiers.uuid(), lease: .zero) == .running)
            try await store.abandon(call, by: holder)
            #expect(try await store.claim(call, for: server.identifiers.uuid(), lease: .zero) == .abandoned)
            try await store.prolong(call, by: holder, lease: .seconds(60))
            try await store.release(call, by: server.identifiers.uuid())
            #expect(try await store.claim(call, for: holder, lease: .zero) == .running, "only its holder gives it back")
            try await store.release(call, by: holder)
            let next = server.identifiers.uuid()
            guard case .claimed(let second) = try await store.claim(call, for: next, lease: .zero) else {
                Issue.record("it was given back")
                return
            }
            #expect(second != first)
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

    /// Two of them may be as long as each other, and clients write the same one differently each time.
    @Test(arguments: ["multipart/form-data; boundary=x", "Multipart/Form-Data; boundary=\"x\"", "application/json"])
    func aFormWithAFileIsRefusedWithAKey(type: String) async throws {
        try await PublicServer.run { server in
            let caller = try await server.caller()
            let form = Array(
                "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n1,a,b\r\n--x--\r\n"
                    .utf8)
            var headers: HTTPHeaders = ["authorization": caller.authorization, "content-type": type]
            for path in ["/v1/datasets/", "/v1/files/"] {
                headers["idempotency-key"] = "upload"
                let answer = try await server.send(.post, path, form, headers, replica: 0)
                #expect(answer.status == 400 && answer["Idempotency-Key"] != .null, "\(answer.text)")
                #expect(answer["detail"].stringValue?.contains("without the key") == true)
            }
            headers["idempotency-key"] = nil
            #expect(try await server.send(.post, "/v1/datasets/", form, headers, replica: 0).status == 201)
            #expect(try await caller.get("/v1/datasets/").results.count == 1)
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
