import EventLoop
import FoundationEssentials
import Jobs
import Operations
import Postgres
import Queueing
import Tenancy
import Testing
import WireAPI

/// Jobs, one by one: seeing them and steering them.
@Suite struct JobTests {
    @Test func pagesFollowEachOtherAndShowOnlyOnesOwn() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            try await tenant.runInstallation(false)
            let name = tenant.ownQueue()
            let ids = try await tenant.jobs(5, in: name)
            let foreign = try await other.jobs(1, in: name)
            let viewer = try await tenant.viewer(.operator)
            var seen: [UUID] = []
            var cursor: String?
            repeat {
                let page = try await viewer.ask(.jobs(.queue(name), cursor: cursor, limit: 2))
                #expect(page.results.count <= 2 && page.eventsThrough != nil)
                seen += page.results.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(seen == ids.reversed().map(\.uuid))
            let oldest = try await viewer.ask(.jobs(.queue(name), order: .oldest, limit: 2))
            #expect(oldest.results.map(\.id) == ids.prefix(2).map(\.uuid))
            #expect(try await viewer.refusal(.job(foreign[0].uuid))?.status == 404)
            #expect(try await viewer.refusal(.actOnJob(foreign[0].uuid, .cancel))?.status == 404)
            try await tenant.runInstallation()
            #expect(try await viewer.ask(.jobs(.queue(name), limit: 200)).results.count == 6)
            #expect(try await viewer.ask(.job(foreign[0].uuid)).job.organization?.name == "Tenant")
        }
    }

    @Test func statesAreToldApartByTime() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            let now = try await tenant.jobs(2, in: name)
            let later = try await tenant.jobs(1, in: name, runAt: Date().addingTimeInterval(3600))
            try await tenant.deadJobs(3, in: name)
            let viewer = try await tenant.viewer(.operator)
            func ids(_ states: OperatorJobState...) async throws -> [UUID] {
                var filter = OperatorJobFilter.queue(name)
                filter.states = states
                return try await viewer.ask(.jobs(filter, order: .oldest, limit: 50)).results.map(\.id)
            }
            #expect(try await ids(.waiting) == now.map(\.uuid))
            #expect(try await ids(.scheduled) == later.map(\.uuid))
            #expect(try await ids(.waiting, .scheduled) == (now + later).map(\.uuid))
            #expect(try await ids(.running).isEmpty)
            let counts = try await viewer.ask(.jobCounts(.queue(name)))
            #expect(
                counts.states == [
                    OperatorJobCount(name: "waiting", count: 2), OperatorJobCount(name: "scheduled", count: 1),
                    OperatorJobCount(name: "dead", count: 3),
                ])
            #expect(!counts.isCut)
            var some = OperatorJobFilter()
            some.ids = [now[0].uuid, later[0].uuid]
            #expect(try await viewer.ask(.jobs(some, limit: 50)).results.map(\.state) == [.scheduled, .waiting])
        }
    }

    @Test(arguments: [
        ("state", "stuck"), ("batch_id", "7"), ("error_class", "bad_luck"), ("min_failures", "-3"),
        ("since", "yesterday"), ("cursor", "x"), ("order", "random"),
    ])
    func aFilterThatCannotBeReadIsRefusedByItsName(name: String, value: String) async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let request = OperatorRequest<OperatorJobPage>(
                .get, OperatorJobPage.path, [OperatorParameter(name, value)])
            let refusal = try #require(try await viewer.refusal(request))
            #expect(refusal.status == 400 && refusal.detail.contains(name), "\(refusal.detail)")
        }
    }

    @Test func aDeadJobTellsItsLife() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            let id = try await tenant.deadJobs(1, in: name)[0]
            try await server.database.execute(
                """
                INSERT INTO job_attempts (job_id, epoch, attempt, worker, started_at, ended_at, outcome, error_class, \
                error, next_run_at)
                VALUES (\(id.uuid), 1, 4, 'w-1', now() - interval '20 s', now() - interval '10 s', 'timed_out', \
                'timeout', 'It took longer than 300 s.', now()), \
                (\(id.uuid), 1, 3, 'w-2', now() - interval '40 s', now() - interval '30 s', 'lost', NULL, NULL, NULL)
                """)
            let viewer = try await tenant.viewer(.operator)
            let job = try await viewer.ask(.job(id.uuid))
            #expect(job.job.state == .dead && job.position == nil && !job.timelineIsCut)
            #expect(job.explanation == "It was given up after 5 failed attempts: It took longer than 300 s.")
            let kinds = job.timeline.map(\.kind)
            #expect(Set(kinds) == [.accepted, .started, .lost, .timedOut, .dead] && kinds.last == .dead)
            #expect(job.timeline == job.timeline.sorted { $0.at < $1.at })
            let lost = try #require(job.timeline.first { $0.kind == .lost })
            #expect(lost.worker == "w-2" && lost.attempt == 3 && lost.seconds.map { abs($0 - 10) < 0.1 } == true)
            #expect(job.actions == [.retry, .delete])
            _ = try await viewer.ask(.actOnJob(id.uuid, .retry))
            let again = try await viewer.ask(.job(id.uuid))
            #expect(again.job.state == .waiting && again.job.failures == 0)
            let change = try #require(again.timeline.first { $0.kind == .changed })
            #expect(change.summary == "\(viewer.user.email): retry.")
            #expect(again.actions == [.cancel, .move])
        }
    }

    @Test func whoMustNotSeePromptsSeesNoneOfAPayload() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let reference = UUID().uuidString.lowercased()
            let id = try await tenant.jobs(
                1, in: tenant.ownQueue(),
                payload: #"{"execution":"\#(reference)","count":3,"request":"secret question","turns":["a secret"]}"#)[
                    0]
            let hidden = try await tenant.viewer(.operator).ask(.job(id.uuid))
            #expect(hidden.isContentHidden)
            let facts = Dictionary(uniqueKeysWithValues: hidden.payload.map { ($0.name, $0.value) })
            #expect(facts["execution"] == reference && facts["count"] == "3")
            #expect(!hidden.payload.contains { $0.value.contains("secret") })
            let shown = try await tenant.viewer(.admin).ask(.job(id.uuid))
            #expect(!shown.isContentHidden && shown.payload.contains { $0.value == "secret question" })
        }
    }

    @Test func whatCannotBeDoneToAJobIsSaidAndKept() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            let id = try await tenant.jobs(1, in: name)[0]
            let viewer = try await tenant.viewer(.operator)
            let refusal = try #require(try await viewer.refusal(.actOnJob(id.uuid, .retry)))
            #expect(refusal.status == 409 && refusal.detail.contains("only one that is dead or cancelled"))
            #expect(try await viewer.refusal(.actOnJob(id.uuid, .move))?.status == 400)
            #expect(try await viewer.refusal(.actOnJob(id.uuid, .runNow))?.status == 409)
            let target = tenant.ownQueue()
            _ = try await viewer.ask(.actOnJob(id.uuid, .move, queue: target.rawValue))
            #expect(try await viewer.ask(.job(id.uuid)).job.queue == target.rawValue)
            _ = try await viewer.ask(.actOnJob(id.uuid, .cancel))
            #expect(try await viewer.ask(.job(id.uuid)).job.state == .cancelled)
            _ = try await viewer.ask(.actOnJob(id.uuid, .delete))
            #expect(try await viewer.refusal(.job(id.uuid))?.status == 404)
            let engineer = try await tenant.viewer(.engineer)
            #expect(try await engineer.refusal(.actOnJob(id.uuid, .retry))?.status == 403)
            #expect(
                try await tenant.auditTrail() == [
                    "job.retry failed", "job.run_now failed", "job.move done", "job.cancel done", "job.delete done",
                ])
            let page = try await tenant.viewer(.admin).ask(.audit(limit: 3))
            #expect(page.results.map(\.action) == ["access.refused", "job.delete", "job.cancel"] && page.next != nil)
            let cancelled = try #require(page.results.last)
            #expect(cancelled.subject == "job:\(id)" && cancelled.actorName == viewer.user.email)
            #expect(cancelled.actorRole == "operator" && cancelled.address != nil && cancelled.requestID != nil)
            #expect(cancelled.before?.contains(#""waiting""#) == true, "\(cancelled.before ?? "")")
        }
    }

    @Test func aScheduledJobRunsNow() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            let id = try await tenant.jobs(1, in: name, runAt: Date().addingTimeInterval(30))[0]
            let viewer = try await tenant.viewer(.operator)
            let before = try await viewer.ask(.job(id.uuid))
            #expect(before.job.state == .scheduled && before.explanation.hasPrefix("It is to run in "))
            #expect(before.timeline.last?.kind == .due)
            _ = try await viewer.ask(.actOnJob(id.uuid, .runNow))
            let after = try await viewer.ask(.job(id.uuid))
            #expect(after.job.state == .waiting && after.position == 0)
            #expect(after.explanation.contains("no worker takes jobs of \(name)"), "\(after.explanation)")
        }
    }

    @Test func deadLettersAreGroupedByCauseAndFoundByIt() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let name = tenant.ownQueue()
            for seconds in [10, 20, 30] {
                try await tenant.deadJobs(
                    1, in: name, because: JobFailure(.timeout, "provider acme timed out after \(seconds) s"))
            }
            try await tenant.deadJobs(2, in: name, because: JobFailure(.invalid, "no such evaluator"))
            let viewer = try await tenant.viewer(.operator)
            let letters = try await viewer.ask(.deadLetters(queue: name.rawValue))
            #expect(letters.count == 5 && !letters.isCut && letters.groups.map(\.count) == [3, 2])
            let timeouts = try #require(letters.groups.first)
            #expect(timeouts.errorClass == "timeout" && timeouts.cause == "provider acme timed out after # s")
            #expect(timeouts.sample.error == "provider acme timed out after 30 s")
            let filter = try OperatorJobFilter(parameters: timeouts.filter.map { ($0.name, $0.value) })
            #expect(try await viewer.ask(.jobs(filter, limit: 50)).results.count == 3)
        }
    }
}
