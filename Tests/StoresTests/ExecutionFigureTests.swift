import FoundationEssentials
import Postgres
import Records
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct ExecutionFigureTests {
    /// The hour that every test counts up to; long past, so that whole hours can be summed up by hand.
    private static let end = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 / 3600).rounded(.down) * 3600)
    private static let start = end.addingTimeInterval(-7 * 86_400)

    private func outcome(_ score: Double?, nanoDollars: Int64 = 100) throws -> ExecutionOutcome {
        ExecutionOutcome(
            score: try score.map { try Score($0) },
            failure: score == nil ? EvaluationFailure(code: .timeout, message: "late") : nil,
            cost: Money(nanoDollars: nanoDollars))
    }

    private func log(
        _ tenant: Tenant, _ item: UUID, _ score: Double?, hoursBack: Double, parent: ExecutionLogID? = nil
    ) throws -> ExecutionLog {
        let moment = Self.end.addingTimeInterval(-hoursBack * 3600)
        return ExecutionLog(
            id: tenant.world.identifiers.next(), organizationID: tenant.organization, projectID: tenant.project,
            type: .evaluator, item: ExecutedItem(id: item, versionID: nil, name: "Item"), ownerID: tenant.owner.id,
            parentID: parent, input: EvaluationInput(request: "q"), labels: ExecutionLabels(),
            outcome: try outcome(score), requestID: "r", createdAt: moment)
    }

    private func check(
        _ tenant: Tenant, _ items: (UUID, UUID), _ progress: SumProgress, _ comment: Comment
    ) async throws {
        let store = ExecutionFigureStore(database: tenant.world.database)
        let days = try await store.days(
            ofItems: [items.0, items.1, UUID()], in: tenant.organization, from: Self.start, to: Self.end, progress)
        let lastDay = Self.end.addingTimeInterval(-86_400)
        let sum = try #require(days[items.0]?[lastDay], comment)
        #expect(sum.ok == 2 && sum.failed == 1 && sum.executions == 3, comment)
        #expect(abs((sum.meanScore ?? 0) - 0.5) < 1e-9 && sum.meanCost == Money(nanoDollars: 100), comment)
        #expect(days[items.0]?[Self.end.addingTimeInterval(-2 * 86_400)]?.ok == 1, comment)
        #expect(days[items.0]?.count == 2 && days[items.1]?.count == 1 && days.count == 2, comment)
        let projects = try await store.figures(
            ofProjects: [tenant.project], in: tenant.organization, from: lastDay, to: Self.end, progress)
        let project = try #require(projects[tenant.project], comment)
        #expect(project.executions == 3 && project.failed == 1, "a part of a judge counts with its judge only")
        let stranger = try await tenant.world.tenant()
        let foreign = try await store.days(
            ofItems: [items.0], in: stranger.organization, from: Self.start, to: Self.end, progress)
        #expect(foreign.isEmpty, comment)
    }

    @Test func theSameComesOutOfLogsMinutesAndHours() async throws {
        try await World.runAlone { world in
            let tenant = try await world.tenant()
            let (a, b) = (UUID(), UUID())
            let judge = try log(tenant, UUID(), 0.5, hoursBack: 1, parent: nil)
            try await tenant.write(
                try log(tenant, a, 0.2, hoursBack: 0.05), try log(tenant, a, nil, hoursBack: 0.04),
                try log(tenant, a, 0.8, hoursBack: 5, parent: judge.id), judge,
                try log(tenant, a, 1, hoursBack: 30), try log(tenant, b, 1, hoursBack: 40))
            // A day's logs are more than is ever counted one by one, so the older ones are summed up first.
            let sums = ExecutionSumStore(database: world.database)
            while try await sums.sumUp(now: Self.end.addingTimeInterval(60), atMost: 86_400).isBehind { continue }
            let progress = try await sums.progress()
            try await check(tenant, (a, b), progress, "summed up")
            let minutesOnly = SumProgress(
                minutesThrough: progress.minutesThrough, hoursThrough: Self.end.addingTimeInterval(-3 * 3600))
            try await check(tenant, (a, b), minutesOnly, "the last hours from minutes")
            let late = SumProgress(
                minutesThrough: Self.end.addingTimeInterval(-240), hoursThrough: Self.end.addingTimeInterval(-3600))
            try await check(tenant, (a, b), late, "the last minutes from logs")
        }
    }
}
