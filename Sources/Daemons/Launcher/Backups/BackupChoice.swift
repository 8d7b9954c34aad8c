internal import FoundationEssentials
internal import JSON
internal import Operations

/// Which backup is meant.
struct BackupChoice {
    private let repository: BackupRepository

    init(_ repository: BackupRepository) { self.repository = repository }

    /// The one that is named, else the newest.
    func newest(_ id: String?) async throws -> BackupManifest {
        if let id { return try await named(id) }
        guard let newest = try await all().last else { throw Self.none }
        return newest
    }

    /// The one that is named, else the newest from which that moment, or the end of what is archived, can be reached; with the
    /// timeline on which it lies.
    func newest(
        _ id: String?, before moment: Date?, on wanted: UInt32?
    ) async throws -> (manifest: BackupManifest, timeline: UInt32) {
        let timelines = try await LogArchive(repository).timelines()
        let all = try await all()
        guard let newest = all.last else { throw Self.none }
        if let id {
            let found = try await named(id)
            if let moment, found.consistentAt > moment {
                throw LauncherFailure(
                    "The backup \(id) was not whole before \(ISO8601.string(found.consistentAt) ?? ""): it leads to no "
                        + "earlier moment. Leave --backup out for the one that does.")
            }
            let last = LogTimelines.timeline(of: newest)
            let timeline = wanted ?? (timelines.leads(found, to: last) ? last : LogTimelines.timeline(of: found))
            guard timelines.leads(found, to: timeline) else {
                throw LauncherFailure("The backup \(id) does not lead to the timeline \(timeline). Leave --backup out.")
            }
            return (found, timeline)
        }
        let timeline: UInt32
        if let wanted { timeline = wanted } else { timeline = try await latest(newest, timelines) }
        let leading = all.filter { timelines.leads($0, to: timeline) }
        guard let oldest = leading.first else {
            throw LauncherFailure("No backup leads to the timeline \(timeline). See: scorable backup list")
        }
        guard let moment else { return (leading.last ?? oldest, timeline) }
        guard let found = leading.last(where: { $0.consistentAt <= moment }) else {
            throw LauncherFailure(
                "The oldest backup leads to moments from \(ISO8601.string(oldest.consistentAt) ?? "") on, not before.")
        }
        return (found, timeline)
    }

    /// The timeline on which the log goes on from the newest backup. Where the database was restored since and went on
    /// elsewhere, nobody but the administrator knows which is the right one.
    private func latest(_ newest: BackupManifest, _ timelines: LogTimelines) async throws -> UInt32 {
        let segments = try await LogArchive(repository).entries().map(\.name)
        if let only = timelines.onlyWay(from: newest, archived: segments) { return only }
        let own = LogTimelines.timeline(of: newest)
        let words = ([own] + timelines.later(than: own)).map { "\($0)" }.joined(separator: " and ")
        throw LauncherFailure(
            "Since the newest backup the database was restored, so that its log goes on in the timelines \(words). Say with "
                + "--timeline which is meant; the highest number is what was restored last.")
    }

    private func named(_ id: String) async throws -> BackupManifest {
        guard BackupManifest.isIdentifier(id), let found = try await repository.backup(id) else {
            throw LauncherFailure("There is no backup \(id). See: scorable backup list")
        }
        return found
    }

    private func all() async throws -> [BackupManifest] { try await repository.backups() }

    private static var none: LauncherFailure {
        LauncherFailure("There is no backup yet. Make one: scorable backup create")
    }
}
