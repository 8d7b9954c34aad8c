import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServing
import HTTPTransfer
import Logging
import Observability
import Settings
import Synchronization
import Tenancy
import Testing

@testable import DaemonRuntime

/// A daemon without a process: signals are events that the test sends.
@Suite struct LifecycleTests {
    private struct Values: Sendable {}
    private typealias Event = Lifecycle<Values>.Event

    /// What happened, in order.
    private final class Journal: Sendable {
        private let kept = Mutex<[String]>([])
        var entries: [String] { kept.withLock { $0 } }
        /// Without what was said about listeners, whose ports differ.
        var steps: [String] { entries.filter { !$0.hasPrefix("listeners ") } }
        func note(_ entry: String) { kept.withLock { $0.append(entry) } }
    }

    private struct Refused: Error, CustomStringConvertible {
        let description = "refused"
    }

    private static func settings(_ more: [String: String] = [:]) throws -> DaemonSettings {
        let vocabulary = Deployment.vocabulary(of: "apid")
        let entries = ["apid.grace_period": "5s"].merging(more) { $1 }
        let file = SettingsFile(
            path: "test", entries: entries.mapValues { SettingsFile.Entry(text: $0, line: 1) })
        return try DaemonSettings(SettingsReader(SettingsInputs(file: file), vocabulary: vocabulary), internalPort: 0)
    }

