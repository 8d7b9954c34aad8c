import EventLoop
import FoundationEssentials
@testable import Operations
import Postgres
import Records
import Scoring
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

@Suite struct PlanTests {
    private typealias Arguments = OperatorPlanDraft.Arguments

    private func logs(_ tenant: Tenant, _ count: Int, tags: [String] = []) async throws -> [UUID] {
        var logs: [UUID] = []
        for number in 0..<count {
            logs.append(
                try await tenant.log("Item \(number)", labels: ExecutionLabels(tags: tags)).id.uuid)
        }
        return logs
    }

    private func tags(_ viewer: Viewer, _ id: UUID) async throws -> [String] {
        try await viewer.ask(.execution(id)).execution.tags
    }

    @Test func aPlanTagsWhatItFrozeAndCanBeUndoneExactly() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.annotator)
            let plain = try await logs(tenant, 3)
            let tagged = try await logs(tenant, 1, tags: ["red", "kept"])
            var filter = OperatorExecutionFilter()
            filter.names = ["item"]
            let draft = OperatorPlanDraft(.tag, matching: filter, arguments: Arguments(tags: ["red"]))
            let plan = try await viewer.ask(.plan(draft))
            #expect(plan.count == 4 && !plan.isCut && plan.state == .ready && plan.estimatedCostNanodollars == nil)
            #expect(plan.confirmation == OperatorPlan.Confirmation(kind: .count, text: "4"))
            #expect(plan.effect == "4 executions will have the tag “red”.")
            #expect(plan.samples.map(\.id) == tagged + plain.reversed() && plan.undo == nil)
            // What comes later matches, and is not in the plan.
            let later = try await logs(tenant, 1)

            let done = try await viewer.carryOut(plan, confirm: "4")
            #expect(done.state == .finished && done.progress.done == 4 && done.progress.failed == 0)
            #expect(try await tags(viewer, plain[0]) == ["red"])
            #expect(try await tags(viewer, later[0]).isEmpty)
            let undo = try #require(done.undo)

            let undone = try await viewer.ask(.undoPlan(plan.id, token: undo.token))
            #expect(undone.state == .undone && undone.progress.done == 3, "one had the tag before")
            #expect(try await tags(viewer, plain[0]).isEmpty)
            #expect(try await tags(viewer, tagged[0]) == ["red", "kept"])
            #expect(try await viewer.refusal(.undoPlan(plan.id, token: undo.token))?.status == 409)
        }
    }

    @Test func untaggingGivesBackWhatEachHad() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let both = try await logs(tenant, 1, tags: ["a", "b"])[0]
            let one = try await logs(tenant, 1, tags: ["b"])[0]
            let plan = try await viewer.ask(
                .plan(OperatorPlanDraft(.untag, ids: [both, one], arguments: Arguments(tags: ["a", "b"]))))
            let done = try await viewer.carryOut(plan, confirm: plan.confirmation.text)
            #expect(try await tags(viewer, both).isEmpty)
            _ = try await viewer.ask(.undoPlan(plan.id, token: try #require(done.undo).token))
            #expect(try await tags(viewer, both) == ["a", "b"])
            #expect(try await tags(viewer, one) == ["b"])
        }
    }

    @Test func aPlanIsExecutedOnceAndOnlyAsConfirmed() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let ids = try await logs(tenant, 2)
            let plan = try await viewer.ask(
                .plan(OperatorPlanDraft(.tag, ids: ids, arguments: Arguments(tags: ["x"]))))
            let wrong = try #require(try await viewer.refusal(.executePlan(plan.id, confirm: "yes")))
            #expect(wrong.status == 400 && wrong.detail.contains("“2”"))
            #expect(try await tags(viewer, ids[0]).isEmpty)
            #expect(try await viewer.refusal(.cancelPlan(plan.id))?.status == 409)
            #expect(try await viewer.refusal(.undoPlan(plan.id, token: "t"))?.status == 409)
            // Two at the same moment: one of them does it.
            async let first = viewer.refusal(.executePlan(plan.id, confirm: "2"))
            async let second = viewer.refusal(.executePlan(plan.id, confirm: "2"))
            let outcomes = try await [first, second]
            #expect(outcomes.filter { $0 == nil }.count == 1 && outcomes.contains { $0?.status == 409 })
            #expect(try await viewer.watch(plan) { $0.state == .finished }.state == .finished)
        }
    }

    @Test func aPlanIsItsMakersAlone() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (maker, other) = (try await tenant.viewer(), try await tenant.viewer())
            let plan = try await maker.ask(
                .plan(
                    OperatorPlanDraft(.tag, ids: try await logs(tenant, 1), arguments: Arguments(tags: ["x"]))))
            #expect(try await other.refusal(.plan(plan.id))?.status == 404)
            #expect(try await other.refusal(.executePlan(plan.id, confirm: "1"))?.status == 404)
            // Rights are looked at again when it is executed.
            try await server.database.execute(
                "UPDATE users SET role = 'viewer' WHERE id = \(maker.user.id)")
            await server.product.changes.announce(.access)
            #expect(try await maker.refusal(.executePlan(plan.id, confirm: "1"))?.status == 403)
            let viewer = try await tenant.viewer(.viewer)
            #expect(
                try await viewer.refusal(
                    .plan(OperatorPlanDraft(.tag, ids: [UUID()], arguments: Arguments(tags: ["x"]))))?.status == 403)
        }
    }

    @Test func draftsThatMakeNoPlanAreRefused() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let ids = try await logs(tenant, 1)
            func refusal(_ draft: OperatorPlanDraft) async throws -> Int? {
                try await viewer.refusal(.plan(draft))?.status
            }
            #expect(try await refusal(OperatorPlanDraft(.tag, ids: ids)) == 400)
            #expect(try await refusal(OperatorPlanDraft(.tag, ids: [UUID()], arguments: Arguments(tags: ["x"]))) == 400)
            var filter = OperatorExecutionFilter()
            filter.types = ["nonsense"]
            #expect(
                try await refusal(OperatorPlanDraft(.tag, matching: filter, arguments: Arguments(tags: ["x"]))) == 400)
            #expect(
                try await refusal(
                    OperatorPlanDraft(
                        .tag, matching: OperatorExecutionFilter(), limit: 0, arguments: Arguments(tags: ["x"]))) == 400)
        }
    }

    @Test func aLimitCutsThePlanAndSaysSo() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let ids = try await logs(tenant, 4)
            let plan = try await viewer.ask(
                .plan(
                    OperatorPlanDraft(
                        .tag, matching: OperatorExecutionFilter(), limit: 3, arguments: Arguments(tags: ["x"]))))
            #expect(plan.count == 3 && plan.isCut && plan.samples.map(\.id) == ids.reversed().prefix(3).map { $0 })
        }
    }

    @Test func manyAreExecutedAgainAFewAtATime() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let evaluator = try await tenant.evaluator("Alpha")
            var ids: [UUID] = []
            for _ in 0..<12 {
                ids.append(
                    try await server.product.executions.execute(
                        .id(evaluator.id, nil),
                        ExecutionOrder(
                            input: EvaluationInput(response: "answer"), labels: ExecutionLabels(), projectID: nil),
                        as: tenant.principal(), tenant.callContext
                    ).executionLogID.uuid)
            }
            let test = try await tenant.log("T", type: .test, item: UUID()).id.uuid
            let running = Mutex((now: 0, most: 0, calls: 0))
            server.evaluations.answer(tenant.organization) { call in
                let number = running.withLock { running in
                    running.now += 1
                    running.calls += 1
                    running.most = max(running.most, running.now)
                    return running.calls
                }
                try await Loop.current?.sleep(for: .milliseconds(30))
                running.withLock { $0.now -= 1 }
                guard number % 4 == 0 else { return Evaluations.reply(to: call) }
                var result = EvaluationReply.Result()
                result.failure = EvaluationReply.Failure(EvaluationFailure(code: .refused, message: "no"))
                return EvaluationReply(results: [result])
            }
            let plan = try await viewer.ask(.plan(OperatorPlanDraft(.runAgain, ids: ids + [test])))
            #expect(plan.count == 12 && plan.estimatedCostNanodollars == 12_000)
            #expect(plan.effect.contains("1 of other kinds are left out."))
            let done = try await viewer.carryOut(plan, confirm: "12")
            #expect(done.state == .finished && done.progress.done == 9 && done.progress.failed == 3)
            #expect(done.progress.failures.map(\.count) == [3] && done.progress.failures[0].ids.count == 3)
            #expect(done.progress.failures[0].reason.contains("declined") && done.undo == nil)
            #expect(running.withLock { $0.most } <= 4)
        }
    }

    @Test func aPlanThatTakesLongIsWatchedAndStopped() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let evaluator = try await tenant.evaluator("Alpha")
            let receipt = try await server.product.executions.execute(
                .id(evaluator.id, nil),
                ExecutionOrder(input: EvaluationInput(response: "r"), labels: ExecutionLabels(), projectID: nil),
                as: tenant.principal(), tenant.callContext)
            // The same one many times: ids are what was asked for, and looked up once.
            var ids = [receipt.executionLogID.uuid]
            for _ in 0..<200 { ids.append(try await tenant.log("A", item: evaluator.id.uuid).id.uuid) }
            server.evaluations.answer(tenant.organization) { call in
                try await Loop.current?.sleep(for: .milliseconds(200))
                return Evaluations.reply(to: call)
            }
            let plan = try await viewer.ask(.plan(OperatorPlanDraft(.runAgain, ids: ids)))
            let begun = try await viewer.ask(.executePlan(plan.id, confirm: "201"))
            #expect(begun.state == .running)
            let seen = try await viewer.watch(begun) { $0.progress.done > 0 }
            #expect(seen.state == .running && seen.progress.done < 201)
            _ = try await viewer.ask(.cancelPlan(plan.id))
            let over = try await viewer.watch(seen) { $0.state != .running }
            #expect(over.state == .cancelled && over.progress.done >= seen.progress.done)
            #expect(over.progress.done < 201 && over.progress.failed == 0)
        }
    }
}

