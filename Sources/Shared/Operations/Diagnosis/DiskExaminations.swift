internal import EventLoop
internal import FoundationEssentials
internal import IngestGate
package import Postgres
internal import Records
package import Redis
internal import Stores
internal import WireAPI

/// Whether there is room on the disks, as the workers that see them have told, and for how long there will be.
package struct DiskExaminations: Sendable {
    private let board: StorageBoard
    private let forecasts: StorageForecasts

    private static let remedy = "Make room: keep less (scorable retention show), or give it a larger disk."

    package init(database: PostgresClient, redis: RedisClient) {
        board = StorageBoard(redis: redis)
        forecasts = StorageForecasts(sizes: StorageSizeStore(database: database), board: board)
    }

    /// What is looked at.
    package var all: [Examination] {
        [Examination(.storage, "disks", disks), Examination(.storage, "growth", growth)]
    }

    private func disks() async throws -> [Examination.Finding] {
        let disks = try await board.readings().flatMap(\.disks)
        // Several workers may see the same disk; what the fullest says is what matters.
        let fullest = Dictionary(disks.map { ($0.name, $0) }) { $0.freeBytes < $1.freeBytes ? $0 : $1 }
        guard !fullest.isEmpty else {
            return [Examination.Finding(.storage, "disks", .skipped, "No worker can tell how full the disks are.")]
        }
        return fullest.values.sorted { $0.name < $1.name }.map { disk in
            let name = "disk of the \(disk.name)"
            let room = "\(Amounts.bytes(disk.freeBytes)) of \(Amounts.bytes(disk.totalBytes)) are free."
            return switch StorageLevel(rawValue: disk.level) ?? .enough {
            case .enough: Examination.Finding(.storage, name, .ok, room)
            case .low:
                Examination.Finding(.storage, name, .warn, "It is nearly full: \(room)", remedy: Self.remedy)
            case .full:
                Examination.Finding(
                    .storage, name, .fail, "It is full, and nothing new is taken: \(room)",
                    remedy: Self.remedy + " It goes on by itself then.")
            }
        }
    }

    private func growth() async throws -> [Examination.Finding] {
        let storage = try await forecasts.forecast()
        return storage.disks.compactMap { disk in
            guard let days = disk.daysLeft else { return nil }
            let isSoon = days < OperatorStorageNews.soon
            return Examination.Finding(
                .storage, "growth of the \(disk.name)", isSoon ? .warn : .ok,
                "As it has filled in \(disk.measuredDays) days, there is room for \(Int(min(days, 100_000))) days.",
                remedy: isSoon ? Self.remedy : nil)
        }
    }
}