    /// Runs a daemon that `compose` puts together; `meanwhile` gets where its events go, and its readiness comes as
    /// log lines in the journal.
    private func live(
        _ journal: Journal, _ settings: [String: String] = [:],
        reread: @escaping @Sendable () throws -> Values = { Values() },
        compose: @escaping @Sendable (inout Composition<Values>) -> Void,
        meanwhile: @escaping @Sendable (AsyncStream<Event>.Continuation) async throws -> Void
    ) async throws -> Bool {
        let settings = try Self.settings(settings)
        let loops = LoopGroup(count: 2, name: "test")
        let (events, feed) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingOldest(16))
        let logger = Logger(label: "test") { _ in JournalLog(journal: { journal.note($0) }) }
        let isClean: Bool? = try await loops.loops[0].run {
            var composition = Composition<Values>(
                loops: loops, logger: logger, metrics: Metrics(), identifiers: IdentifierSource(now: { Date() }),
                traceIdentifiers: TraceIdentifiers(seed: 1),
                reportFailure: { feed.yield(.failed(DaemonFailure.part($0, $1))) })
            compose(&composition)
            let lifecycle = Lifecycle(
                settings: settings, section: "apid", composition: composition, supervisor: Supervisor(environment: [:]),
                events: events, feed: feed, certificates: CertificateFigures(composition.metrics), reread: reread)
            return try await withThrowingTaskGroup(of: Bool?.self) { group -> Bool? in
                group.addTask { await lifecycle.run() }
                group.addTask {
                    try await meanwhile(feed)
                    return nil
                }
                var result: Bool?
                for try await outcome in group { result = outcome ?? result }
                return result
            }
        }
        await loops.shutdown()
        return try #require(isClean as Bool?)
    }

    /// Waits until the journal has an entry, but no longer than a test may take.
    private func wait(for entry: String, _ journal: Journal) async throws {
        let deadline = Deadline.after(.seconds(20))
        while !journal.entries.contains(entry) {
            try #require(!deadline.hasPassed, "\(entry) never came: \(journal.entries)")
            try await Loop.current?.sleep(for: .milliseconds(5))
        }
    }

    /// The port of the internal listener, which the system has chosen.
    private func internalPort(_ journal: Journal) async throws -> Int {
        try await wait(for: "ready", journal)
        let words = journal.entries.compactMap { $0.firstMatch(of: #/^listeners .*internal on 127.0.0.1:(\d+)/#) }
        return try #require(words.first.flatMap { Int($0.1) })
    }

    private static func service(_ name: String, _ journal: Journal) -> Service {
        Service(name, start: { journal.note("start \(name)") }, stop: { _ in journal.note("stop \(name)") })
    }

    @Test func partsStartInOrderAndStopInTheOpposite() async throws {
        let journal = Journal()
        let isClean = try await live(journal) { composition in
            composition.add(Self.service("a", journal))
            composition.add(Self.service("b", journal))
            composition.work("c") { drain in
                journal.note("work begins")
                await drain.wait()
                journal.note("work ends")
            }
        } meanwhile: { feed in
            try await wait(for: "ready", journal)
            try await wait(for: "work begins", journal)
            feed.yield(.terminate(15))
        }
        #expect(isClean)
        #expect(
            journal.steps == [
                "start a", "start b", "ready", "work begins", "asked to stop", "work ends", "stop b", "stop a",
                "stopped",
            ]
                || journal.steps == [
                    "start a", "start b", "work begins", "ready", "asked to stop", "work ends", "stop b", "stop a",
                    "stopped",
                ])
    }

    @Test func aPartThatDoesNotStartStopsWhatHasStarted() async throws {
        let journal = Journal()
        let isClean = try await live(journal) { composition in
            composition.add(Self.service("a", journal))
            composition.add(Service("b", start: { throw Refused() }, stop: { _ in journal.note("stop b") }))
            composition.add(Self.service("c", journal))
        } meanwhile: { _ in
        }
        #expect(!isClean)
        #expect(journal.steps == ["start a", "cannot go on: b: refused", "stop a", "stopped"])
    }

    @Test func aStartThatWaitsIsGivenUpOnASignal() async throws {
        let journal = Journal()
        let isClean = try await live(journal) { composition in
            composition.add(Self.service("a", journal))
            composition.add(
                Service(
                    "b",
                    start: {
                        journal.note("waiting")
                        try await Loop.current?.sleep(for: .seconds(600))
                    }, stop: { _ in journal.note("stop b") }))
        } meanwhile: { feed in
            try await wait(for: "waiting", journal)
            feed.yield(.terminate(2))
        }
        #expect(isClean)
        #expect(journal.steps == ["start a", "waiting", "asked to stop", "stop a", "stopped"])
    }

    @Test func workThatEndsByItselfEndsTheDaemon() async throws {
        let journal = Journal()
        let isClean = try await live(journal) { composition in
            composition.work("dispatcher") { _ in throw Refused() }
        } meanwhile: { _ in
        }
        #expect(!isClean)
        #expect(journal.entries.contains("cannot go on: dispatcher: refused"))
    }

    @Test func workThatDoesNotEndIsCancelledAfterTheGracePeriod() async throws {
        let journal = Journal()
        let isClean = try await live(journal, ["apid.grace_period": "1s"]) { composition in
            composition.work("stubborn") { _ in
                journal.note("begun")
                do {
                    try await Loop.current?.sleep(for: .seconds(600))
                } catch {
                    journal.note("cancelled")
                    throw error
                }
            }
        } meanwhile: { feed in
            try await wait(for: "begun", journal)
            feed.yield(.terminate(15))
        }
        #expect(isClean)
        #expect(journal.entries.suffix(2) == ["cancelled", "stopped"])
    }

    @Test func newSettingsReachThePartsAndMistakesChangeNothing() async throws {
        let journal = Journal()
        let hasMistake = Mutex(false)
        _ = try await live(journal) {
            if hasMistake.withLock({ $0 }) { throw Refused() }
            return Values()
        } compose: { composition in
            composition.onReload { _ in journal.note("reloaded") }
        } meanwhile: { feed in
            try await wait(for: "ready", journal)
            feed.yield(.reload)
            try await wait(for: "settings read again", journal)
            hasMistake.withLock { $0 = true }
            feed.yield(.reload)
            try await wait(for: "the old settings stay in force: refused", journal)
            feed.yield(.terminate(15))
        }
        #expect(journal.entries.count { $0 == "reloaded" } == 1)
    }

    @Test func healthTellsTheTruthAllTheWay() async throws {
        let journal = Journal()
        let isWell = Mutex(false)
        let complaint = Mutex<String?>(nil)
        let loopsForClient = LoopGroup(count: 1, name: "client")
        let client = HTTPClient(loops: loopsForClient)
        let port = Mutex(0)
        @Sendable func get(_ path: String) async throws -> (Int, String) {
            let request = OutboundRequest(method: .get, url: "http://127.0.0.1:\(port.withLock { $0 })\(path)")
            let response = try await loopsForClient.next().run { try await client.send(request, bodyLimit: 1 << 20) }
            return (response.status, String(decoding: response.body, as: UTF8.self))
        }
        @Sendable func wait(_ path: String, for status: Int) async throws -> String {
            let deadline = Deadline.after(.seconds(20))
            while true {
                let (found, text) = try await get(path)
                if found == status { return text }
                try #require(!deadline.hasPassed, "\(path) stays at \(found): \(text)")
                try await Loop.current?.sleep(for: .milliseconds(50))
            }
        }
        _ = try await live(journal, ["apid.drain_delay": "2s"]) { composition in
            composition.check("database") { if !isWell.withLock({ $0 }) { throw Refused() } }
            composition.watch { complaint.withLock { $0 } }
        } meanwhile: { feed in
            let chosen = try await internalPort(journal)
            port.withLock { $0 = chosen }
            #expect(try await get("/livez").0 == 200)
            complaint.withLock { $0 = "no work was asked for" }
            let (health, reason) = try await get("/livez")
            #expect(health == 503)
            #expect(reason.contains(#""complaints":["no work was asked for"]"#))
            complaint.withLock { $0 = nil }
            let (status, text) = try await get("/readyz")
            #expect(status == 503)
            #expect(text == #"{"status":"running","is_ready":false,"checks":{"database":"refused"}}"#)
            isWell.withLock { $0 = true }
            #expect(try await wait("/readyz", for: 200).contains(#""is_ready":true"#))
            #expect(try await get("/metrics").1.contains("scorable_http_requests_total{listener=\"internal\""))
            feed.yield(.terminate(15))
            // Not ready at once, alive all the while, and still serving during the drain delay.
            #expect(try await wait("/readyz", for: 503).contains(#""status":"draining""#))
            #expect(try await get("/livez").0 == 200)
        }
        await loopsForClient.next().run { await client.close() }
        await loopsForClient.shutdown()
        #expect(journal.entries.contains("a dependency is not well"))
        #expect(journal.entries.contains("a dependency is well again"))
    }

    @Test func aProcessAmongSeveralAnswersForItself() async throws {
        let journal = Journal()
        let loopsForClient = LoopGroup(count: 1, name: "client")
        let client = HTTPClient(loops: loopsForClient)
        // The internal listener's socket would be shared with others; here it is off.
        let settings = ["apid.internal.listen": "off", "apid.instance.listen": "127.0.0.1:0"]
        _ = try await live(journal, settings) { _ in
        } meanwhile: { feed in
            try await wait(for: "ready", journal)
            let words = journal.entries.compactMap { $0.firstMatch(of: #/instance on 127.0.0.1:(\d+)/#) }
            let port = try #require(words.first?.1)
            for path in ["/livez", "/readyz", "/metrics"] {
                let request = OutboundRequest(method: .get, url: "http://127.0.0.1:\(port)\(path)")
                let answer = try await loopsForClient.next().run { try await client.send(request, bodyLimit: 1 << 20) }
                #expect(answer.status == 200)
            }
            feed.yield(.terminate(15))
        }
        await loopsForClient.next().run { await client.close() }
        await loopsForClient.shutdown()
    }

    @Test func aPortInUseIsNamedWithTheSettingThatChangesIt() async throws {
        let first = Journal()
        let second = Journal()
        let port = Mutex(0)
        _ = try await live(first) { _ in
        } meanwhile: { feed in
            let taken = try await internalPort(first)
            port.withLock { $0 = taken }
            let listen = ["apid.internal.listen": "127.0.0.1:\(taken)"]
            let isClean = try await live(second, listen) { _ in
            } meanwhile: { _ in
            }
            #expect(!isClean)
            feed.yield(.terminate(15))
        }
        let taken = port.withLock { $0 }
        #expect(
            second.steps.first == "cannot go on: port \(taken) is in use: another program listens on "
                + "127.0.0.1:\(taken). Stop it, or set apid.internal.listen to another address.")
    }
}

/// Notes messages, with their reason where there is one.
private struct JournalLog: LogHandler {
    let journal: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    init(journal: @escaping @Sendable (String) -> Void) { self.journal = journal }

    func log(event: LogEvent) {
        if let listeners = event.metadata?["listeners"] { journal("listeners \(listeners)") }
        let reason = event.metadata?["check"] == nil ? event.metadata?["reason"].map { ": \($0)" } : nil
        journal("\(event.message)\(reason ?? "")")
    }
}
