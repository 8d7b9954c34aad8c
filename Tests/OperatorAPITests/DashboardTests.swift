import EventLoop
import FoundationEssentials
import Operations
import Records
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

@Suite struct DashboardTests {
    private func scored(_ score: Double, milliseconds: Int = 100) throws -> ExecutionOutcome {
        ExecutionOutcome(
            score: try Score(score), usage: TokenUsage(promptTokens: 10, completionTokens: 5),
            cost: Money(nanoDollars: 3600), callDuration: .milliseconds(milliseconds))
    }

    private func failed(_ code: EvaluationFailure.Code, _ provider: String?) -> ExecutionOutcome {
        ExecutionOutcome(failure: EvaluationFailure(code: code, message: "secret words"), provider: provider)
    }

    @Test func theNumbersAreThoseOfTheExecutionsOfThisMoment() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.viewer)
            for score in [0.05, 0.5, 0.95, 1.0] { try await tenant.log(outcome: try scored(score)) }
            let judge = try await tenant.log(type: .judge, outcome: failed(.timeout, "acme"))
            try await tenant.log(parent: judge.id, outcome: failed(.timeout, "acme"))
            try await tenant.log(parent: judge.id, outcome: failed(.refused, nil))
            for window in OperatorDashboardWindow.allCases {
                let board = try await viewer.ask(.dashboard(window))
                #expect(board.window == window && board.projectID == nil)
                #expect(board.totals.ok == 4 && board.totals.failed == 1, "\(window)")
                #expect(board.totals.costNanodollars == 14_400 && board.totals.promptTokens == 40)
                #expect(board.scores.bins == [1, 0, 0, 0, 0, 1, 0, 0, 0, 2] && board.scores.count == 4)
                #expect(board.scores.mean == 0.625)
                let latency = try #require(board.totals.latency)
                #expect(abs(latency.p50 - 100) < 10 && abs(latency.p99 - 100) < 10)
                #expect(board.failures.map(\.code) == ["timeout", "refused"])
                #expect(board.failures.map(\.count) == [1, 0] && board.failures.map(\.withinJudges) == [1, 1])
                #expect(board.failures[0].provider == "acme" && !board.failures[0].summary.isEmpty)
                // The series is complete, ends now, and sums up to the totals.
                let step = Double(board.bucketSeconds)
                #expect(board.series.count == Int(window.duration.components.seconds) / board.bucketSeconds)
                #expect(board.series.first?.start == board.from)
                #expect(zip(board.series, board.series.dropFirst()).allSatisfy { $1.start == $0.start + step })
                let last = try #require(board.series.last?.start)
                #expect(last <= board.to && board.to < last + step)
                #expect(board.series.map(\.ok).reduce(0, +) == 4 && board.series.map(\.failed).reduce(0, +) == 1)
                #expect(board.previous?.ok == 0 && board.freshness.missing == nil)
                #expect(board.current.executionsPerSecond * 60 == 5)
                #expect(board.current.costNanodollarsPerHour == 14_400 * 60)
            }
        }
    }

    @Test func aProjectIsLookedAtAlone() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            try await tenant.log(outcome: try scored(1))
            let one = try await viewer.ask(.dashboard(.hour, project: tenant.project.id.uuid))
            #expect(one.totals.ok == 1 && one.projectID == tenant.project.id.uuid)
            #expect(try await viewer.refusal(.dashboard(.hour, project: UUID()))?.status == 404)
            let wrong = OperatorRequest<OperatorDashboard>(
                .get, OperatorDashboard.path, [OperatorParameter("window", "1y")])
            #expect(try await viewer.refusal(wrong)?.status == 400)
        }
    }

    @Test func everyRoleSeesWhatIsTheirs() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            try await server.product.notices.post(
                .warning, "about people", about: nil, to: tenant.organization, needs: .userRead)
            try await server.product.notices.post(.info, "about the rest", about: nil, to: tenant.organization)
            try await tenant.runInstallation()
            let admin = try await tenant.viewer(.admin)
            let deadline = Deadline.after(.seconds(40))
            var board = try await admin.ask(.dashboard(.hour))
            // One look at a part that is slow on a busy machine finds it ill; the next one finds it well again.
            func isSettled(_ part: OperatorDashboard.Daemon) -> Bool {
                part.state == (part.name == "workerd" ? .down : .up)
            }
            while !board.daemons.allSatisfy(isSettled), !deadline.hasPassed {
                try await Loop.current?.sleep(for: .milliseconds(50))
                board = try await admin.ask(.dashboard(.hour))
            }
            let evald = try #require(board.daemons.first { $0.name == "evald" })
            #expect(evald.state == .up && evald.version == "9.9.9" && evald.memoryBytes == 12_345_678)
            #expect(evald.uptimeSeconds.map { $0 > 0 } == true && evald.probeMilliseconds != nil)
            let worker = try #require(board.daemons.first { $0.name == "workerd" })
            #expect(worker.state == .down && worker.reason?.isEmpty == false && worker.since != nil)
            #expect(worker.instance == "http://127.0.0.1:9")
            let stores = board.daemons.filter { $0.name == "postgresql" || $0.name == "redis" }
            #expect(stores.count == 2 && stores.allSatisfy { $0.state == .up && $0.version != nil })
            #expect(
                board.queues?.first { $0.name == "evald.evaluations" }
                    == OperatorDashboard.Queue(
                        name: "evald.evaluations",
                        summary: "Evaluators of judges that wait for the others of their judge.", waiting: 3,
                        running: 8, limit: nil, oldestSeconds: nil))
            func own(_ board: OperatorDashboard) -> [String] {
                board.notices.map(\.summary).filter { $0.hasPrefix("about") }
            }
            #expect(own(board) == ["about the rest", "about people"])

            let viewer = try await tenant.viewer(.viewer)
            let less = try await viewer.ask(.dashboard(.hour))
            #expect(less.queues == nil && own(less) == ["about the rest"])
            let unwell = less.daemons.first { $0.name == "workerd" }
            #expect(unwell?.state == .down && unwell?.instance == nil && unwell?.reason == "It does not answer.")
            #expect(try await (try await tenant.viewer(.auditor)).refusal(.dashboard(.hour))?.status == 403)
            // Operators of others learn no addresses and no words of stores.
            let other = try await server.tenant()
            try await other.runInstallation(false)
            let elsewhere = try await other.viewer(.operator).ask(.dashboard(.hour))
            #expect(elsewhere.queues != nil && elsewhere.daemons.allSatisfy { $0.instance == nil })
            #expect(elsewhere.daemons.first { $0.name == "workerd" }?.reason == "It does not answer.")
        }
    }

    @Test func aFailureSpikeIsNotedOnce() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.viewer)
            for number in 0..<12 {
                try await tenant.log(
                    outcome: number < 11 ? failed(.rateLimited, "acme") : try scored(1),
                    at: Date().addingTimeInterval(-150))
            }
            let sums = ExecutionSumStore(database: server.database)
            let spikes = FailureSpikes(sums: sums, notices: server.product.notices, redis: server.redis)
            while try await sums.sumUp(now: Date(), atMost: 3600).isBehind {}
            let through = try #require(try await sums.progress().minutesThrough)
            #expect(try await spikes.look(through: through) >= 1)
            #expect(try await spikes.look(through: through) == 0)
            let notice = try #require(
                try await viewer.ask(.dashboard(.hour)).notices.first { $0.subject?.kind == .failure })
            #expect(notice.severity == .critical && notice.subject?.id == "rate_limited")
            #expect(notice.summary.hasPrefix("11 of 12 executions failed within 5 minutes at the provider “acme”"))
        }
    }
}

/// When failures are worth a notice.
@Suite struct FailureTrendTests {
    private func trend(_ recent: Int, usual: Double, of executions: Int) -> FailureTrend {
        FailureTrend(
            organizationID: OrganizationID(uuid: UUID()), code: .timeout, provider: nil, recent: recent, usual: usual,
            executions: executions)
    }

    @Test func aSpikeIsMoreThanAHandfulAndThanUsualAndNotLostInTheCrowd() {
        #expect(trend(10, usual: 0, of: 20).isSpike)
        #expect(!trend(9, usual: 0, of: 9).isSpike)
        #expect(!trend(30, usual: 11, of: 40).isSpike && trend(33, usual: 11, of: 40).isSpike)
        #expect(!trend(10, usual: 0, of: 1000).isSpike)
        #expect(trend(10, usual: 0, of: 20).isMajority && !trend(10, usual: 0, of: 21).isMajority)
    }
}
