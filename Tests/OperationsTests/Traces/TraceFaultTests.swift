import EventLoop
import FoundationEssentials
import Jobs
import Operations
import Postgres
import Queueing
import Records
import Redis
import Scoring
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

/// What becomes of traces when something fails between the decision and the result: every one is accounted for, and what is
/// evaluated has its effect once.
@Suite(.serialized) struct TraceFaultTests {
    /// An organisation with a filter, and traces under it that are to be evaluated.
    private func queued(
        _ count: Int, _ world: TraceWorld, question: String? = "Is it?"
    ) async throws -> (tenant: Tenant, filter: EvaluationFilter, traces: [TraceID]) {
        let tenant = try await world.rig.tenant()
        let filter = try await tenant.filter()
        let traces = (0..<count).map { _ in world.rig.newTrace() }
        for trace in traces { try await tenant.store(trace, asking: question) }
        try await world.decide()
        #expect(try await world.states(of: tenant) == [.queued: count])
        return (tenant, filter, traces)
    }

    private func expect(
        _ states: [CandidateState: Int], _ tenant: Tenant, _ world: TraceWorld, hurrying: Bool = false,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        try await world.reaches(states, tenant, hurrying: hurrying, location)
    }

    private func expectEffects(logs: Int, results: Int, _ tenant: Tenant, _ world: TraceWorld) async throws {
        let found = try await world.effects(tenant)
        #expect(found.logs == logs && found.results == results, "\(found)")
    }

    /// The logs that the results of traces are in.
    private func logs(
        of traces: [TraceID], _ filter: EvaluationFilter, _ world: TraceWorld
    ) async throws -> [ExecutionLogID] {
        var logs: [ExecutionLogID] = []
        for trace in traces {
            if let log = try await world.rig.candidate(filter, trace)?.executionLogID { logs.append(log) }
        }
        return logs
    }

    private func failing(_ code: EvaluationFailure.Code) -> EvaluationReply.Failure {
        EvaluationReply.Failure(EvaluationFailure(code: code, message: "the model has a bad day"))
    }

    // MARK: The service and its providers

    @Test func whatWaitsForAnEvaluationServiceThatIsAwayIsScoredWhenItIsBack() async throws {
        try await TraceWorld.run { world in
            let (tenant, _, _) = try await queued(3, world)
            await world.service.stop()
            try await world.whileWorking {
                let end = ContinuousClock.now + .seconds(40)
                var hasFailed = false
                while !hasFailed, ContinuousClock.now < end {
                    let jobs = try await world.queue.readings.page(world.jobs(of: tenant), newestFirst: true, limit: 9)
                    hasFailed = jobs.jobs.contains { $0.failures > 0 }
                    try await Loop.current?.sleep(for: .milliseconds(20))
                }
                #expect(hasFailed)
                #expect(try await world.states(of: tenant) == [.queued: 3], "an attempt is not the end")
                try await world.service.start()
                try await expect([.scored: 3], tenant, world, hurrying: true)
            }
            try await expectEffects(logs: 3, results: 3, tenant, world)
        }
    }

