internal import EventLoop
internal import FoundationEssentials
internal import IngestGate
internal import Records
package import Redis
internal import WireAPI

/// Whether there is room on the disks, as the workers that see them have told.
package struct DiskExaminations: Sendable {
    private let board: StorageBoard

    package init(redis: RedisClient) { board = StorageBoard(redis: redis) }

    /// What is looked at.
    package var all: [Examination] { [Examination(.storage, "disks", look)] }

    private func look() async throws -> [Examination.Finding] {
        let disks = try await board.readings(at: Date()).flatMap(\.disks)
        // Several workers may see the same disk; what the fullest says is what matters.
        let fullest = Dictionary(disks.map { ($0.name, $0) }) { $0.freeBytes < $1.freeBytes ? $0 : $1 }
        guard !fullest.isEmpty else {
            return [Examination.Finding(.storage, "disks", .skipped, "No worker can tell how full the disks are.")]
        }
        return fullest.values.sorted { $0.name < $1.name }.map(finding)
    }

    private func finding(_ disk: StorageBoard.Disk) -> Examination.Finding {
        let name = "disk of the \(disk.name)"
        let room = "\(Amounts.bytes(disk.freeBytes)) of \(Amounts.bytes(disk.totalBytes)) are free."
        return switch StorageLevel(rawValue: disk.level) ?? .enough {
        case .enough: Examination.Finding(.storage, name, .ok, room)
        case .low:
            Examination.Finding(
                .storage, name, .warn, "It is nearly full: \(room)",
                remedy: "Make room: keep less (scorable retention), or give it a larger disk.")
        case .full:
            Examination.Finding(
                .storage, name, .fail, "It is full, and nothing new is taken: \(room)",
                remedy: "Make room: keep less (scorable retention), or give it a larger disk. It goes on by itself.")
        }
    }
}
