import Jobs
import Testing

@testable import Operations

/// What operators are told of a Redis that has no room.
@Suite struct QueueComplaintTests {
    @Test func aFullRedisIsComplainedOfBeforeAndWhenItIsFull() throws {
        let (roomy, tight, full) = (reading(70), reading(85), reading(100))
        #expect(roomy.complaint == nil)
        #expect(try #require(tight.complaint).hasPrefix("Redis is nearly full (85 of 100 MiB are used)"))
        let complaint = try #require(full.complaint)
        #expect(complaint.hasPrefix("Redis is full (100 of 100 MiB are used)"))
        #expect(complaint.contains("accepted jobs wait in the database") && complaint.contains("maxmemory"))
    }

    @Test func aRedisWithoutABoundIsNeverFull() {
        #expect(MemoryReading(usedBytes: 1 << 40, limitBytes: nil).complaint == nil)
    }

    private func reading(_ percent: Int64) -> MemoryReading {
        MemoryReading(usedBytes: percent << 20, limitBytes: 100 << 20)
    }
}
