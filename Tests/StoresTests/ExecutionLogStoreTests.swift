import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

@Suite struct ExecutionLogStoreTests {
    /// A log with something in every field.
    private func fullLog(_ tenant: Tenant) throws -> ExecutionLog {
        tenant.log(
            type: .evaluator, item: ExecutedItem(id: UUID(), versionID: UUID(), name: "Full \"item\""),
            parent: tenant.world.identifiers.next(), judge: tenant.world.identifiers.next(),
            input: EvaluationInput(
                request: "What?\n\"quoted\" \\ 😀", response: "That.",
                turns: [
                    Turn(role: .user, content: "hi"),
                    Turn(
                        role: .assistant, content: nil, contexts: ["c"],
                        toolCalls: OpaqueJSON(text: #"[{"id":"1","function":{"name":"f"}}]"#)),
                    Turn(role: .tool, content: "42", toolCallID: "1"),
                ],
                tools: OpaqueJSON(text: #"[{"type":"function"}]"#), contexts: ["first, \"one\"", "{second}\\", ""],
                expectedOutput: "This.", systemPrompt: "Be brief.", variables: ["b": "2", "a": "\"1\""]),
            labels: ExecutionLabels(tags: ["x", "a b", "NULL"], sessionID: "s-1", userID: "u-1"),
            outcome: ExecutionOutcome(
                score: try Score(0.75), confidence: 0.5, justification: "Because.",
                failure: EvaluationFailure(code: .timeout, message: "too slow"), llmOutput: "{}",
                renderedPrompt: "prompt", scoringCriteria: "criteria", model: "gpt", provider: "openai",
                usage: TokenUsage(promptTokens: 12, completionTokens: 34), cost: Money(nanoDollars: 123_456),
                callDuration: .milliseconds(1500),
                evaluatorLatencies: [EvaluatorLatency(evaluatorName: "A", duration: .microseconds(17))],
                timings: ExecutionTimings(
                    apiServer: .microseconds(1), evaluationQueue: .microseconds(2), evaluation: .microseconds(3),
                    model: .parts(queue: .microseconds(4), proxy: .microseconds(5), provider: .seconds(6))),
                attempts: 2))
    }

    @Test func everyFieldSurvives() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let timings = ExecutionTimings(
                apiServer: .zero, evaluationQueue: .zero, evaluation: .zero, model: .whole(.microseconds(7)))
            let (full, bare) = (try fullLog(tenant), tenant.log(input: EvaluationInput()))
            let unsplit = tenant.log(outcome: ExecutionOutcome(timings: timings))
            try await tenant.write(full, bare, unsplit)
            let store = ExecutionLogStore(database: world.database)
            let found = try #require(try await store.find(full.id, in: tenant.organization))
            #expect(found.log == full && found.owner == tenant.owner.reference && found.evaluatorResults.isEmpty)
            #expect(try await store.find(bare.id, in: tenant.organization)?.log == bare)
            #expect(try await store.find(unsplit.id, in: tenant.organization)?.log == unsplit)
        }
    }

    @Test func aLogIsStoredOnceHoweverOftenItIsSent() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (log, other) = (try fullLog(tenant), tenant.log())
            let first = try await world.database.execute(ExecutionLogStore.insertion(of: [log]))
            let again = try await world.database.execute(ExecutionLogStore.insertion(of: [log, other]))
            #expect(first == 1 && again == 1)
            let listed = try await ExecutionLogStore(database: world.database).list(
                in: tenant.organization, ExecutionLogFilter(), page: .firstHundred)
            #expect(listed.items.map(\.id) == [other.id, log.id])
        }
    }

    @Test func theNullCharacterIsReplacedWhereverItIs() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let log = tenant.log(
                item: ExecutedItem(id: nil, versionID: nil, name: "n\0"),
                input: EvaluationInput(
                    request: "a\0b", response: "\0", turns: [Turn(role: .user, content: "t\0")], contexts: ["c\0"],
                    variables: ["v": "\0"]),
                labels: ExecutionLabels(tags: ["g\0"]), outcome: ExecutionOutcome(justification: "j\0"))
            try await tenant.write(log)
            let found = try await ExecutionLogStore(database: world.database).find(log.id, in: tenant.organization)
            let stored = try #require(found?.log)
            #expect(stored.input.request == "a\u{FFFD}b" && stored.input.response == "\u{FFFD}")
            #expect(stored.input.contexts == ["c\u{FFFD}"] && stored.labels.tags == ["g\u{FFFD}"])
            #expect(stored.item.name == "n\u{FFFD}" && stored.outcome.justification == "j\u{FFFD}")
            #expect(stored.input.turns == log.input.turns, "JSON has a way to write it")
        }
    }

    @Test func manyWritersAtOnceLoseNothing() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let writer = ExecutionLogWriter(database: world.database, loops: world.loops)
            try await withThrowingTaskGroup { group in
                for _ in 0..<300 {
                    let log = tenant.log()
                    group.addTask { try await writer.write([log]) }
                }
                try await group.waitForAll()
            }
            await writer.close()
            let count = try await world.database.query(
                "SELECT count(*) AS logs FROM execution_logs WHERE organization_id = \(tenant.organization)")
            #expect(try count.first?.decode("logs") == 300)
        }
    }

    @Test func aJudgesLogShowsWhatItsEvaluatorsFound() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let judge = JudgeID(uuid: UUID())
            let parent = tenant.log(type: .judge, judge: judge)
            let scored = tenant.log(
                item: ExecutedItem(id: UUID(), versionID: nil, name: "B"), parent: parent.id, judge: judge,
                outcome: ExecutionOutcome(score: try Score(1), justification: "good"))
            let failure = EvaluationFailure(code: .refused, message: "no")
            let failed = tenant.log(
                item: ExecutedItem(id: UUID(), versionID: nil, name: "A"), parent: parent.id, judge: judge,
                outcome: ExecutionOutcome(failure: failure))
            try await tenant.write(failed, parent, scored)
            let found = try await ExecutionLogStore(database: world.database).find(parent.id, in: tenant.organization)
            let results = try #require(found?.evaluatorResults)
            #expect(results.map(\.evaluatorName) == ["B", "A"])
            #expect(results.first?.score?.value == 1 && results.first?.justification == "good")
            #expect(results.last?.failure == failure && results.last?.executionLogID == failed.id)
        }
    }

    @Test func theStoredVersionSuppliesTheCriteria() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let evaluator = try await tenant.evaluator("Known")
            let log = tenant.log(
                item: ExecutedItem(id: evaluator.id.uuid, versionID: evaluator.version.id.uuid, name: "Known"))
            try await tenant.write(log)
            let found = try await ExecutionLogStore(database: world.database).find(log.id, in: tenant.organization)
            #expect(found?.log.outcome.scoringCriteria == evaluator.version.definition.criteria.text)
        }
    }

    @Test func anotherOrganisationsLogDoesNotExist() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = ExecutionLogStore(database: world.database)
            let log = try fullLog(tenant)
            try await tenant.write(log)
            #expect(try await store.find(log.id, in: other.organization) == nil)
            let edits = try await store.editTags(adding: ["theirs"], removing: [], of: [log.id], in: other.organization)
            #expect(edits.isEmpty)
            #expect(try await store.summaries(of: [log.id], in: other.organization).isEmpty)
            let listed = try await store.list(in: other.organization, ExecutionLogFilter(), page: .firstHundred)
            #expect(listed.items.isEmpty)
            #expect(try await store.sessionIDs(startingWith: "", in: other.organization, limit: 30).isEmpty)
        }
    }

    @Test func tagsAreAddedAndTakenAway() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ExecutionLogStore(database: world.database)
            let logs = [
                tenant.log(labels: ExecutionLabels(tags: ["old", "kept"])), tenant.log(),
                tenant.log(labels: ExecutionLabels(tags: ["new"])),
            ]
            for log in logs { try await tenant.write(log) }
            let unknown = ExecutionLogID(uuid: UUID())
            let edits = try await store.editTags(
                adding: ["new", "newer"], removing: ["old", "never"], of: logs.map(\.id) + [unknown],
                in: tenant.organization)
            #expect(edits.map(\.id) == logs.map(\.id))
            #expect(edits.map(\.before) == [["old", "kept"], [], ["new"]])
            #expect(edits.map(\.after) == [["kept", "new", "newer"], ["new", "newer"], ["new", "newer"]])
            let stored = try await store.find(logs[0].id, in: tenant.organization)?.log.labels.tags
            #expect(stored == ["kept", "new", "newer"])
        }
    }

    @Test func aLogWithTooManyTagsKeepsWhatItHas() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ExecutionLogStore(database: world.database)
            let many = (0..<ExecutionLogStore.mostTags).map { "tag \($0)" }
            let log = tenant.log(labels: ExecutionLabels(tags: many))
            try await tenant.write(log)
            func edit(_ added: [String], _ removed: [String]) async throws -> [String]? {
                try await store.editTags(
                    adding: added, removing: removed, of: [log.id], in: tenant.organization
                ).first?.after
            }
            #expect(try await edit(["one more"], []) == many)
            #expect(try await edit([], ["tag 0"]) == Array(many.dropFirst()))
            #expect(try await edit(["one more"], []) == Array(many.dropFirst()) + ["one more"])
        }
    }

    @Test func identifiersOfSessionsAndUsersAreDistinctAndByPrefix() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ExecutionLogStore(database: world.database)
            for name in ["beta", "alpha-2", "alpha-1", "alpha-1", "Alpha", "älpha"] {
                try await tenant.write(tenant.log(labels: ExecutionLabels(sessionID: name, userID: "u/\(name)")))
            }
            try await tenant.write(tenant.log())
            func sessions(_ prefix: String, limit: Int = 30) async throws -> [String] {
                try await store.sessionIDs(startingWith: prefix, in: tenant.organization, limit: limit)
            }
            #expect(try await sessions("") == ["Alpha", "alpha-1", "alpha-2", "beta", "älpha"])
            #expect(try await sessions("alpha") == ["alpha-1", "alpha-2"])
            #expect(try await sessions("a", limit: 1) == ["alpha-1"])
            #expect(try await sessions("%").isEmpty)
            let users = try await store.userIDs(startingWith: "u/b", in: tenant.organization, limit: 30)
            #expect(users == ["u/beta"])
        }
    }
}
