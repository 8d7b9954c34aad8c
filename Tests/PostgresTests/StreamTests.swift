import EventLoop
import FoundationEssentials
import Postgres
import TestSupport
import Testing

/// COPY and LISTEN.
@Suite struct StreamTests {
    private struct Refused: Error, Equatable {}

    @Test func rowsAreCopiedInBinary() async throws {
        try await withClient { client in
            try await client.execute("CREATE TABLE bulk (id int8, name text, at timestamptz, ref uuid, raw bytea)")
            let moment = Date(timeIntervalSince1970: 1_700_000_000)
            let ref = UUID()
            let count = try await client.copyIn(table: "bulk", columns: ["id", "name", "at", "ref", "raw"]) { writer in
                for id in 0..<20_000 {
                    let name: String? = id % 3 == 0 ? nil : "name \(id) \\ \t"
                    try await writer.write([id, name, moment, ref, [UInt8](repeating: 1, count: id % 7)])
                }
            }
            #expect(count == 20_000)
            let row = try #require(try await client.query("SELECT * FROM bulk WHERE id = \(19_999)").first)
            #expect(try row.decode("name") == "name 19999 \\ \t")
            #expect(try row.decode("at") == moment)
            #expect(try row.decode("ref") == ref)
            #expect(try row.decode("raw") == [UInt8](repeating: 1, count: 0))
            let nulls = try await client.query("SELECT count(*) FROM bulk WHERE name IS NULL")
            #expect(try #require(nulls.first).decode(0) == 6667)
        }
    }

    @Test func textIsCopiedInPiecesOfAnySize() async throws {
        try await withClient { client in
            try await client.execute("CREATE TABLE lines (id int, line text)")
            let text = (0..<50_000).map { "\($0)\tline \($0)\n" }.joined()
            let count = try await client.withConnection { connection in
                try await connection.copyIn("COPY lines FROM STDIN") { writer in
                    let bytes = Array(text.utf8)
                    for start in stride(from: 0, to: bytes.count, by: 7919) {
                        try await writer.write(Array(bytes[start..<min(start + 7919, bytes.count)]))
                    }
                    try await writer.write([])
                }
            }
            #expect(count == 50_000)
        }
    }

    @Test func aCopyWhoseProducerFailsLeavesNothing() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            try await client.execute("CREATE TABLE partial (id int)")
            await #expect(throws: Refused()) {
                try await client.copyIn(table: "partial", columns: ["id"]) { writer in
                    for id in 0..<100_000 { try await writer.write([Int32(id)]) }
                    throw Refused()
                }
            }
            #expect(try await client.query("SELECT * FROM partial").isEmpty)
            let wrong = await postgresError {
                try await client.copyIn(table: "partial", columns: ["id"]) { writer in
                    try await writer.write(["longer than four bytes"])
                }
            }
            #expect(wrong?.sqlState?.isAboutData == true)
            let absent = await postgresError {
                try await client.copyIn(table: "nowhere", columns: ["id"]) { try await $0.write([1]) }
            }
            #expect(absent?.sqlState == .undefinedTable)
            let select = await postgresError {
                _ = try await client.withConnection { connection in
                    try await connection.copyIn("SELECT 1") { try await $0.write([1]) }
                }
            }
            #expect(select?.kind == .rejected)
            #expect(await client.statistics().open == 1)
        }
    }

    @Test func aCancelledCopyEndsAndItsConnectionLivesOn() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            try await client.execute("CREATE TABLE endless (id int)")
            let loop = try #require(Loop.current)
            let task = Task(executorPreference: loop) {
                await postgresError {
                    try await client.copyIn(table: "endless", columns: ["id"]) { writer in
                        while !Task.isCancelled {
                            for id in 0..<1000 { try await writer.write([Int32(id)]) }
                            await Task.yield()
                        }
                    }
                }
            }
            try await loop.sleep(for: .milliseconds(100))
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
            #expect(try await client.query("SELECT * FROM endless").isEmpty)
        }
    }

    @Test func notificationsArriveInOrder() async throws {
        try await withClient { client in
            let loop = try #require(Loop.current)
            let events = Locked<[PostgresListenEvent]>([])
            let listener = Task(executorPreference: loop) {
                try await client.listen(to: ["jobs", "odd \"name\""]) { event in events.withLock { $0.append(event) } }
            }
            _ = try await eventually { events.withLock { $0 } == [.connected] }
            for number in 0..<100 {
                try await client.execute("SELECT pg_notify('jobs', \("n\(number)"))")
            }
            try await client.execute("SELECT pg_notify(\("odd \"name\""), '')")
            _ = try await eventually { events.withLock { $0.count } == 102 }
            let expected = (0..<100).map { PostgresListenEvent.notification(channel: "jobs", payload: "n\($0)") }
            #expect(events.withLock { Array($0[1...100]) } == expected)
            #expect(events.withLock { $0.last } == .notification(channel: "odd \"name\"", payload: ""))
            listener.cancel()
            let outcome = await listener.result
            #expect(throws: PostgresError.self) { try outcome.get() }
        }
    }

    @Test func aListenerConnectsAgain() async throws {
        try await withClient { client in
            let loop = try #require(Loop.current)
            let events = Locked<[PostgresListenEvent]>([])
            let listener = Task(executorPreference: loop) {
                try await client.listen(to: ["again"]) { event in events.withLock { $0.append(event) } }
            }
            _ = try await eventually { events.withLock { $0.count } == 1 }
            try await client.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN \"again\"'")
            let isBack = try await eventually { events.withLock { $0 } == [.connected, .connected] }
            #expect(isBack)
            try await client.execute("NOTIFY again, 'hello'")
            let heard = try await eventually {
                events.withLock { $0.last } == .notification(channel: "again", payload: "hello")
            }
            #expect(heard)
            listener.cancel()
            _ = await listener.result
        }
    }

    @Test func anErrorOfTheListenersBodyEndsIt() async throws {
        try await withClient { client in
            _ = await #expect(throws: Refused()) {
                try await client.listen(to: ["ended"]) { _ in throw Refused() }
            }
        }
    }
}
