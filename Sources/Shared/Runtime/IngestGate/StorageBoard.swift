package import FoundationEssentials
internal import JSON
package import Records
package import Redis

/// How full disks are, as those who can measure it tell everybody else: in Redis, because a database whose disk is full takes
/// no notes.
package struct StorageBoard: Sendable {
    private let redis: RedisClient

    private static let key: RedisArgument = "scorable:storage"
    /// How long a reading counts: whoever has written it may be gone.
    static let validity: TimeInterval = 60
    /// When Redis forgets it where nobody measures any more.
    private static let forgottenAfter: TimeInterval = 600

    package init(redis: RedisClient) { self.redis = redis }

    /// One disk.
    package struct Disk: Codable, Sendable, Hashable {
        /// `database` or `objects`.
        package let name: String
        package let freeBytes: Int64
        package let totalBytes: Int64
        package let level: String
        /// For how many days it lasts as it fills by now; `nil` where that is not known, or where it does not fill.
        package let daysLeft: Double?

        package init(
            name: String, freeBytes: Int64, totalBytes: Int64, level: StorageLevel, daysLeft: Double? = nil
        ) {
            self.name = name
            self.freeBytes = freeBytes
            self.totalBytes = totalBytes
            self.level = level.rawValue
            self.daysLeft = daysLeft
        }
    }

    /// What one of them has seen.
    package struct Reading: Codable, Sendable, Hashable {
        /// In seconds since 1970, by the clock of Redis: those of machines may differ by more than a reading counts.
        let measuredAt: Double
        package let disks: [Disk]

        /// That of its fullest disk.
        package var level: StorageLevel {
            disks.compactMap { StorageLevel(rawValue: $0.level) }.max() ?? .enough
        }
    }

    /// Tells what `source` has seen, in place of what it told before: now, or so long ago.
    package func tell(_ disks: [Disk], from source: String, ago age: TimeInterval = 0) async throws {
        let now = try await time()
        let text = String(decoding: JSONCodec.encode(Reading(measuredAt: now - age, disks: disks)), as: UTF8.self)
        _ = try await redis.command(["HSET", Self.key, .init(source), .init(text)])
        _ = try await redis.command(["EXPIRE", Self.key, .init("\(Int(Self.forgottenAfter))")])
        // Whoever does not tell any more, such as a machine that was replaced, is forgotten.
        for (source, reading) in try await all() where now - reading.measuredAt > Self.forgottenAfter {
            _ = try await redis.command(["HDEL", Self.key, .init(source)])
        }
    }

    /// What was seen lately.
    package func readings() async throws -> [Reading] {
        let now = try await time()
        return try await all().map(\.reading).filter { abs(now - $0.measuredAt) < Self.validity }
    }

    /// The level of the fullest disk; `nil` where nobody can tell.
    package func level() async throws -> StorageLevel? {
        try await readings().filter { !$0.disks.isEmpty }.map(\.level).max()
    }

    private func all() async throws -> [(source: String, reading: Reading)] {
        let fields = try await redis.command(["HGETALL", Self.key]).array ?? []
        return stride(from: 0, to: fields.count - 1, by: 2).compactMap { place -> (String, Reading)? in
            guard let source = fields[place].text, let bytes = fields[place + 1].bytes else { return nil }
            do {
                return (source, try JSONCodec.decode(Reading.self, from: bytes))
            } catch {
                // Of another release; it tells nothing that this one knows.
                return nil
            }
        }
    }

    /// What Redis takes for the present, in seconds since 1970.
    private func time() async throws -> Double {
        let parts = try await redis.command(["TIME"]).array ?? []
        return parts.first?.integer.map(Double.init) ?? Date().timeIntervalSince1970
    }
}
