package import FoundationEssentials
package import IngestGate
internal import Records
internal import Statistics
package import Stores
package import WireAPI

/// How full disks are, and for how long they last as they have filled so far.
package struct StorageForecasts: Sendable {
    private let sizes: StorageSizeStore
    private let board: StorageBoard
    private let now: @Sendable () -> Date

    /// Before the names of disks among what was measured.
    static let prefix = "disk:"
    /// How long daily sizes are kept.
    static let remembered: TimeInterval = 400 * 86_400
    /// By which days growth is judged: what was longer ago says little of now.
    private static let judged: TimeInterval = 60 * 86_400
    /// Two readings that are nearer, such as one before and one after midnight, say nothing of a day.
    private static let apart = 0.25

    package init(sizes: StorageSizeStore, board: StorageBoard, now: @escaping @Sendable () -> Date = Date.init) {
        self.sizes = sizes
        self.board = board
        self.now = now
    }

    /// How everything stands, and grows.
    package func forecast() async throws -> OperatorStorage {
        let moment = now()
        let days = try await sizes.days(since: moment.addingTimeInterval(-Self.judged))
        let bySubject = Dictionary(grouping: days, by: \.reading.subject)
        var disks: [OperatorDisk] = []
        var parts: [OperatorStoragePart] = []
        for (subject, days) in bySubject {
            guard let last = days.last?.reading else { continue }
            let trend = GrowthTrend(
                days.map { day in
                    GrowthTrend.Reading(
                        time: day.measuredAt.timeIntervalSince1970 / 86_400, value: Double(day.reading.bytes))
                }, apart: Self.apart)
            if subject.hasPrefix(Self.prefix) {
                let free = last.freeBytes ?? 0
                let interval = trend?.timeLeftInterval(of: Double(free))
                disks.append(
                    OperatorDisk(
                        name: String(subject.dropFirst(Self.prefix.count)), usedBytes: last.bytes, freeBytes: free,
                        bytesPerDay: trend?.slope, daysLeft: trend?.timeLeft(of: Double(free)),
                        earliestDaysLeft: interval?.earliest, latestDaysLeft: interval?.latest,
                        measuredDays: days.count))
            } else {
                parts.append(OperatorStoragePart(name: subject, bytes: last.bytes, bytesPerDay: trend?.slope))
            }
        }
        return OperatorStorage(
            level: try await board.level()?.rawValue, disks: disks.sorted { $0.name < $1.name },
            parts: parts.sorted {
                ($0.bytesPerDay ?? 0, $0.bytes, $1.name) > ($1.bytesPerDay ?? 0, $1.bytes, $0.name)
            })
    }
}
