import EventLoop
import FoundationEssentials
import Jobs
import Operations
import Postgres
import Queueing
import Tenancy
import Testing
import WireAPI

/// Doing something to many jobs: what was counted is what is done.
@Suite struct JobPlanTests {
    @Test func allThatMatchAreRetriedAndNothingThatCameLater() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            try await tenant.deadJobs(2500, in: name)
            try await tenant.jobs(10, in: name)
            let viewer = try await tenant.viewer(.operator)
            let plan = try await viewer.ask(.plan(OperatorPlanDraft(.retry, matching: .queue(name))))
            #expect(plan.count == 2500 && !plan.isCut && plan.state == .ready && plan.samples.count == 5)
            #expect(plan.confirmation == OperatorPlan.Confirmation(kind: .count, text: "2500"))
            #expect(plan.effect == "2500 jobs will begin again, with all their attempts.")
            try await Loop.current?.sleep(for: .milliseconds(2))
            let later = try await tenant.deadJobs(3, in: name)
            #expect(try await viewer.refusal(.executePlan(plan.id, confirm: "all"))?.status == 400)
            let done = try await viewer.carryOut(plan, confirm: "2500")
            #expect(done.state == .finished && done.progress.done == 2500 && done.progress.failed == 0)
            #expect(done.undo == nil)
            #expect(try await tenant.count(.dead, in: name) == later.count)
            #expect(try await tenant.count(.waiting, in: name) == 2510)
            let rows = try await server.database.query(
                """
                SELECT count(*) AS entries, sum((after->>'count')::int) AS jobs, min(request_id) AS request
                FROM audit_entries WHERE organization_id = \(tenant.organization) AND action = 'job.retry'
                AND outcome = 'done'
                """)
            let row = try #require(rows.first)
            #expect(try row.decode("entries", as: Int.self) == 3 && row.decode("jobs", as: Int.self) == 2500)
            #expect(
                try row.decode("request", as: String.self) == "plan-\(plan.id.uuidString.lowercased())")
        }
    }

    @Test func whatChangedBeforeItsTurnIsCountedAsSuch() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            let ids = try await tenant.deadJobs(5, in: name)
            let viewer = try await tenant.viewer(.operator)
            let plan = try await viewer.ask(.plan(OperatorPlanDraft(.delete, matching: .queue(name, .dead))))
            #expect(plan.count == 5)
            _ = try await viewer.ask(.actOnJob(ids[0].uuid, .retry))
            let done = try await viewer.carryOut(plan, confirm: "5")
            #expect(done.state == .finished && done.progress.done == 4 && done.progress.failed == 1)
            #expect(done.progress.failures.first?.reason.contains("not as the plan says any more") == true)
            #expect(try await tenant.count(.dead, in: name) == 0)
            #expect(try await tenant.count(.waiting, in: name) == 1)
        }
    }

    @Test func cancellingNamedJobsCanBeUndone() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            let ids = try await tenant.jobs(3, in: name)
            let dead = try await tenant.deadJobs(1, in: name)
            let viewer = try await tenant.viewer(.operator)
            let plan = try await viewer.ask(
                .plan(OperatorPlanDraft(.cancelJobs, ids: (ids + dead).map(\.uuid))))
            #expect(plan.count == 3, "what is dead cannot be cancelled")
            let done = try await viewer.carryOut(plan, confirm: "3")
            #expect(done.progress.done == 3)
            #expect(try await tenant.count(.cancelled, in: name) == 3)
            let undo = try #require(done.undo)
            let undone = try await viewer.ask(.undoPlan(plan.id, token: undo.token))
            #expect(undone.state == .undone && undone.progress.done == 3)
            #expect(try await tenant.count(.waiting, in: name) == 3)
            #expect(try await tenant.count(.cancelled, in: name) == 0)
        }
    }

    @Test func movedJobsComeBackWhereTheyWere() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (one, two, target) = (tenant.ownQueue(), tenant.ownQueue(), tenant.ownQueue())
            let ids = try await tenant.jobs(2, in: one) + tenant.jobs(1, in: two)
            let viewer = try await tenant.viewer(.operator)
            let arguments = OperatorPlanDraft.Arguments(queue: target.rawValue)
            let plan = try await viewer.ask(
                .plan(OperatorPlanDraft(.moveJobs, ids: ids.map(\.uuid), arguments: arguments)))
            #expect(plan.effect == "3 jobs will wait in \(target).")
            let done = try await viewer.carryOut(plan, confirm: "3")
            #expect(try await tenant.count(.waiting, in: target) == 3)
            _ = try await viewer.ask(.undoPlan(plan.id, token: try #require(done.undo).token))
            #expect(try await tenant.count(.waiting, in: target) == 0)
            #expect(try await tenant.count(.waiting, in: one) == 2)
            #expect(try await tenant.count(.waiting, in: two) == 1)
        }
    }

    @Test func draftsThatMakeNoPlanNameTheField() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            let viewer = try await tenant.viewer(.operator)
            let none = try #require(
                try await viewer.refusal(.plan(OperatorPlanDraft(.retry, matching: .queue(name)))))
            #expect(none.status == 400 && none.detail.contains("filter"))
            try await tenant.jobs(1, in: name)
            let nowhere = try #require(
                try await viewer.refusal(.plan(OperatorPlanDraft(.move, matching: .queue(name)))))
            #expect(nowhere.status == 400 && nowhere.detail.contains("queue"))
            var filter = OperatorJobFilter.queue(name)
            filter.errorClasses = ["bad_luck"]
            let unknown = try #require(
                try await viewer.refusal(.plan(OperatorPlanDraft(.cancel, matching: filter))))
            #expect(unknown.status == 400 && unknown.detail.contains("error_class"), "\(unknown.detail)")
        }
    }

    @Test func whoMustNotIsRefusedAndKept() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            try await tenant.deadJobs(1, in: name)
            let engineer = try await tenant.viewer(.engineer)
            let draft = OperatorPlanDraft(.retry, matching: .queue(name))
            #expect(try await engineer.refusal(.plan(draft))?.status == 403)
            #expect(try await tenant.auditTrail() == ["job.retry refused"])
            #expect(try await tenant.count(.dead, in: name) == 1)
        }
    }

    @Test func aPlanReachesNoOtherOrganisation() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            try await tenant.runInstallation(false)
            let name = tenant.ownQueue()
            try await tenant.deadJobs(1, in: name)
            let foreign = try await other.deadJobs(2, in: name)
            let viewer = try await tenant.viewer(.operator)
            #expect(try await viewer.ask(.plan(OperatorPlanDraft(.retry, matching: .queue(name)))).count == 1)
            let named = OperatorPlanDraft(.retryJobs, ids: foreign.map(\.uuid))
            #expect(try await viewer.refusal(.plan(named))?.status == 400)
        }
    }
}
