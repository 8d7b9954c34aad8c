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
    private static let forgottenAfter: RedisArgument = "600"

    package init(redis: RedisClient) { self.redis = redis }

    /// One disk.
    package struct Disk: Codable, Sendable, Hashable {
        /// `database` or `objects`.
        package let name: String
        package let freeBytes: Int64
        package let totalBytes: Int64
        package let level: String

        package init(name: String, freeBytes: Int64, totalBytes: Int64, level: StorageLevel) {
            self.name = name
            self.freeBytes = freeBytes
            self.totalBytes = totalBytes
            self.level = level.rawValue
        }
    }

    /// What one of them has seen.
    package struct Reading: Codable, Sendable, Hashable {
        /// In seconds since 1970.
        package let measuredAt: Double
        package let disks: [Disk]

        package init(measuredAt: Date, disks: [Disk]) {
            self.measuredAt = measuredAt.timeIntervalSince1970
            self.disks = disks
        }

        /// That of its fullest disk.
        package var level: StorageLevel {
            disks.compactMap { StorageLevel(rawValue: $0.level) }.max() ?? .enough
        }
    }

    /// Tells what `source` has seen, in place of what it told before.
    package func tell(_ reading: Reading, from source: String) async throws {
        let text = String(decoding: JSONCodec.encode(reading), as: UTF8.self)
        _ = try await redis.command(["HSET", Self.key, .init(source), .init(text)])
        _ = try await redis.command(["EXPIRE", Self.key, Self.forgottenAfter])
    }

    /// What was seen lately.
    package func readings(at now: Date) async throws -> [Reading] {
        let answer = try await redis.command(["HVALS", Self.key])
        return (answer.array ?? []).compactMap { value -> Reading? in
            guard let bytes = value.bytes else { return nil }
            do {
                return try JSONCodec.decode(Reading.self, from: bytes)
            } catch {
                // Of another release; it tells nothing that this one knows.
                return nil
            }
        }
        .filter { abs(now.timeIntervalSince1970 - $0.measuredAt) < Self.validity }
    }

    /// The level of the fullest disk; `nil` where nobody can tell.
    package func level(at now: Date) async throws -> StorageLevel? {
        try await readings(at: now).filter { !$0.disks.isEmpty }.map(\.level).max()
    }
}