/// A plan that makes much, while a disk is nearly full.
@Suite struct RefusedPlanTests {
    @Test func whatItMakesIsRefusedAndItCanBeExecutedLater() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let hasRoom = Mutex(false)
            let action = PlannedAction(
                .runAgain, needs: [.executionLogRead], storesMuch: true, batchSize: 1, concurrency: 1,
                prepare: { draft, _ in
                    PlanContent(
                        things: .named(draft.ids ?? []), isCut: false, effect: "Runs.", estimatedCostNanodollars: nil,
                        samples: [], confirmation: OperatorPlan.Confirmation(kind: .count, text: "yes"),
                        undoEffect: nil)
                },
                perform: { batch in
                    // The disk is full again after the first.
                    hasRoom.withLock { $0 = false }
                    return batch.ids.map { _ in .done(undo: nil) }
                })
            let plans = Plans(
                [action], redis: server.redis, identifiers: server.identifiers, timeout: .seconds(60),
                takesNew: { hasRoom.withLock { $0 } }, logger: OperatorServer.logger)
            let principal = tenant.principal()
            let caller = PlanCaller(principal)
            let plan = try await plans.make(OperatorPlanDraft(.runAgain, ids: (0..<3).map { _ in UUID() }), for: caller)
            let refusal = await #expect(throws: PlanProblem.self) {
                try await plans.execute(plan.id, confirm: "yes", for: caller) { principal }
            }
            #expect(refusal?.kind == .storageFull)
            hasRoom.withLock { $0 = true }
            var run = try await plans.execute(plan.id, confirm: "yes", for: caller) { principal }
            let deadline = Deadline.after(.seconds(20))
            while run.state == .running, !deadline.hasPassed {
                try await Loop.current?.sleep(for: .milliseconds(20))
                run = try await plans.find(plan.id, for: principal)
            }
            #expect(run.state == .finished && run.progress.done == 1 && run.progress.failed == 2)
            #expect(run.progress.failures.first?.reason.contains("storage is nearly full") == true)
        }
    }
}

