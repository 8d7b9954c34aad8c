internal import Redis

/// How much memory Redis uses, and how much it may.
package struct MemoryReading: Sendable, Hashable {
    package let usedBytes: Int64
    /// `nil` when nothing bounds it.
    package let limitBytes: Int64?

    package init(usedBytes: Int64, limitBytes: Int64?) {
        self.usedBytes = usedBytes
        self.limitBytes = limitBytes
    }

    /// From this share on there is soon no room.
    private static let alarm = 0.8

    /// No more jobs are taken; those that it has go on.
    package var isFull: Bool { limitBytes.map { usedBytes >= $0 } ?? false }
    /// It is full soon, unless something is done.
    package var isNearlyFull: Bool { limitBytes.map { Double(usedBytes) >= Double($0) * Self.alarm } ?? false }
}

extension JobDispatcher {
    /// How full Redis is.
    package func memory() async throws(DispatchError) -> MemoryReading {
        guard let text = try await command(["INFO", "memory"]).text else { throw .malformed }
        var figures: [Substring: Int64] = [:]
        for line in text.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, let figure = Int64(parts[1]) { figures[parts[0]] = figure }
        }
        guard let used = figures["used_memory"] else { throw .malformed }
        let limit = figures["maxmemory"] ?? 0
        return MemoryReading(usedBytes: used, limitBytes: limit > 0 ? limit : nil)
    }
}
