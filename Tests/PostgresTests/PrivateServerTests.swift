import Glibc
import TestSupport
import Testing

/// The servers that tests start for themselves.
@Suite struct PrivateServerTests {
    /// Whoever reads from a pipe waits until nobody holds its other end.
    @Test func serversHoldNothingThatWasOpenWhenTheyStarted() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        defer { close(ends[0]) }
        let postgres: PrivatePostgres
        let redis: PrivateRedis
        do {
            defer { close(ends[1]) }
            postgres = try await PrivatePostgres.start()
            redis = try await PrivateRedis.start()
        }
        // Between being forked and being executed another test's program may have it for a moment.
        let isClosed = try await eventually {
            var end = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
            return unsafe poll(&end, 1, 0) == 1 && end.revents & Int16(POLLHUP) != 0
        }
        #expect(isClosed, "a server holds the end of a pipe that is not its own")
        withExtendedLifetime((postgres, redis)) {}
    }
}