/// What is known of a plan whose server was stopped.
@Suite struct InterruptedPlanTests {
    @Test func aServerThatStopsSaysHowFarItCame() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let calls = Mutex(0)
            let action = PlannedAction(
                .tag, needs: [.executionLogTag], batchSize: 1, concurrency: 2,
                prepare: { draft, _ in
                    PlanContent(
                        things: .named(draft.ids ?? []), isCut: false, effect: "Waits.", estimatedCostNanodollars: nil,
                        samples: [], confirmation: OperatorPlan.Confirmation(kind: .count, text: "yes"),
                        undoEffect: nil)
                },
                perform: { batch in
                    // The first few are quick, the others wait until they are told to end.
                    if calls.withLock({
                        $0 += 1
                        return $0
                    }) > 5 {
                        try await Loop.current?.sleep(for: .seconds(60))
                    }
                    return batch.ids.map { _ in .done(undo: nil) }
                })
            let plans = Plans(
                [action], redis: server.redis, identifiers: server.identifiers, timeout: .seconds(60),
                logger: OperatorServer.logger)
            let principal = tenant.principal()
            let caller = PlanCaller(principal)
            let plan = try await plans.make(
                OperatorPlanDraft(.tag, ids: (0..<20).map { _ in UUID() }), for: caller)
            _ = try await plans.execute(plan.id, confirm: "yes", for: caller) { principal }
            let deadline = Deadline.after(.seconds(20))
            while calls.withLock({ $0 }) < 7, !deadline.hasPassed {
                try await Loop.current?.sleep(for: .milliseconds(20))
            }
            let begun = try await plans.find(plan.id, for: principal)
            #expect(begun.state == .running && begun.progress.done == 5)
            await plans.stop(within: .milliseconds(50))
            let over = try await plans.find(plan.id, for: principal)
            #expect(over.state == .interrupted && over.progress.done == 5 && over.progress.failed == 2)
            let refusal = await #expect(throws: PlanProblem.self) {
                let next = try await plans.make(OperatorPlanDraft(.tag, ids: [UUID()]), for: caller)
                _ = try await plans.execute(next.id, confirm: "yes", for: caller) { principal }
            }
            #expect(refusal?.kind == .busy)
        }
    }

    @Test func aServerThatSaysNothingAnyMoreWasStopped() {
        let moment = Date(timeIntervalSince1970: 1_800_000_000)
        let run = PlanRun(at: moment)
        #expect(run.state(at: moment + PlanRun.patience) == .running)
        #expect(run.state(at: moment + PlanRun.patience + 1) == .interrupted)
    }

    @Test func reasonsAreCountedAndAFewThingsNamed() {
        var run = PlanRun(at: Date())
        let ids = (0..<10).map { _ in UUID() }
        for id in ids { run.note(.failed("gone"), of: id) }
        run.note(.failed("other"), of: UUID())
        run.note(.done(undo: nil), of: UUID())
        #expect(run.done == 1 && run.failed == 11)
        #expect(run.failures.map(\.count) == [10, 1] && run.failures[0].ids == Array(ids.prefix(5)))
    }
}
