package import EventLoop
package import FoundationEssentials
internal import IngestGate
package import Logging
package import Observability
internal import Postgres
package import Records
package import Redis
package import Stores
internal import Synchronization
internal import SystemCalls
internal import Tenancy
internal import WireAPI

/// Where the disks are that data lies on.
package struct StoragePlaces: Sendable {
    /// The directory of the database's data on this machine; `nil` to ask the server, where it runs on this machine.
    package let databaseDirectory: String?
    /// How large the database's disk is where it is not on this machine, in bytes: what is free is reckoned by what the
    /// databases take.
    package let databaseDiskSize: Int64?
    /// The directory of the object storage; `nil` where it is none.
    package let objectsDirectory: String?

    package init(databaseDirectory: String?, databaseDiskSize: Int64?, objectsDirectory: String?) {
        self.databaseDirectory = databaseDirectory
        self.databaseDiskSize = databaseDiskSize
        self.objectsDirectory = objectsDirectory
    }
}

/// Measures the disks every five seconds and tells everybody how full they are; once an hour it notes how large everything
/// is, so that its growth is known.
package final class StorageWatch: Sendable {
    private let sizes: StorageSizeStore
    private let partitions: RetainedPartitions
    private let retention: RetentionStore
    private let forecasts: StorageForecasts
    private let board: StorageBoard
    private let places: StoragePlaces
    private let watermark: StorageWatermark
    private let news: StateNews
    private let notices: Notices
    private let threads: WorkerThreads
    private let source: String
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    private static let interval = Duration.seconds(5)
    private static let noting: TimeInterval = 3600
    private static let gauging: TimeInterval = 60

    private struct State {
        var levels: [String: StorageLevel] = [:]
        var disks: [StorageBoard.Disk] = []
        var daysLeft: [String: Double] = [:]
        var daysAhead: Double = 0
        var lastRun: Date?
        var gaugedAt: Date?
        var notedAt: Date?
    }

    /// `source` is this process's name among those that measure; `threads` do what may block, and are the caller's to end.
    package init(
        sizes: StorageSizeStore, partitions: RetainedPartitions, retention: RetentionStore, redis: RedisClient,
        places: StoragePlaces, watermark: StorageWatermark, notices: Notices, threads: WorkerThreads, source: String,
        metrics: Metrics, logger: Logger, now: @escaping @Sendable () -> Date = Date.init
    ) {
        self.sizes = sizes
        self.partitions = partitions
        self.retention = retention
        board = StorageBoard(redis: redis)
        forecasts = StorageForecasts(sizes: sizes, board: board, now: now)
        self.places = places
        self.watermark = watermark
        news = StateNews(redis: redis, prefix: "scorable:storage-news", usual: StorageLevel.enough.rawValue)
        self.notices = notices
        self.threads = threads
        self.source = source
        self.logger = logger
        self.now = now
        expose(metrics)
    }

    private func expose(_ metrics: Metrics) {
        metrics.gauges("scorable_disk_free_bytes", "What is free of the disks that data lies on.") { [self] in
            state.withLock { $0.disks.map { LabelledValue(["disk": $0.name], Double($0.freeBytes)) } }
        }
        metrics.gauges(
            "scorable_disk_left_seconds", "For how long the disks last as they fill by now; none where they do not."
        ) { [self] in
            state.withLock { state in
                state.daysLeft.sorted { $0.key < $1.key }.map { LabelledValue(["disk": $0.key], $0.value * 86_400) }
            }
        }
        metrics.gauge(
            "scorable_storage_level", "0 while there is enough room, 1 when it is low, 2 when nothing new is taken."
        ) { [self] in
            state.withLock { Double($0.levels.values.max()?.rank ?? 0) }
        }
        metrics.gauge(
            "scorable_partition_ahead_seconds", "For how long to come logs and spans have a partition."
        ) { [self] in
            state.withLock { $0.daysAhead * 86_400 }
        }
        metrics.gauge(
            "scorable_retention_last_run_timestamp_seconds", "When what is past its time last went; 0 before."
        ) { [self] in
            state.withLock { $0.lastRun?.timeIntervalSince1970 ?? 0 }
        }
    }

    /// Goes on until its task is cancelled; on a loop.
    package func run() async throws {
        while true {
            do {
                try await round()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.warning("the disks could not be measured", metadata: ["reason": "\(error)"])
            }
            try await Loop.current?.sleep(for: Self.interval)
        }
    }

    /// Measures once.
    package func round() async throws {
        let moment = now()
        let spaces = try await measure()
        let disks = state.withLock { state in
            for (name, space) in spaces {
                state.levels[name] = watermark.level(
                    free: space.freeBytes, of: space.totalBytes, after: state.levels[name] ?? .enough)
            }
            state.disks = spaces.map { name, space in
                StorageBoard.Disk(
                    name: name, freeBytes: space.freeBytes, totalBytes: space.totalBytes,
                    level: state.levels[name] ?? .enough, daysLeft: state.daysLeft[name])
            }
            return state.disks
        }
        if !disks.isEmpty {
            try await board.tell(disks, from: source)
        }
        for disk in disks { try await tell(of: disk) }
        if isDue(\.gaugedAt, every: Self.gauging, at: moment) { try await gauge(at: moment) }
        if isDue(\.notedAt, every: Self.noting, at: moment) { try await note(disks, at: moment) }
    }

    private func isDue(_ last: KeyPath<State, Date?>, every interval: TimeInterval, at moment: Date) -> Bool {
        state.withLock { moment.timeIntervalSince($0[keyPath: last] ?? .distantPast) >= interval }
    }

    /// What of the disks can be measured.
    private func measure() async throws -> [(String, DiskSpace)] {
        var found: [(String, DiskSpace)] = []
        if let space = try await databaseSpace() { found.append(("database", space)) }
        if let directory = places.objectsDirectory, let space = try await space(at: directory) {
            found.append(("objects", space))
        }
        return found
    }

    private func databaseSpace() async throws -> DiskSpace? {
        if let directory = places.databaseDirectory { return try await space(at: directory) }
        do {
            if let size = places.databaseDiskSize {
                let used = try await sizes.databaseBytes()
                return DiskSpace(freeBytes: max(0, size - used), totalBytes: size)
            }
            guard let directory = try await sizes.dataDirectory() else { return nil }
            return try await space(at: directory)
        } catch let error as PostgresError {
            // Whoever measures the objects goes on while the database is away.
            logger.debug("the database's disk could not be measured", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private func space(at directory: String) async throws -> DiskSpace? {
        do {
            return try await threads.run { try DiskSpace(at: directory) }
        } catch let error as SystemError {
            logger.debug("a disk could not be measured", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    // MARK: Telling

    private func tell(of disk: StorageBoard.Disk) async throws {
        try await news.see(disk.name, disk.level) {
            guard let level = StorageLevel(rawValue: disk.level) else { return }
            let of = "the disk of the \(disk.name == "objects" ? "object storage" : "database")"
            let free = "\(disk.freeBytes / 1_048_576) MB are free"
            switch level {
            case .enough:
                try await notices.post(.info, "There is enough room again on \(of): \(free).", about: nil, to: nil)
            case .low:
                try await notices.post(
                    .warning, "There is little room on \(of): \(free). See: scorable retention forecast", about: nil,
                    to: nil)
            case .full:
                try await notices.post(
                    .critical,
                    """
                    Nothing new is taken: \(of) is nearly full, \(free). Make room, or keep less: scorable retention preview
                    """, about: nil, to: nil)
            }
        }
    }

    private func gauge(at moment: Date) async throws {
        let ahead = try await partitions.daysAhead(at: moment)
        let lastRun = try await retention.lastRun()
        let forecast = try await forecasts.forecast()
        state.withLock { state in
            (state.daysAhead, state.lastRun, state.gaugedAt) = (ahead, lastRun, moment)
            state.daysLeft = Dictionary(
                forecast.disks.compactMap { disk in disk.daysLeft.map { (disk.name, $0) } }
            ) { first, _ in first }
        }
    }

    private func note(_ disks: [StorageBoard.Disk], at moment: Date) async throws {
        let readings = disks.map { disk in
            StorageReading(
                subject: StorageForecasts.prefix + disk.name, bytes: disk.totalBytes - disk.freeBytes,
                freeBytes: disk.freeBytes)
        }
        try await sizes.note(try await sizes.parts() + readings, at: moment)
        _ = try await sizes.delete(before: moment.addingTimeInterval(-StorageForecasts.remembered))
        state.withLock { $0.notedAt = moment }
    }
}
