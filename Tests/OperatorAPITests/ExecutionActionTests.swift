import APIClient
import FoundationEssentials
import Operations
import Records
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

@Suite struct ExecutionActionTests {
    /// Executes an evaluator or a judge as a client would.
    private func executed(
        _ tenant: Tenant, _ evaluator: Evaluator, session: String? = nil
    ) async throws -> ExecutionLogID {
        let receipt = try await tenant.server.product.executions.execute(
            .id(evaluator.id, nil),
            ExecutionOrder(
                input: EvaluationInput(request: "question", response: "answer"),
                labels: ExecutionLabels(tags: ["first"], sessionID: session), projectID: nil),
            as: tenant.principal(), tenant.callContext)
        return receipt.executionLogID
    }

    @Test func anExecutionSaysWhereItsTimeWent() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let evaluators = [try await tenant.evaluator("Alpha"), try await tenant.evaluator("Beta")]
            let judge = try await tenant.judge("Panel", evaluators)
            let receipt = try await server.product.executions.execute(
                .id(judge.id, nil),
                ExecutionOrder(
                    input: EvaluationInput(request: "question", response: "answer", contexts: ["c"]),
                    labels: ExecutionLabels(), projectID: nil),
                as: tenant.principal(), tenant.callContext)
            let detail = try await viewer.ask(.execution(receipt.executionLogID.uuid))
            let hops = Dictionary(uniqueKeysWithValues: detail.hops.map { ($0.name, $0.milliseconds) })
            // Those of Beta, which took longest: 70 ms in the evaluation service, of which 1 in its queue and 45 in the proxy.
            #expect(hops[OperatorHop.evaluationQueue.rawValue] == 1)
            #expect(hops[OperatorHop.evaluation.rawValue] == 24)
            #expect(hops[OperatorHop.proxyQueue.rawValue] == 2 && hops[OperatorHop.proxy.rawValue] == 3)
            #expect(hops[OperatorHop.provider.rawValue] == 40)
            let total = try #require(hops[OperatorHop.total.rawValue])
            #expect(abs(detail.hops.dropFirst().map(\.milliseconds).reduce(0, +) - total) < 0.01)
            #expect(detail.hops.first?.name == OperatorHop.total.rawValue)
            #expect(detail.attempts == 2 && detail.contexts == ["c"] && detail.execution.provider == "acme")
            #expect(detail.evaluators.map(\.name) == ["Alpha", "Beta"])
            #expect(detail.evaluators.allSatisfy { $0.model == "gpt" && $0.costNanodollars == 1000 })
            #expect(detail.evaluators.allSatisfy { $0.latencyMilliseconds == 50 && $0.justification == "Because." })
            let part = try await viewer.ask(.execution(detail.evaluators[0].executionID))
            #expect(part.renderedPrompt == "prompt" && part.rawReply == "{}" && part.criteria == "Judge {{response}}")
            #expect(part.execution.parentID == receipt.executionLogID.uuid)
        }
    }

    @Test func whoMustNotSeeContentSeesEverythingElse() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let id = try await executed(tenant, try await tenant.evaluator("Alpha")).uuid
            let watcher = try await tenant.viewer(.operator)
            let detail = try await watcher.ask(.execution(id))
            #expect(detail.isContentHidden && detail.request == nil && detail.response == nil)
            #expect(detail.renderedPrompt == nil && detail.rawReply == nil && detail.justification == nil)
            #expect(detail.execution.score == 0.75 && !detail.hops.isEmpty)
            #expect(!detail.mayTag && !detail.mayRunAgain)
            #expect(try await watcher.refusal(.changeTags(of: id, OperatorTagChange(add: ["x"])))?.status == 403)
            #expect(try await watcher.refusal(.runAgain(id, version: .same))?.status == 403)
            let viewer = try await tenant.viewer(.viewer)
            let readable = try await viewer.ask(.execution(id))
            #expect(readable.request == "question" && !readable.mayTag && !readable.mayRunAgain)
            #expect(try await viewer.refusal(.runAgain(id, version: .same))?.status == 403)
            let annotator = try await tenant.viewer(.annotator)
            let taggable = try await annotator.ask(.execution(id))
            #expect(taggable.mayTag && !taggable.mayRunAgain)
        }
    }

    @Test func tagsChangeAndWhoWatchesIsTold() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.annotator)
            let id = try await tenant.log(labels: ExecutionLabels(tags: ["old"])).id.uuid
            let stream = try await viewer.client.events(after: nil, token: viewer.token)
            let tags = try await viewer.ask(.changeTags(of: id, OperatorTagChange(add: ["new"], remove: ["old"])))
            #expect(tags.tags == ["new"])
            #expect(try await viewer.ask(.execution(id)).execution.tags == ["new"])
            let event = try await stream.first { if case .executionsTagged = $0 { true } else { false } }
            #expect(event == .executionsTagged(OperatorTagging(ids: [id], added: ["new"], removed: ["old"])))

            func refusal(_ change: OperatorTagChange) async throws -> Int? {
                try await viewer.refusal(.changeTags(of: id, change))?.status
            }
            #expect(try await refusal(OperatorTagChange()) == 400)
            #expect(try await refusal(OperatorTagChange(add: ["x"], remove: ["x"])) == 400)
            #expect(try await refusal(OperatorTagChange(add: [""])) == 400)
            let many = (0..<ExecutionLogStore.mostTags).map { "tag \($0)" }
            #expect(try await refusal(OperatorTagChange(add: many)) == 400, "it has one already")
            #expect(
                try await viewer.refusal(.changeTags(of: UUID(), OperatorTagChange(add: ["x"])))?.status == 404)
        }
    }

    @Test func anExecutionIsMadeAgainWithTheSameOrTheCurrentVersion() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.engineer)
            let evaluator = try await tenant.evaluator("Alpha")
            let id = try await executed(tenant, evaluator, session: "s").uuid
            var draft = EvaluatorDraft()
            draft.criteria = "Judge {{response}} again"
            let changed = try await server.product.evaluators.update(evaluator.id, draft, for: tenant.principal())

            let same = try await viewer.ask(.runAgain(id, version: .same))
            let current = try await viewer.ask(.runAgain(id, version: .current))
            #expect(same.score == 0.75 && same.failure == nil)
            let first = try await viewer.ask(.execution(same.executionID))
            let second = try await viewer.ask(.execution(current.executionID))
            #expect(first.versionID == evaluator.version.id.uuid && second.versionID == changed.version.id.uuid)
            #expect(first.originID == id && first.request == "question" && first.execution.sessionID == "s")
            #expect(first.execution.tags == ["first"] && first.ownerEmail == viewer.user.email)
            let related = try await viewer.ask(.relatedExecutions(of: id)).groups
            #expect(
                related.first { $0.relation == .reruns }?.executions.map(\.id) == [
                    current.executionID, same.executionID,
                ])
        }
    }

    @Test func aFailureOfRunningAgainIsAResult() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let id = try await executed(tenant, try await tenant.evaluator("Alpha")).uuid
            server.evaluations.answer(tenant.organization) { call in
                var result = EvaluationReply.Result()
                result.failure = EvaluationReply.Failure(EvaluationFailure(code: .rateLimited, message: "429"))
                return EvaluationReply(results: call.evaluators.map { _ in result })
            }
            let again = try await viewer.ask(.runAgain(id, version: .same))
            #expect(again.score == nil && again.failure?.code == "rate_limited")
            #expect(try await viewer.ask(.execution(again.executionID)).execution.failure?.code == "rate_limited")
        }
    }

    @Test func whatCannotBeRepeatedSaysWhy() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let test = try await tenant.log("T", type: .test, item: UUID()).id.uuid
            #expect(try await viewer.refusal(.runAgain(test, version: .current))?.status == 400)
            let evaluator = try await tenant.evaluator("Gone")
            let id = try await executed(tenant, evaluator).uuid
            try await server.product.evaluators.delete(evaluator.id, for: tenant.principal())
            let refusal = try #require(try await viewer.refusal(.runAgain(id, version: .current)))
            #expect(refusal.status == 400 && refusal.detail.contains("“Gone”"), "\(refusal)")
            #expect(try await viewer.refusal(.runAgain(UUID(), version: .current))?.status == 404)
        }
    }
}
