import FoundationEssentials
import Jobs
import Queueing
import Tenancy
import Testing
import WireAPI

@testable import Operations

@Suite struct JobFilterTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func filter(_ words: [(name: String, value: String)]) throws -> JobFilter {
        try JobFilter(OperatorJobFilter(parameters: words), now: now)
    }

    @Test func everyParameterIsReadBackAsItWasWritten() throws {
        var filter = OperatorJobFilter()
        filter.ids = [UUID()]
        filter.queues = ["evaluations", "background"]
        filter.kinds = ["export"]
        filter.states = [.dead, .scheduled]
        filter.organizationID = UUID()
        filter.projectID = UUID()
        filter.organizationName = "Acme"
        filter.projectName = "Shop"
        filter.batchID = UUID()
        filter.scheduleID = UUID()
        filter.worker = "w-1"
        filter.errorClasses = ["timeout"]
        filter.error = "took too long"
        filter.text = "abc"
        filter.cause = "it took # s"
        filter.since = Date(timeIntervalSince1970: 1_700_000_000)
        filter.until = Date(timeIntervalSince1970: 1_700_000_100)
        filter.minimumAgeSeconds = 60
        filter.minimumFailures = 2
        #expect(try OperatorJobFilter(parameters: filter.parameters) == filter)
        #expect(Set(filter.parameters.map(\.name)) == Set(OperatorJobFilter.names))
    }

    @Test func waitingAndScheduledDifferByTheirTime() throws {
        #expect(try filter([("state", "waiting")]).isDue == true)
        #expect(try filter([("state", "scheduled"), ("state", "dead")]).isDue == false)
        #expect(try filter([("state", "scheduled"), ("state", "dead")]).states == [.waiting, .dead])
        #expect(try filter([("state", "scheduled"), ("state", "waiting")]).isDue == nil)
        #expect(try filter([("state", "running")]).isDue == nil)
    }

    @Test func theOlderBoundOfCreationCounts() throws {
        let age = try filter([("min_age_seconds", "60"), ("until", "2030-01-01T00:00:00Z")])
        #expect(age.createdBefore == now - 60)
        #expect(age.until(now).createdBefore == now - 60)
        #expect(try filter([]).until(now).createdBefore == now)
    }

    @Test(arguments: [
        ("state", "stuck", "one of waiting, scheduled, running, finished, dead, cancelled"),
        ("batch_id", "7", "an identifier"), ("min_failures", "-1", "a whole number that is not negative"),
        ("since", "yesterday", "a date and time, such as 2026-01-31T12:00:00Z"),
    ])
    func whatCannotBeReadIsNamed(name: String, value: String, expected: String) {
        #expect(throws: OperatorInvalidParameter(name: name, expected: expected)) { try filter([(name, value)]) }
    }

    @Test func aClassOfErrorsThatIsNoneIsNamed() {
        let error = #expect(throws: OperatorInvalidParameter.self) { try filter([("error_class", "bad luck")]) }
        #expect(error?.name == "error_class" && error?.expected.contains("rate_limited") == true)
    }

    @Test func onlyMovingTakesAQueue() throws {
        #expect(try JobChange(.move, to: "background") == .move(to: .background))
        #expect(throws: InvalidDefinition.self) { try JobChange(.move, to: nil) }
        #expect(throws: InvalidDefinition.self) { try JobChange(.move, to: "No Such|Name") }
        #expect(throws: InvalidDefinition.self) { try JobChange(.retry, to: "background") }
    }
}
