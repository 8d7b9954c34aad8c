import FoundationEssentials
import Records
import Scoring
import Tenancy
import Testing
import WireAPI

@Suite struct ExecutionListTests {
    private func filter(_ edit: (inout OperatorExecutionFilter) -> Void = { _ in }) -> OperatorExecutionFilter {
        var filter = OperatorExecutionFilter()
        edit(&filter)
        return filter
    }

    @Test func theListIsReadPageByPageInBothDirections() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.viewer)
            var logs: [UUID] = []
            for _ in 0..<5 { logs.append(try await tenant.log().id.uuid) }
            for order in [OperatorExecutionOrder.newest, .oldest] {
                var found: [UUID] = []
                var cursor: String?
                repeat {
                    let page = try await viewer.ask(.executions(filter(), order: order, cursor: cursor, limit: 2))
                    #expect(page.searchedThrough == nil && page.ranking == nil && page.eventsThrough != nil)
                    found += page.results.map(\.id)
                    cursor = page.next
                } while cursor != nil
                #expect(found == (order == .newest ? logs.reversed() : logs))
            }
        }
    }

    /// What the server selects, the console would show of what arrives live.
    @Test func serverAndConsoleAgreeOnEveryFilter() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let (item, judge) = (UUID(), JudgeID(uuid: UUID()))
            let whole = try await tenant.log(
                "Panel", type: .judge, item: judge.uuid, judge: judge,
                outcome: ExecutionOutcome(score: try Score(0.4), cost: Money(nanoDollars: 7)))
            let part = try await tenant.log("Clarity", item: item, parent: whole.id, judge: judge)
            let alone = try await tenant.log(
                "Clarity 2", item: item, labels: ExecutionLabels(tags: ["a", "b"], sessionID: "s", userID: "u"),
                outcome: ExecutionOutcome(
                    score: try Score(0.9), model: "gpt-5", cost: Money(nanoDollars: 9), callDuration: .seconds(1)))
            let failed = try await tenant.log(
                "Tone", outcome: ExecutionOutcome(failure: EvaluationFailure(code: .timeout, message: "secret words")))
            let all = [failed.id, alone.id, part.id, whole.id].map(\.uuid)
            let rows = try await viewer.ask(
                .executions(filter { $0.types = ["evaluator", "judge"] }, cursor: nil, limit: 100)
            ).results
            #expect(rows.map(\.id) == all)
            #expect(rows.allSatisfy { $0.projectName == "Default" } && rows[2].judgeID == judge.uuid)

            let filters = [
                filter(), filter { $0.names = ["CLAR"] }, filter { $0.excludedNames = ["clarity"] },
                filter { $0.types = ["evaluator"] }, filter { $0.types = ["judge", "evaluator"] },
                filter { $0.evaluatorID = item }, filter { $0.judgeID = judge.uuid },
                filter {
                    $0.judgeID = judge.uuid
                    $0.types = ["evaluator"]
                },
                filter { $0.outcome = .failed }, filter { $0.outcome = .succeeded },
                filter { $0.failureCodes = ["timeout", "refused"] }, filter { $0.failureCodes = ["refused"] },
                filter { $0.minimumScore = 0.5 }, filter { $0.maximumScore = 0.5 },
                filter { $0.minimumLatencyMilliseconds = 1000 }, filter { $0.maximumLatencyMilliseconds = 10 },
                filter { $0.minimumCostNanodollars = 8 }, filter { $0.maximumCostNanodollars = 8 },
                filter { $0.tags = ["b"] }, filter { $0.tags = ["b", "c"] }, filter { $0.excludedTags = ["a"] },
                filter { $0.sessionID = "s" }, filter { $0.userID = "u" }, filter { $0.model = "GPT" },
                filter { $0.project = "fault" }, filter { $0.project = "nothing" },
                filter { $0.projectID = tenant.project.id.uuid }, filter { $0.projectID = UUID() },
                filter { $0.since = rows[1].createdAt }, filter { $0.until = rows[1].createdAt },
            ]
            for filter in filters {
                let found = try await viewer.ask(.executions(filter, cursor: nil, limit: 100)).results
                #expect(found.map(\.id) == rows.filter(filter.matches).map(\.id), "\(filter.parameters)")
            }
        }
    }

    @Test func ranksSayAmongWhich() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            var logs: [UUID] = []
            for cost in [3, 9, 5] {
                logs.append(
                    try await tenant.log(outcome: ExecutionOutcome(cost: Money(nanoDollars: Int64(cost)))).id.uuid)
            }
            let page = try await viewer.ask(.executions(filter(), order: .mostExpensive, cursor: nil, limit: 2))
            #expect(page.results.map(\.id) == [logs[1], logs[2]] && page.next == nil)
            #expect(page.ranking?.count == 3 && page.ranking?.isCut == false)
        }
    }

    @Test func whatIsNoFilterIsRefusedByName() async throws {
        try await OperatorServer.run { server in
            let viewer = try await (try await server.tenant()).viewer()
            func refusal(_ name: String, _ value: String) async throws -> Refusal? {
                try await viewer.refusal(
                    OperatorRequest<OperatorExecutionPage>(
                        .get, OperatorExecutionPage.path, [OperatorParameter(name, value)]))
            }
            for (name, value) in [
                ("type", "nonsense"), ("outcome", "maybe"), ("failure_code", "bad luck"), ("min_score", "NaN"),
                ("evaluator_id", "7"),
                ("since", "yesterday"), ("order", "random"), ("cursor", "garbage"),
            ] {
                #expect(try await refusal(name, value)?.status == 400, "\(name)=\(value)")
            }
        }
    }

    @Test func anotherOrganisationSeesNothing() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let stranger = try await (try await server.tenant()).viewer()
            let log = try await tenant.log(labels: ExecutionLabels(tags: ["t"], sessionID: "s"))
            let id = log.id.uuid
            #expect(try await stranger.ask(.executions(filter(), cursor: nil, limit: 10)).results.isEmpty)
            #expect(try await stranger.refusal(.execution(id))?.status == 404)
            #expect(try await stranger.refusal(.relatedExecutions(of: id))?.status == 404)
            #expect(try await stranger.refusal(.changeTags(of: id, OperatorTagChange(add: ["x"])))?.status == 404)
            #expect(try await stranger.refusal(.runAgain(id, version: .same))?.status == 404)
            let auditor = try await tenant.viewer(.auditor)
            #expect(try await auditor.refusal(.executions(filter(), cursor: nil, limit: 10))?.status == 403)
        }
    }
}
