import Foundation
import Testing

extension EndToEnd {
    /// kill -9 of every daemon while 200 clients execute.
    @Suite struct CrashTests {
        private static let clients = 200

        @Test(arguments: PrivateInstallation.daemons)
        func aKilledDaemonIsBackAtOnceAndNothingAcknowledgedIsLost(daemon: String) async throws {
            let installation = try await PrivateInstallation.faulty()
            try await installation.untilReady()
            let evaluators = [
                try await FaultyEvaluators.on(["slow"], in: installation),
                try await FaultyEvaluators.on(["well"], in: installation),
            ]
            let tag = "crash-\(daemon)-\(UUID().uuidString.prefix(8))"
            let tally = try await ExecutionLoad.run(
                evaluators, clients: Self.clients, in: installation, tag: tag
            ) {
                let victim = try #require(try installation.program(daemon))
                try victim.kill()
                let outage = try await eventually("\(daemon) is back: \(installation.log(of: "supervisor"))") {
                    guard let successor = try installation.program(daemon), successor != victim else { return false }
                    return await installation.isReady(daemon)
                }
                print("\(daemon) was ready again \(outage) after kill -9 under \(Self.clients) executions at once")
                #expect(outage < patience(.seconds(2)))
                // The load goes on over the new one for a while.
                try await Task.sleep(for: .milliseconds(500))
            }
            print("\(daemon): \(tally.statuses), \(tally.connectionErrors) without an answer")
            #expect(tally.surprises.isEmpty, "\(tally.surprises.prefix(3))")
            #expect(tally.logs.count >= Self.clients)

            let (once, repeated) = try await installation.stored(tally.logs, tag: tag)
            #expect(once == tally.logs.count)
            #expect(repeated == 0)
            let sample = tally.logs.suffix(100)
            #expect(try await installation.readable(sample) == sample.count)
            try await installation.untilReady()
        }
    }
}