    @Test func aProviderThatRecoversCostsAttemptsAndNoResult() async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, traces) = try await queued(1, world)
            let failures = Mutex(2)
            world.service.answer(tenant.organization) { call in
                let fails = failures.withLock { left in
                    left -= 1
                    return left >= 0
                }
                return fails
                    ? EvaluationStandIn.failure(failing(.providerError), call) : EvaluationStandIn.score(0.5, call)
            }
            try await world.whileWorking { try await expect([.scored: 1], tenant, world, hurrying: true) }
            try await expectEffects(logs: 1, results: 1, tenant, world)
            #expect(world.service.calls(of: tenant.organization).count == 3)
            #expect(try await world.rig.candidate(filter, traces[0])?.executionLogID != nil)
        }
    }

    @Test(arguments: [EvaluationFailure.Code.providerError, .invalidResponse])
    func aProviderThatDoesNotRecoverIsTheReason(code: EvaluationFailure.Code) async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, traces) = try await queued(1, world)
            world.service.answer(tenant.organization) { EvaluationStandIn.failure(failing(code), $0) }
            try await world.whileWorking { try await expect([.failed: 1], tenant, world, hurrying: true) }
            let candidate = try #require(try await world.rig.candidate(filter, traces[0]))
            // The provider's own words are for the log.
            #expect(candidate.reason == EvaluationFailure(code: code, message: "").summary)
            #expect(candidate.executionLogID != nil)
            // The last attempt is recorded, and the trace has no result.
            try await expectEffects(logs: 1, results: 0, tenant, world)

            // Somebody has it done again when the provider is well.
            world.service.answer(tenant.organization) { EvaluationStandIn.score(0.5, $0) }
            #expect(try await world.queue.perform(.retry, on: world.jobs(of: tenant)) == 1)
            try await world.whileWorking { try await expect([.scored: 1], tenant, world) }
            try await expectEffects(logs: 2, results: 1, tenant, world)
        }
    }

    // MARK: Workers

    @Test func aWorkerThatDiesWithTheResultInItsHandsLeavesItToAnotherAndTheEffectComesOnce() async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, traces) = try await queued(2, world)
            var late: [JobEnding] = []
            for job in try await world.claim(as: "dying-\(tenant.organization)") {
                late.append(JobEnding(of: job.job, .finished(try await world.work.perform(job))))
            }
            #expect(late.count == 2)
            try await expectEffects(logs: 0, results: 0, tenant, world)
            try await world.whileWorking { try await expect([.scored: 2], tenant, world, hurrying: true) }
            let logs = try await logs(of: traces, filter, world)
            // It was not dead, it slept, and hands in what it has.
            #expect(try await world.queue.ledger.commit(late) == [.fenced, .fenced])
            try await expectEffects(logs: 2, results: 2, tenant, world)
            #expect(try await self.logs(of: traces, filter, world) == logs && logs.count == 2)
            #expect(world.service.calls(of: tenant.organization).count == 4, "what died has been paid for")
        }
    }

    @Test func tracesThatRedisHasForgottenAreEvaluatedOnce() async throws {
        try await TraceWorld.run { world in
            let (tenant, _, _) = try await queued(5, world)
            _ = try await world.rig.redis.command(["FLUSHALL"])
            try await world.whileWorking { try await expect([.scored: 5], tenant, world) }
            try await expectEffects(logs: 5, results: 5, tenant, world)
        }
    }

    @Test func anEvaluationThatIsCancelledIsTheEndOfItsTrace() async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, traces) = try await queued(1, world)
            #expect(try await world.queue.perform(.cancel, on: world.jobs(of: tenant)) == 1)
            try await expect([.failed: 1], tenant, world)
            #expect(try await world.rig.candidate(filter, traces[0])?.reason == "The evaluation was cancelled.")
            #expect(world.service.calls(of: tenant.organization).isEmpty)
        }
    }

    // MARK: Filters

    /// What happens to a filter while its traces wait.
    enum Change: CaseIterable, Sendable {
        case deletion
        case switchingOff
    }

    @Test(arguments: Change.allCases)
    func whatWaitsUnderAFilterThatIsNotThereAnyMoreIsNotPaidFor(change: Change) async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, traces) = try await queued(2, world)
            switch change {
            case .deletion: try await tenant.filters.delete(filter.id, for: tenant.principal())
            case .switchingOff: try await tenant.change(filter, isActive: false)
            }
            try await world.whileWorking { try await expect([.superseded: 2], tenant, world) }
            let reason = try await world.rig.candidate(filter, traces[0])?.reason
            #expect(reason == (change == .deletion ? "The filter was deleted." : "The filter was switched off."))
            #expect(world.service.calls(of: tenant.organization).isEmpty)
            try await expectEffects(logs: 0, results: 0, tenant, world)
        }
    }

    @Test func whatIsBeingEvaluatedWhenItsFilterIsDeletedKeepsItsResult() async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, _) = try await queued(1, world)
            world.service.answer(tenant.organization) { call in
                try await world.rig.loops.next().run {
                    try await tenant.filters.delete(filter.id, for: tenant.principal())
                }
                return EvaluationStandIn.score(0.5, call)
            }
            try await world.whileWorking { try await expect([.scored: 1], tenant, world) }
            try await expectEffects(logs: 1, results: 1, tenant, world)
        }
    }

    @Test func aFilterIsCarriedOutAsItIsWhenItsTraceIsEvaluated() async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, _) = try await queued(1, world)
            let other = try await tenant.evaluator("The other one")
            try await tenant.change(filter, target: .evaluator(other.id))
            try await world.whileWorking { try await expect([.scored: 1], tenant, world) }
            let calls = world.service.calls(of: tenant.organization)
            #expect(calls.flatMap(\.evaluators).map(\.name) == ["The other one"])
        }
    }

    // MARK: Traces and owners

    @Test func aTraceThatGrowsBeforeItsEvaluationIsEvaluatedWithWhatCame() async throws {
        try await TraceWorld.run { world in
            let (tenant, _, traces) = try await queued(1, world, question: nil)
            try await tenant.store(traces[0], span: 2, asking: "Is it late?")
            try await world.whileWorking { try await expect([.scored: 1], tenant, world) }
            let call = try #require(world.service.calls(of: tenant.organization).first)
            let said = [call.input.request ?? ""] + call.input.turns.compactMap(\.content)
            #expect(said.contains("Is it late?"), "\(said)")
        }
    }

    @Test func aTraceThatGrowsAfterItsEvaluationIsNotEvaluatedAgain() async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, traces) = try await queued(1, world)
            try await world.whileWorking {
                try await expect([.scored: 1], tenant, world)
                let scored = try await world.rig.candidate(filter, traces[0])
                try await tenant.store(traces[0], span: 2, asking: "And now?")
                try await world.decide()
                #expect(try await world.rig.candidate(filter, traces[0]) == scored)
            }
            #expect(world.service.calls(of: tenant.organization).count == 1)
            try await expectEffects(logs: 1, results: 1, tenant, world)
            let summary = try await TraceStore(database: world.rig.database).find(traces[0], in: tenant.organization)
            #expect(summary?.spanCount == 3, "two of its own and the result")
        }
    }

    @Test func aTraceThatIsGoneWhenItsTurnComesSaysSo() async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, traces) = try await queued(1, world)
            try await world.rig.database.execute("DELETE FROM traces WHERE trace_id = \(traces[0].uuid)")
            try await world.whileWorking { try await expect([.failed: 1], tenant, world) }
            #expect(try await world.rig.candidate(filter, traces[0])?.reason == "The trace is not there any more.")
            #expect(world.service.calls(of: tenant.organization).isEmpty)
        }
    }

    @Test func aFilterGoesOnWhenWhoeverMadeItHasLeft() async throws {
        try await TraceWorld.run { world in
            let (tenant, _, _) = try await queued(1, world)
            try await world.rig.database.execute(
                "UPDATE users SET is_disabled = true, disabled_at = now() WHERE id = \(tenant.owner.id)")
            try await world.whileWorking { try await expect([.scored: 1], tenant, world) }
            // Their row stays as long as there is something of theirs.
            await #expect(throws: PostgresError.self) {
                try await world.rig.database.execute("DELETE FROM users WHERE id = \(tenant.owner.id)")
            }
        }
    }

    @Test func anEvaluatorThatIsGoneWhenItsTurnComesIsTheReason() async throws {
        try await TraceWorld.run { world in
            let (tenant, filter, traces) = try await queued(1, world)
            guard case .evaluator(let evaluator) = filter.content.target else { return }
            try await world.rig.product.evaluators.delete(evaluator, for: tenant.principal())
            try await world.whileWorking { try await expect([.failed: 1], tenant, world) }
            let reason = try await world.rig.candidate(filter, traces[0])?.reason
            #expect(reason?.contains("Evaluator not found") == true, "\(reason ?? "")")
        }
    }
}
