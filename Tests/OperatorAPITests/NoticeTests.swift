import APIClient
import EventLoop
import FoundationEssentials
import Operations
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

@Suite struct NoticeTests {
    /// A part of the installation that fails or works as a test wants.
    private final class Part: Sendable {
        enum State { case well, complaining, away }

        struct Away: Error {}

        let state = Mutex(State.well)

        func answer() throws -> HealthReading {
            var reading = HealthReading(version: "1")
            switch state.withLock({ $0 }) {
            case .well: break
            case .complaining: reading.complaint = "database: refused"
            case .away: throw Away()
            }
            return reading
        }
    }

    private func notices(_ viewer: Viewer, about name: String) async throws -> [OperatorNotice] {
        try await viewer.ask(.dashboard(.quarterHour)).notices.reversed().filter { $0.summary.hasPrefix(name) }
    }

    @Test func aChangeOfHealthIsToldOnceBySeveralServers() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer()
            let name = "part-\(server.identifiers.uuid())"
            let part = Part()
            let watches = (0..<2).map { _ in
                HealthWatch(
                    [HealthTarget(name, at: nil) { try part.answer() }], every: .milliseconds(20),
                    notices: server.product.notices, redis: server.redis, logger: OperatorServer.logger)
            }
            let running = watches.map { watch in
                server.loops.next().spawn {
                    do { try await watch.run() } catch is CancellationError {} catch { Issue.record(error) }
                }
            }
            var told: [OperatorNotice] = []
            for (state, count) in [(Part.State.complaining, 1), (.away, 2), (.well, 3)] {
                part.state.withLock { $0 = state }
                let deadline = Deadline.after(.seconds(20))
                while told.count < count, !deadline.hasPassed {
                    try await Loop.current?.sleep(for: .milliseconds(20))
                    told = try await notices(viewer, about: name)
                }
            }
            // Both have seen the last state often enough to have told of it as well.
            let seen = Deadline.after(.milliseconds(300))
            while !seen.hasPassed { try await Loop.current?.sleep(for: .milliseconds(20)) }
            told = try await notices(viewer, about: name)
            #expect(
                told.map(\.summary) == ["\(name) is not well.", "\(name) does not answer.", "\(name) is well again."])
            #expect(told.map(\.severity) == [.warning, .critical, .info])
            #expect(told.allSatisfy { $0.subject == OperatorSubject(kind: .daemon, id: name, name: name) })
            running.forEach { $0.cancel() }
            for task in running { await task.value }
        }
    }

    @Test func slowedSignInsAreToldToThoseWhoManagePeople() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (admin, viewer) = (try await tenant.viewer(.admin), try await tenant.viewer(.viewer))
            for _ in 0..<6 {
                await #expect(throws: APIFailure.self) {
                    _ = try await admin.client.signIn(
                        OperatorSignIn(email: viewer.user.email, password: "wrong password"))
                }
            }
            let told = try await notices(admin, about: "Signing in as \(viewer.user.email)")
            #expect(told.count == 1 && told[0].severity == .warning && told[0].subject?.kind == .user)
            #expect(try await notices(viewer, about: "Signing in as").isEmpty)
        }
    }
}
