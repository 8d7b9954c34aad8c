import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServing
import Logging
import Observability
import Postgres
import Records
import Redis
import Synchronization
import TestSupport
import Testing

@testable import IngestGate

@Suite struct StorageWatermarkTests {
    private let watermark = StorageWatermark(stopBelow: 2 << 30, warnBelow: 10 << 30)
    private let large: Int64 = 1000 << 30

    @Test func aLevelIsLeftOnlyWithSomeRoomToSpare() {
        var level = StorageLevel.enough
        func free(_ gigabytes: Double) -> StorageLevel {
            level = watermark.level(free: Int64(gigabytes * 1_073_741_824), of: large, after: level)
            return level
        }
        #expect(free(20) == .enough)
        #expect(free(9.9) == .low)
        #expect(free(10.1) == .low, "it does not come and go")
        #expect(free(1.9) == .full)
        #expect(free(2.1) == .full)
        #expect(free(2.6) == .low)
        #expect(free(12.6) == .enough)
    }

    @Test func aSmallDiskIsNotHeldForFull() {
        #expect(watermark.level(free: 5 << 30, of: 20 << 30, after: .enough) == .enough)
        #expect(watermark.level(free: 900 << 20, of: 20 << 30, after: .enough) == .full)
        #expect(StorageWatermark(stopBelow: 0, warnBelow: 0).level(free: 0, of: large, after: .enough) == .enough)
    }
}

@Suite struct StorageGateTests {
    /// The database's disk, which is full until it is freed.
    private final class Disk: Sendable {
        private let isFull = Mutex(true)

        func free() { isFull.withLock { $0 = false } }

        func write() throws {
            if isFull.withLock(\.self) { throw PostgresError(.server(.diskFull), "no space") }
        }
    }

    private let disk = Disk()
    private static let execution = "/v1/evaluators/execute/{id}/"

    /// Two replicas that share a Redis.
    private func gates(
        _ body: @escaping @Sendable (StorageGate, StorageGate, StorageBoard) async throws -> Void
    ) async throws {
        let server = try await PrivateRedis.start()
        let loops = LoopGroup(count: 1, name: "gate-test")
        let redis = RedisClient(loops: loops, settings: try RedisSettings(url: server.url))
        let board = StorageBoard(redis: redis)
        let disk = disk
        func gate() -> StorageGate {
            StorageGate(board: board, metrics: Metrics(), logger: Logger(label: "test"), probe: { try disk.write() })
        }
        let (one, other) = (gate(), gate())
        try await loops.next().run {
            _ = try await redis.command(["DEL", "scorable:storage"])
            try await body(one, other, board)
            _ = try await redis.command(["DEL", "scorable:storage"])
            await redis.close()
        }
    }

    private func disks(_ level: StorageLevel, daysLeft: Double? = nil) -> [StorageBoard.Disk] {
        [StorageBoard.Disk(name: "database", freeBytes: 1, totalBytes: 100, level: level, daysLeft: daysLeft)]
    }

    @Test func aMachineThatWasReplacedIsForgotten() async throws {
        try await gates { one, _, board in
            try await board.tell(disks(.full), from: "gone", ago: 601)
            try await board.tell(disks(.enough), from: "worker-1")
            #expect(try await board.readings().count == 1)
            try await one.look()
            #expect(one.level == .enough)
        }
    }

    @Test func aClockThatIsSetBackDoesNotKeepTheGateClosed() async throws {
        let hour = Mutex(0.0)
        let server = try await PrivateRedis.start()
        let loops = LoopGroup(count: 1, name: "gate-clock-test")
        let redis = RedisClient(loops: loops, settings: try RedisSettings(url: server.url))
        let gate = StorageGate(
            board: StorageBoard(redis: redis), metrics: Metrics(), logger: Logger(label: "test"), probe: {},
            now: { Date(timeIntervalSince1970: 1_900_000_000 + hour.withLock { $0 } * 3600) })
        await loops.next().run {
            _ = await gate.refusal(by: PostgresError(.server(.diskFull), "no space"), of: Self.execution)
            #expect(!gate.takesNew())
            hour.withLock { $0 = -1 }
            #expect(gate.takesNew())
            await redis.close()
        }
    }

    @Test func whatIsNewIsRefusedWhileADiskIsFullAndTheDatabaseMayRefuseBefore() async throws {
        try await gates { one, other, board in
            // What workers tell.
            try await one.look()
            try one.admit(.post, Self.execution)
            try await board.tell(disks(.full, daysLeft: 0.5), from: "worker-1")
            try await board.tell(disks(.enough, daysLeft: 40), from: "worker-2")
            try await one.look()
            #expect(one.daysLeft == 0.5 && !one.takesNew())
            let refused = #expect(throws: APIProblem.self) { try one.admit(.post, Self.execution) }
            #expect(refused?.status == 507 && refused?.code == "storage_full")
            #expect(refused?.headers["retry-after"] == "10")
            for path in [
                "/v1/batch-executions/", "/v1/judges/{judge_id}/batch-execute/", "/v1/files/", "/v1/datasets/",
                "/internal/exports",
            ] {
                #expect(throws: APIProblem.self, "\(path)") { try one.admit(.post, path) }
            }
            // Exporters send again what is answered so.
            let telemetry = #expect(throws: APIProblem.self) { try one.admit(.post, "/otel/v1/traces") }
            #expect(telemetry?.status == 503 && telemetry?.code == "storage_full")
            for (method, path) in [
                (HTTPMethod.get, Self.execution), (.delete, "/v1/files/{id}/"), (.post, "/internal/session"),
                (.post, "/internal/retention/holds"), (.put, "/internal/retention/rules"),
                (.post, "/internal/exports/{id}/cancel"), (.post, "/v1/annotations/"),
            ] {
                try one.admit(method, path)
            }
            // There is room again; and one that has stopped measuring is not believed for ever.
            try await board.tell(disks(.full), from: "worker-1", ago: 61)
            try await one.look()
            try one.admit(.post, Self.execution)
            #expect(one.takesNew())
            // Nobody can measure it, and the database itself says so.
            let full = await one.refusal(by: PostgresError(.server(.diskFull), "no space"), of: Self.execution)
            #expect(full.status == 507 && full.code == "storage_full")
            #expect(throws: APIProblem.self) { try one.admit(.post, Self.execution) }
            try await other.look()
            #expect(throws: APIProblem.self, "the other replica knows it") { try other.admit(.post, Self.execution) }
            // It goes on to say so, and then does not.
            try await one.tryAgain()
            try await one.look()
            #expect(throws: APIProblem.self) { try one.admit(.post, Self.execution) }
            disk.free()
            try await one.tryAgain()
            for gate in [one, other] {
                try await gate.look()
                try gate.admit(.post, Self.execution)
            }
        }
    }
}
